namespace Deployment.Toolkit.Databases;

/// <summary>A table that a script rebuilds: it makes another one, drops the table and gives the other its name.</summary>
/// <param name="Table">The table.</param>
/// <param name="Drop">The statement that drops it.</param>
/// <param name="Before">What the script names before that.</param>
internal sealed record TableRebuild(string Table, SqlStatement Drop, SqlNames Before);
