namespace Deployment.Toolkit.Databases;

/// <summary>The tables that the toolkit keeps for itself in the app's database.</summary>
internal static class OwnTables
{
    internal const string Migrations = "deployment_migrations";

    internal const string Attempts = "deployment_migration_attempts";

    internal static readonly IReadOnlyList<string> All = [Migrations, Attempts];

    internal static bool Contains(string table) => table is Migrations or Attempts;
}
