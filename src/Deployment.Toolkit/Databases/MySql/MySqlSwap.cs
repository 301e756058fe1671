using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Puts a backup in the live database's place: a new database is made of it and verified, and one statement renames all tables, the present
/// ones out of the database and the new ones into it. Triggers, views and routines, which no rename takes along, are made anew behind it.
/// Journals lie in tables that stay where they are.
/// </summary>
internal sealed class MySqlSwap(MySqlDatabase database, MySqlDialect dialect, MySqlBackup backups) : DatabaseSwap
{
    private static readonly TimeSpan WaitForOthers = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // Whether it can be done is asked of the server, with the plan.
    internal override void EnsurePossible(string what) { }

    internal override async Task EnsureFreeAsync(CancellationToken cancellationToken)
    {
        if (await backups.WhyNotAsync(cancellationToken).ConfigureAwait(false) is var (why, mend))
            throw DeploymentException.Refused(
                Codes.DatabaseNotReplaceable,
                $"Database '{database.Title}' cannot be replaced by a backup: {why}. Nothing was changed. {mend}"
            );
    }

    internal override async Task<string?> RiskAsync(CancellationToken cancellationToken) =>
        "going back to the backup takes 'deploy abort --accept-data-loss' where a migration changed the schema: what was written since can't be "
        + "told from what it did"
        + (
            await TriggersAsync(cancellationToken).ConfigureAwait(false) is { Count: > 0 } triggers
                ? $"; triggers ({DataLoss.List(triggers)}) are away for that moment"
                : ""
        );

    internal override async Task<IReadOnlyList<string>> RisksToHoldersAsync(CancellationToken cancellationToken) =>
        await TriggersAsync(cancellationToken).ConfigureAwait(false) is { Count: > 0 } triggers
            ? [$"triggers ({DataLoss.List(triggers)}) are away while the tables change places: what others write in that moment fires none"]
            : [];

    internal override async Task<string?> ReplaceAsync(SwapRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var dump = await backups.DumpAsync(cancellationToken).ConfigureAwait(false);
            await using var made = await MySqlOwnDatabase.ReserveAsync(database, "restore", cancellationToken).ConfigureAwait(false);
            request.Terms.Told($"making database {made.Name} of backup {request.Name}");
            await made.MakeAsync(cancellationToken).ConfigureAwait(false);
            await dump.RestoreAsync(request.File, made.Name, cancellationToken).ConfigureAwait(false);
            await using (var connection = await made.OpenAsync(cancellationToken).ConfigureAwait(false))
                await request.EnsureSameAsync(connection, cancellationToken).ConfigureAwait(false);
            Boundary.Reached("restore: copied");
            return await ExchangeAsync(made, request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or IOException or InvalidOperationException)
        {
            var words = e is DbException ? MySqlFault.WordsOf(e).TrimEnd('.', ' ') + "." : Sentence.Of(e);
            throw DeploymentException.NeedsAttention(
                Codes.RestoreBlocked,
                $"Database '{database.Title}' could not be replaced by backup '{request.Name}': {words} No row is lost. Mend that, then run "
                    + $"'{request.Terms.GoOn}'.",
                e
            );
        }
    }

    private async Task<string?> ExchangeAsync(MySqlOwnDatabase made, SwapRequest request, CancellationToken cancellationToken)
    {
        // Nobody migrates meanwhile.
        await using var held = (
            await database
                .LockAsync(
                    new SessionLockRequest(
                        $"deployment, restoring backup {request.Name}",
                        WaitForOthers,
                        TimeProvider.System,
                        static _ => { }
                    ),
                    cancellationToken
                )
                .ConfigureAwait(false)
        )!;
        await using var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var guard = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var present = await MySqlTables.ReadAsync(dialect, live, cancellationToken).ConfigureAwait(false);
        await MySqlTables.LockAsync(guard, present, cancellationToken).ConfigureAwait(false);
        // Nobody else can write any more: what is found now is what the swap removes.
        string? kept;
        database.IsKeptFromWriters = true;
        try
        {
            kept = await request.SettleAsync(live, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            database.IsKeptFromWriters = false;
        }

        var settled = await TableContents.TakeAsync(dialect, live, null, cancellationToken).ConfigureAwait(false);
        Boundary.Reached("restore: locked");
        await request.Terms.EnsureHeldAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        request.Terms.Told("it holds what the backup held; changing places");
        var before = MySqlOwnDatabase.NameBefore(database.OwnName);
        await RenameAsync(made, present, before, live, guard).ConfigureAwait(false);
        return await SettleBeforeAsync(before, settled, kept, request).ConfigureAwait(false);
    }

    private async Task RenameAsync(
        MySqlOwnDatabase made,
        IReadOnlyList<string> present,
        string before,
        DbConnection live,
        DbConnection guard
    )
    {
        IReadOnlyList<string> coming;
        IReadOnlyList<MySqlRoutine> wanted;
        await using (var source = await made.OpenAsync(CancellationToken.None).ConfigureAwait(false))
        {
            coming = await MySqlTables.ReadAsync(dialect, source, CancellationToken.None).ConfigureAwait(false);
            wanted = await MySqlRoutine.ReadAsync(source, CancellationToken.None).ConfigureAwait(false);
            foreach (var trigger in wanted.Where(static one => one.IsTrigger))
                await trigger.DropAsync(source, CancellationToken.None).ConfigureAwait(false);
        }

        var there = await MySqlRoutine.ReadAsync(live, CancellationToken.None).ConfigureAwait(false);
        await Sql.ExecuteAsync(live, null, $"CREATE DATABASE {MySqlNames.QuotePart(before)}", CancellationToken.None).ConfigureAwait(false);
        var moves = present
            .Select(table => $"{Name(database.OwnName, table)} TO {Name(before, table)}")
            .Concat(coming.Select(table => $"{Name(made.Name, table)} TO {Name(database.OwnName, table)}"))
            .ToList();
        var triggers = there.Where(static one => one.IsTrigger).ToList();
        // A table with triggers can't leave its database, and they can't be dropped from one that is locked by somebody else.
        if (triggers.Count > 0)
            await Sql.ExecuteAsync(guard, null, "UNLOCK TABLES", CancellationToken.None).ConfigureAwait(false);
        foreach (var trigger in triggers)
            await trigger.DropAsync(live, CancellationToken.None).ConfigureAwait(false);
        await Sql.ExecuteAsync(live, null, "SET SESSION foreign_key_checks = 0", CancellationToken.None).ConfigureAwait(false);
        var session = await MySqlHeldLock.IdOfAsync(live, CancellationToken.None).ConfigureAwait(false);
        var renaming =
            moves.Count == 0
                ? Task.CompletedTask
                : Sql.ExecuteAsync(live, null, $"RENAME TABLE {string.Join(", ", moves)}", CancellationToken.None);
        await WaitUntilQueuedAsync(guard, session, renaming).ConfigureAwait(false);
        // It is first in line for the tables: whoever waits to write comes behind it.
        await Sql.ExecuteAsync(guard, null, "UNLOCK TABLES", CancellationToken.None).ConfigureAwait(false);
        await renaming.ConfigureAwait(false);
        Boundary.Reached("restore: swapped");
        foreach (var one in there.Except(wanted))
            await one.DropAsync(live, CancellationToken.None).ConfigureAwait(false);
        await MySqlRoutine
            .MakeAllAsync(live, [.. wanted.Where(one => one.IsTrigger || !there.Contains(one))], CancellationToken.None)
            .ConfigureAwait(false);
        Boundary.Reached("restore: made what was not renamed");
    }

    // Under LOCK TABLES a session sees its own tables alone, and the server's lists.
    private static async Task WaitUntilQueuedAsync(DbConnection guard, long session, Task renaming)
    {
        while (!renaming.IsCompleted)
        {
            var state =
                await Sql.ScalarAsync(
                        guard,
                        null,
                        "SELECT state FROM information_schema.processlist WHERE id = @session",
                        CancellationToken.None,
                        ("@session", session)
                    )
                    .ConfigureAwait(false) as string;
            if (state?.Contains("metadata lock", StringComparison.OrdinalIgnoreCase) == true)
                return;
            await Task.Delay(Pause, CancellationToken.None).ConfigureAwait(false);
        }
    }

    // Between the moment in which all was looked at and the one in which the tables went, somebody may have come first: a rename takes one
    // table after the other, and whoever waits to write into a later one is let in before it.
    private async Task<string?> SettleBeforeAsync(string before, TableContents settled, string? kept, SwapRequest request)
    {
        var beside = database.Beside(before);
        await using var connection = await beside.OpenAsync(CancellationToken.None).ConfigureAwait(false);
        var contents = await TableContents.TakeAsync(dialect, connection, null, CancellationToken.None).ConfigureAwait(false);
        if (contents.Compare(settled).Any(static difference => difference.Rows > 0))
        {
            Boundary.Reached("restore: written in the last moment");
            var late = await request.KeepLateAsync(beside, CancellationToken.None).ConfigureAwait(false);
            kept = (kept is null ? "" : kept + "; ") + $"with what was written in the last moment: {late}";
        }

        await MySqlOwnDatabase.DropAsync(connection, before, CancellationToken.None).ConfigureAwait(false);
        Boundary.Reached("restore: dropped what was before");
        return kept;
    }

    private async Task<IReadOnlyList<string>> TriggersAsync(CancellationToken cancellationToken)
    {
        await using var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var names =
            await Sql.ScalarAsync(
                    live,
                    null,
                    "SELECT GROUP_CONCAT(trigger_name ORDER BY trigger_name SEPARATOR '\\n') FROM information_schema.triggers WHERE trigger_schema "
                        + "= DATABASE()",
                    cancellationToken
                )
                .ConfigureAwait(false) as string;
        return names?.Split('\n') ?? [];
    }

    private static string Name(string database, string table) =>
        string.Create(CultureInfo.InvariantCulture, $"{MySqlNames.QuotePart(database)}.{MySqlNames.QuotePart(table)}");
}
