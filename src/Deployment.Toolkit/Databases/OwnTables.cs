namespace Deployment.Toolkit.Databases;

/// <summary>The tables that the toolkit keeps for itself in the app's database.</summary>
internal static class OwnTables
{
    internal const string Migrations = "deployment_migrations";

    internal const string Attempts = "deployment_migration_attempts";

    /// <summary>What repeatable scripts held when they were applied.</summary>
    internal const string Repeatables = "deployment_repeatables";

    /// <summary>Who migrates, where a session can't say so itself.</summary>
    internal const string Lock = "deployment_migration_lock";

    /// <summary>Whose database it is.</summary>
    internal const string Stamp = "deployment_stamp";

    internal static readonly IReadOnlyList<string> All = [Migrations, Attempts, Repeatables, Lock, Stamp];

    internal static bool Contains(string table) => table is Migrations or Attempts or Repeatables or Lock or Stamp;
}
