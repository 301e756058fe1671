using System.Data.Common;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// Puts a backup in the live database's place: a new database is made of it and verified, and while nobody can write into the live one,
/// everything is looked at once more and the two change names in one transaction. Journals that lie in the database come along.
/// </summary>
internal sealed class PostgreSqlSwap(
    PostgreSqlDatabase database,
    PostgreSqlDialect dialect,
    PostgreSqlCluster cluster,
    PostgreSqlBackup backups
) : DatabaseSwap
{
    private static readonly TimeSpan WaitForOthers = TimeSpan.FromSeconds(30);

    // A session that is named although it ends just now is a small thing, and there may be hundreds of tenants to ask for.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    // What else speaks against it is asked of the server, with the plan.
    internal override void EnsurePossible(string what)
    {
        // While names change, nothing can be written into the one database or the other, and a lease would end.
        if (dialect.JournalLocks.HasLeases && dialect.JournalSchema is not null)
            throw DeploymentException.Refused(
                Codes.DatabaseNotReplaceable,
                $"Database '{database.Title}' cannot be replaced by a backup, and {what}: the journal in it is reached through a pool that hands "
                    + "out a session of the server for one transaction at a time, and its lease would not last until then. Nothing was changed. "
                    + "Name a connection string past the pool for the journal, with .ForJournal(j => j.ConnectionString = \"…\")."
            );
    }

    internal override async Task EnsureWayBackAsync(string what, string instead, CancellationToken cancellationToken)
    {
        EnsurePossible(what);
        await using var maintenance = await cluster.OpenMaintenanceAsync(cancellationToken).ConfigureAwait(false);
        if (await WhyNotReplaceableAsync(maintenance, cancellationToken).ConfigureAwait(false) is { } reason)
            throw DeploymentException.Refused(
                Codes.DatabaseNotReplaceable,
                $"Database '{database.Title}' cannot be replaced by a backup, and {what}: {reason} Nothing was begun. {instead}"
            );
    }

    internal override async Task EnsureFreeAsync(CancellationToken cancellationToken)
    {
        if (await backups.WhyNotAsync(cancellationToken).ConfigureAwait(false) is var (why, mend))
            throw DeploymentException.Refused(
                Codes.DatabaseNotReplaceable,
                $"Database '{database.Title}' cannot be replaced by a backup: {why}. Nothing was changed. {mend}"
            );

        await using var maintenance = await cluster.OpenMaintenanceAsync(cancellationToken).ConfigureAwait(false);
        if (await WhyNotReplaceableAsync(maintenance, cancellationToken).ConfigureAwait(false) is { } reason)
            throw DeploymentException.Refused(
                Codes.DatabaseNotReplaceable,
                $"Database '{database.Title}' cannot be replaced by a backup: {reason} Nothing was changed."
            );
        var roles = await PostgreSqlSessions.UntouchableAsync(maintenance, cluster.Live, cancellationToken).ConfigureAwait(false);
        if (roles.Count > 0)
            throw DeploymentException.Refused(
                Codes.DatabaseInUse,
                $"Database '{database.Title}' is open in sessions of {DataLoss.List(roles)}, which the deploying role may not end, and it can be "
                    + "replaced only when nobody has it open. Nothing was changed. Stop them, or let an administrator GRANT pg_signal_backend "
                    + "to the deploying role; then run the command again."
            );
    }

    private async Task<string?> WhyNotReplaceableAsync(DbConnection maintenance, CancellationToken cancellationToken) =>
        await PostgreSqlRole.WhyNotReplaceableAsync(maintenance, cluster.Live, cancellationToken).ConfigureAwait(false)
        ?? await PostgreSqlSettings.WhyNotAsync(maintenance, cluster.Live, cancellationToken).ConfigureAwait(false);

    internal override Task<string?> RiskAsync(CancellationToken cancellationToken) =>
        Task.FromResult<string?>(
            "going back to the backup ends the sessions of everybody who has the database open; an app has to connect anew"
        );

    internal override async Task<IReadOnlyList<string>> RisksToHoldersAsync(CancellationToken cancellationToken)
    {
        await using var maintenance = await cluster.OpenMaintenanceAsync(cancellationToken).ConfigureAwait(false);
        long[] own = [.. dialect.JournalLocks.Sessions];
        await cluster.ClearPoolsAsync(maintenance, own, Patience, cancellationToken).ConfigureAwait(false);
        var sessions = await PostgreSqlSessions.DescribeAsync(maintenance, cluster.Live, own, cancellationToken).ConfigureAwait(false);
        return sessions.Count == 0
            ? []
            : [$"the database is open in {DataLoss.List(sessions)}: these sessions are ended, and have to connect anew"];
    }

    internal override async Task<string?> ReplaceAsync(SwapRequest request, CancellationToken cancellationToken)
    {
        var live = cluster.Live;
        try
        {
            // The live one tells in which schema its tables are; a copy that was opened first would be read by other names.
            await (await database.OpenAsync(cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            var dump = await backups.DumpAsync(cancellationToken).ConfigureAwait(false);
            await using var made = await PostgreSqlOwnDatabase.ReserveAsync(cluster, "restore", cancellationToken).ConfigureAwait(false);
            request.Terms.Told($"making database {made.Name} of backup {request.Name}");
            await MakeAsync(made, dump, request, cancellationToken).ConfigureAwait(false);
            Boundary.Reached("restore: copied");

            var kept = await ExchangeAsync(made, dump, request, cancellationToken).ConfigureAwait(false);
            await EnsureReadableAsync(request, made.NameBefore).ConfigureAwait(false);
            await PostgreSqlOwnDatabase.DropBeforeAsync(made.Maintenance, live).ConfigureAwait(false);
            Boundary.Reached("restore: dropped what was before");
            return kept;
        }
        catch (Exception e) when (e is DbException or IOException or InvalidOperationException)
        {
            var words = e is DbException ? PostgreSqlFault.WordsOf(e).TrimEnd('.', ' ') + "." : Sentence.Of(e);
            throw DeploymentException.NeedsAttention(
                Codes.RestoreBlocked,
                $"Database '{database.Title}' could not be replaced by backup '{request.Name}': {words} Nothing is half done. Mend that, then run "
                    + $"'{request.Terms.GoOn}'.",
                e
            );
        }
    }

    private async Task MakeAsync(PostgreSqlOwnDatabase made, PostgreSqlDump dump, SwapRequest request, CancellationToken cancellationToken)
    {
        await PostgreSqlTemplate
            .MakeEmptyAsync(made.Maintenance, cluster.Live, made.Name, takesPlace: true, cancellationToken)
            .ConfigureAwait(false);
        await dump.RestoreAsync(request.File, made.Name, cancellationToken).ConfigureAwait(false);
        await using var connection = await made.OpenAsync(cancellationToken).ConfigureAwait(false);
        await request.EnsureSameAsync(connection, cancellationToken).ConfigureAwait(false);
        // What a restored table holds nobody has counted yet, and the first queries would be planned as if it were empty.
        await Sql.ExecuteAsync(connection, null, "ANALYZE", cancellationToken).ConfigureAwait(false);
    }

    private async Task<string?> ExchangeAsync(
        PostgreSqlOwnDatabase made,
        PostgreSqlDump dump,
        SwapRequest request,
        CancellationToken cancellationToken
    )
    {
        var live = cluster.Live;
        await using var guard = await database
            .GuardAsync($"restoring backup {request.Name}", WaitForOthers, cancellationToken)
            .ConfigureAwait(false);
        string? kept;
        await using (var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false))
        {
            // Nobody else can commit any more: what is found now is what the swap removes.
            kept = await request.SettleAsync(connection, cancellationToken).ConfigureAwait(false);
            Boundary.Reached("restore: locked");
            await request.Terms.EnsureHeldAsync(cancellationToken).ConfigureAwait(false);
            if (dialect.JournalSchema is { } journal)
                await new PostgreSqlJournalCopy(dump, journal)
                    .MakeAsync(connection, made, request.File.Path, cancellationToken)
                    .ConfigureAwait(false);
            Boundary.Reached("restore: journal copied");
        }

        var remark = $"What {live} was before backup {request.Name} was restored. Deployment.Toolkit drops it with the next backup.";
        await using var moving = await dialect
            .JournalLocks.MoveAsync(session => PostgreSqlSessions.HasAsync(made.Maintenance, live, session, cancellationToken))
            .ConfigureAwait(false);
        cluster.ClearPools();
        request.Terms.Told("it holds what the backup held; ending the sessions on the live database, and changing names");
        await new PostgreSqlExchange(cluster, made.Maintenance, guard)
            .RunAsync(live, made.Name, made.NameBefore, remark, cancellationToken)
            .ConfigureAwait(false);
        return kept;
    }

    private async Task EnsureReadableAsync(SwapRequest request, string before)
    {
        try
        {
            await using var connection = await database.OpenAsync(CancellationToken.None).ConfigureAwait(false);
            await dialect.ReadCatalogueAsync(connection, null, null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or DeploymentException)
        {
            throw DeploymentException.NeedsAttention(
                Codes.RestoreBlocked,
                $"Backup '{request.Name}' has taken the place of database '{database.Title}', and it cannot be read there: {Sentence.Of(e)} What was "
                    + $"there before is database '{before}'. Mend that, then run '{request.Terms.GoOn}'.",
                e
            );
        }
    }
}
