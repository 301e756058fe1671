namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>A table, index, view or trigger of the app, as the catalogue has it.</summary>
/// <param name="type">Which of these.</param>
/// <param name="name">Its name.</param>
/// <param name="table">The table that it belongs to.</param>
/// <param name="sql">What makes it.</param>
/// <param name="source">Of a table whose rows are the app's: the one to read them from.</param>
/// <param name="isVirtual">Whether it is a table that a module makes up.</param>
internal sealed class SqliteObject(string type, string name, string table, string sql, string? source, bool isVirtual)
{
    private ulong? _hash;
    private SqliteNames? _names;

    internal string Type => type;

    internal string Name => name;

    internal string Table => table;

    internal string Sql => sql;

    internal string? Source => source;

    internal bool IsVirtual => isVirtual;

    /// <summary>Tells it from a table or index of the same name.</summary>
    internal string Key => $"{type} {name}";

    /// <summary>Of what makes it.</summary>
    internal ulong Hash => _hash ??= RowDigest.Hash(sql);

    /// <summary>What it speaks of.</summary>
    internal SqliteNames Names => _names ??= SqliteNames.Of(sql);

    /// <summary>What sets a trigger off.</summary>
    // CREATE TRIGGER name [BEFORE | AFTER | INSTEAD OF] event: a name that is one of these words has to be quoted.
    internal string Event =>
        SqliteTokenizer.ReadSignificant(sql).Where(static token => token.Kind is SqliteTokenKind.Word).Select(token => token.In(sql).ToString().ToUpperInvariant())
            .FirstOrDefault(static word => word is "INSERT" or "UPDATE" or "DELETE") ?? "";
}
