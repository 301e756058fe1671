using System.Data.Common;

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

    /// <summary>Whether one of them is there.</summary>
    internal static async Task<bool> HasAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        string table,
        CancellationToken cancellationToken
    )
    {
        if (LentConnections.SightOf(connection) is not { } sight)
            return (await dialect.FindTablesAsync(connection, transaction, [table], cancellationToken).ConfigureAwait(false)).Count > 0;

        sight.OwnTables ??= await dialect.FindTablesAsync(connection, transaction, All, cancellationToken).ConfigureAwait(false);
        return sight.OwnTables.Contains(table);
    }

    internal static bool Contains(string table) => table is Migrations or Attempts or Repeatables or Lock or Stamp;
}
