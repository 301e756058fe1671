using System.Data.Common;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>Takes backups by the server's own programs, and makes databases of them to look at.</summary>
internal sealed class MySqlBackup(MySqlDatabase database, MySqlDialect dialect, MySqlWay way)
{
    /// <summary>Why none can be taken or put back, and what to do; <see langword="null"/> when nothing speaks against it.</summary>
    internal async Task<(string Why, string Mend)?> WhyNotAsync(CancellationToken cancellationToken)
    {
        if (!way.ShowsPassword && !way.Variables.ContainsKey(MySqlWay.Password))
            return (
                "the connection comes from a data source that shows no password, which the programs need that take one",
                "Name the connection string instead, with .UseMySql(factory, \"name\"), or write 'Persist Security Info=true' into the data source's."
            );

        await using var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (await MySqlAccount.WhyNoDatabasesAsync(live, cancellationToken).ConfigureAwait(false) is var (why, mend))
            return ($"{why}, and a backup counts only once a database was made of it to look at", mend);
        if (await MySqlAccount.WhyNotWholeAsync(live, cancellationToken).ConfigureAwait(false) is { } part)
            return (part, "Keep that history in a table of its own.");

        var (server, _, missing) = await FindAsync(live, cancellationToken).ConfigureAwait(false);
        return missing is null
            ? await MySqlDefiners.WhyNotOthersAsync(live, server, cancellationToken).ConfigureAwait(false)
            : (
                missing,
                server.IsMariaDb
                    ? "Install MariaDB's client programs (mariadb-client) of the server's version where deployments run."
                    : "Install MySQL's client programs (mysql-client) of the server's version where deployments run."
            );
    }

    /// <summary>Fills a file with the database as it is at one moment, while others work with it.</summary>
    internal async Task<CopiedContents> CopyAsync(BackupFile file, CancellationToken cancellationToken)
    {
        var dump = await DumpAsync(cancellationToken).ConfigureAwait(false);
        await using var guard = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        // No server exports what a transaction sees: for the moment in which the program and this begin, nobody writes.
        if (!database.IsKeptFromWriters)
            await MySqlTables
                .LockAsync(guard, await MySqlTables.ReadAsync(dialect, guard, cancellationToken).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var dumping = dump.WriteAsync(file, () => begun.TrySetResult(), cancellationToken);
        try
        {
            await Sql.ExecuteAsync(live, null, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", cancellationToken).ConfigureAwait(false);
            await Sql.ExecuteAsync(live, null, "START TRANSACTION WITH CONSISTENT SNAPSHOT", cancellationToken).ConfigureAwait(false);
            var catalogue = await dialect.ReadCatalogueAsync(live, null, null, cancellationToken).ConfigureAwait(false);
            var isTransactional = await MySqlTables.AreTransactionalAsync(dialect, live, cancellationToken).ConfigureAwait(false);
            await Task.WhenAny(dumping, isTransactional ? begun.Task : dumping).ConfigureAwait(false);
            if (isTransactional)
                await Sql.ExecuteAsync(guard, null, "UNLOCK TABLES", cancellationToken).ConfigureAwait(false);
            var contents = await TableContents.TakeAsync(dialect, live, null, catalogue, cancellationToken).ConfigureAwait(false);
            await dumping.ConfigureAwait(false);
            Boundary.Reached("backup: dumped");
            return new CopiedContents(contents, new Dictionary<string, long>())
            {
                // They would begin to run in the copy.
                Tolerated = catalogue
                    .Objects.Where(static found => found.Type == "event")
                    .Select(static found => found.Key)
                    .ToHashSet(StringComparer.Ordinal),
            };
        }
        finally
        {
            await ((Task)dumping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Makes a database of a backup; it goes when it is closed.</summary>
    internal async Task<OpenedCopy> OpenAsync(BackupFile file, CancellationToken cancellationToken)
    {
        var dump = await DumpAsync(cancellationToken).ConfigureAwait(false);
        var own = await MySqlOwnDatabase.ReserveAsync(database, "backup", cancellationToken).ConfigureAwait(false);
        try
        {
            await own.MakeAsync(cancellationToken).ConfigureAwait(false);
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
        var contents = await TableContents.TakeAsync(dialect, copy, null, cancellationToken).ConfigureAwait(false);
        if (held is null)
            return contents;

        var differing = contents
            .Compare(held.Contents)
            .Where(difference => difference.Rows > 0 || !held.Tolerated.Contains(difference.Table))
            .Select(static difference => difference.Table)
            .ToList();
        if (differing.Count > 0)
            throw new IOException($"the copy does not verify: restored, it differs from the database in {DataLoss.List(differing)}.");

        // What is live was read from its first row to its last: nobody goes back to what it took the place of.
        await using var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await MySqlOwnDatabase.DropBeforeAsync(live, database.OwnName).ConfigureAwait(false);
        return contents;
    }

    /// <summary>The programs for this server.</summary>
    /// <exception cref="DeploymentException">They, or a privilege, are missing.</exception>
    internal async Task<MySqlDump> DumpAsync(CancellationToken cancellationToken)
    {
        if (await database.WhyNoBackupAsync(cancellationToken).ConfigureAwait(false) is { } fault)
            throw new DeploymentException(DeploymentOutcome.Refused, [fault]);

        await using var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var (_, programs, _) = await FindAsync(live, cancellationToken).ConfigureAwait(false);
        return new MySqlDump(
            programs!,
            way,
            database.OwnName,
            await MySqlTables.LeftOutAsync(dialect, live, cancellationToken).ConfigureAwait(false)
        );
    }

    private async Task<(MySqlVersion Server, MySqlPrograms.Found? Programs, string? Missing)> FindAsync(
        DbConnection live,
        CancellationToken cancellationToken
    )
    {
        var text = await Sql.ScalarAsync(live, null, "SELECT VERSION()", cancellationToken).ConfigureAwait(false) as string ?? "";
        var server = MySqlVersion.Read(text) ?? new MySqlVersion(false, new Version(8, 0));
        var (programs, missing) = await dialect.Programs.FindAsync(server, cancellationToken).ConfigureAwait(false);
        return (server, programs, missing);
    }
}
