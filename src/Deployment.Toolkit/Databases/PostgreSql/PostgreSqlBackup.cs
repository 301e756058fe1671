using System.Data;
using System.Data.Common;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Takes backups by PostgreSQL's own programs, and makes databases of them to look at.</summary>
internal sealed class PostgreSqlBackup(PostgreSqlDatabase database, PostgreSqlDialect dialect, PostgreSqlCluster cluster)
{
    /// <summary>Why there is no way to copies and backups through a pool of transactions.</summary>
    internal const string NotThroughPool =
        "the connection leads through a pool that hands out a session of the server for one transaction at a time (PgBouncer with pool_mode = "
        + "transaction), and PostgreSQL's own programs need sessions that last, and other databases of the server";

    /// <summary>What to do about it.</summary>
    internal const string PastPool = "Name a connection string past the pool, or give it a pool with pool_mode = session.";

    /// <summary>Why none can be taken or put back, and what to do; <see langword="null"/> when nothing speaks against it.</summary>
    internal async Task<(string Why, string Mend)?> WhyNotAsync(CancellationToken cancellationToken)
    {
        if (await database.SharesSessionsAsync(cancellationToken).ConfigureAwait(false))
            return (NotThroughPool, PastPool);

        await using var maintenance = await cluster.OpenMaintenanceAsync(cancellationToken).ConfigureAwait(false);
        if (await PostgreSqlRole.WhyNoDatabasesAsync(maintenance, cancellationToken).ConfigureAwait(false) is var (why, mend))
            return ($"{why}, and a backup counts only once a database was made of it to look at", mend);

        var (_, missing, major) = await FindAsync(maintenance, cancellationToken).ConfigureAwait(false);
        return missing is null
            ? null
            : (missing, $"Install PostgreSQL's client programs of version {major} (postgresql-client-{major}) where deployments run.");
    }

    /// <summary>Fills a file with the database as it is at one moment, while others work with it.</summary>
    internal async Task<CopiedContents> CopyAsync(BackupFile file, CancellationToken cancellationToken)
    {
        await using var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (await PostgreSqlHoldings.WhyNotAsync(dialect, live, cluster, cancellationToken).ConfigureAwait(false) is { } found)
            throw new DeploymentException(DeploymentOutcome.Refused, [database.NoBackup(found)]);
        var dump = await DumpAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await live.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken)
            .ConfigureAwait(false);
        // It only waits while the program reads what it saw.
        await Sql.ExecuteAsync(
                live,
                transaction,
                "SELECT pg_catalog.set_config(name, '0', true) FROM pg_catalog.pg_settings WHERE name IN "
                    + "('idle_in_transaction_session_timeout', 'transaction_timeout', 'statement_timeout')",
                cancellationToken
            )
            .ConfigureAwait(false);
        var counters = await dialect.CountersAsync(live, transaction, cancellationToken).ConfigureAwait(false);
        var snapshot =
            await Sql.ScalarAsync(live, transaction, "SELECT pg_catalog.pg_export_snapshot()", cancellationToken).ConfigureAwait(false)
            as string;
        await dump.WriteAsync(file, snapshot, cancellationToken).ConfigureAwait(false);
        Boundary.Reached("backup: dumped");
        var catalogue = await dialect.ReadCatalogueAsync(live, transaction, null, cancellationToken).ConfigureAwait(false);
        return new CopiedContents(
            await TableContents.TakeAsync(dialect, live, transaction, catalogue, cancellationToken).ConfigureAwait(false),
            counters
        )
        {
            // An extension comes back in the version that the server has of it, and an index that was never finished not at all.
            Tolerated = catalogue
                .Objects.Where(static found => found.Type == "extension" || found.Sql.EndsWith("(invalid)", StringComparison.Ordinal))
                .Select(static found => found.Key)
                .ToHashSet(StringComparer.Ordinal),
            Lasting = LastingOf(catalogue),
        };
    }

    /// <summary>Makes a database of a backup; it goes when it is closed.</summary>
    internal async Task<OpenedCopy> OpenAsync(BackupFile file, CancellationToken cancellationToken)
    {
        var dump = await DumpAsync(cancellationToken).ConfigureAwait(false);
        var own = await PostgreSqlOwnDatabase.ReserveAsync(cluster, "backup", cancellationToken).ConfigureAwait(false);
        try
        {
            await PostgreSqlTemplate
                .MakeEmptyAsync(own.Maintenance, cluster.Live, own.Name, takesPlace: false, cancellationToken)
                .ConfigureAwait(false);
            await dump.RestoreAsync(file, own.Name, cancellationToken).ConfigureAwait(false);
            return new OpenedCopy(await own.OpenAsync(cancellationToken).ConfigureAwait(false), own);
        }
        catch
        {
            await own.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Fails unless a copy holds what the database held when it was taken.</summary>
    internal async Task<TableContents> VerifyAsync(DbConnection copy, CopiedContents? held, CancellationToken cancellationToken)
    {
        var catalogue = await dialect.ReadCatalogueAsync(copy, null, null, cancellationToken).ConfigureAwait(false);
        var contents = await TableContents.TakeAsync(dialect, copy, null, catalogue, cancellationToken).ConfigureAwait(false);
        if (held is null)
            return contents;

        var lasting = LastingOf(catalogue);
        bool IsSame(string key) =>
            held.Tolerated.Contains(key)
            || (held.Lasting.TryGetValue(key, out var then) && lasting.TryGetValue(key, out var now) && now == then);
        var differing = contents
            .Compare(held.Contents)
            .Where(difference => difference.Rows > 0 || !IsSame(difference.Table))
            .Select(static difference => difference.Table)
            .ToList();
        var counters = await dialect.CountersAsync(copy, null, cancellationToken).ConfigureAwait(false);
        differing.AddRange(
            held.Counters.Where(then => !counters.TryGetValue(then.Key, out var now) || now < then.Value)
                .Select(static then => $"sequence {then.Key}")
        );
        if (differing.Count > 0)
            throw new IOException($"the copy does not verify: restored, it differs from the database in {DataLoss.List(differing)}.");

        // What is live was read from its first row to its last: nobody goes back to what it took the place of.
        await using var maintenance = await cluster.OpenMaintenanceAsync(cancellationToken).ConfigureAwait(false);
        await PostgreSqlOwnDatabase.DropBeforeAsync(maintenance, cluster.Live).ConfigureAwait(false);
        return contents;
    }

    private static Dictionary<string, string> LastingOf(Catalogue catalogue)
    {
        var lasting = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var found in catalogue.Objects.OfType<PostgreSqlObject>())
        {
            if (found.Lasting is { } text)
                lasting[found.Key] = text;
        }

        return lasting;
    }

    /// <summary>The programs for this server.</summary>
    /// <exception cref="DeploymentException">They, or a privilege, are missing.</exception>
    internal async Task<PostgreSqlDump> DumpAsync(CancellationToken cancellationToken)
    {
        if (await WhyNotAsync(cancellationToken).ConfigureAwait(false) is { } found)
            throw new DeploymentException(DeploymentOutcome.Refused, [database.NoBackup(found)]);

        await using var maintenance = await cluster.OpenMaintenanceAsync(cancellationToken).ConfigureAwait(false);
        var (folder, _, _) = await FindAsync(maintenance, cancellationToken).ConfigureAwait(false);
        return new PostgreSqlDump(folder!, cluster, dialect.JournalSchema);
    }

    private async Task<(string? Folder, string? Missing, int Major)> FindAsync(
        DbConnection maintenance,
        CancellationToken cancellationToken
    )
    {
        var major = await PostgreSqlRole.MajorVersionAsync(maintenance, cancellationToken).ConfigureAwait(false);
        var (folder, missing) = await dialect.Programs.FindAsync(major, cancellationToken).ConfigureAwait(false);
        return (folder, missing, major);
    }
}
