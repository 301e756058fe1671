using System.Data.Common;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>
/// Puts a backup in the live database's place: copied beside it, verified, and swapped in by one rename, while the database's own write
/// lock is held. Under that lock everything is looked at once more and the copy of the database as it was is taken, so that whatever was
/// committed is in one of the two. Connections that still have the old file open cannot write to it any more (SQLite refuses a database
/// that was moved).
/// </summary>
internal sealed class SqliteSwap(SqliteDatabase database) : DatabaseSwap
{
    /// <summary>Refuses what could only fail later.</summary>
    /// <param name="what">What would be done, as a clause.</param>
    internal override void EnsurePossible(string what)
    {
        if (MountPoints.Is(database.RealPath))
        {
            throw DeploymentException.Refused(
                Codes.DatabaseNotReplaceable,
                $"Database '{database.FilePath}' is mounted as a single file, and {what}: nothing can take a mounted file's place. "
                    + $"Nothing was changed. "
                    + $"Mount its folder '{Path.GetDirectoryName(database.RealPath)}' instead, with docker: '-v "
                    + $"DATA:{Path.GetDirectoryName(database.RealPath)}'."
            );
        }
    }

    /// <summary>Refuses to begin while others have a database open that can only be replaced when nobody has.</summary>
    internal override async Task EnsureFreeAsync(CancellationToken cancellationToken)
    {
        if (!database.Exists)
            return;

        database.ClearPools();
        var holders = OpenFiles.Holders(database.RealPath);
        if (holders.Count == 0)
            return;

        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (await ExclusiveReasonAsync(connection, cancellationToken).ConfigureAwait(false) is { } reason)
            throw InUse(reason, holders, DeploymentOutcome.Refused, "Nothing was changed. Stop it and run the command again.");
    }

    /// <inheritdoc/>
    internal override async Task<string?> RiskAsync(CancellationToken cancellationToken)
    {
        if (!database.Exists)
            return null;

        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await ExclusiveReasonAsync(connection, cancellationToken).ConfigureAwait(false) is { } reason
            ? $"the database {reason}: going back to the backup needs whatever has it open to be stopped"
            : null;
    }

    // Why it can be replaced only when nobody else has it open, as a clause.
    private async Task<string?> ExclusiveReasonAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await WriteAheadMode.IsOnAsync(connection, cancellationToken).ConfigureAwait(false) ? WriteAheadMode.Words
        : await KeptJournal.IsIdleAsync(database.RealPath, cancellationToken).ConfigureAwait(false) ? KeptJournal.Words
        : null;

    internal override Task<IReadOnlyList<string>> RisksToHoldersAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(
            Holders() is { Count: > 0 } holders
                ?
                [
                    $"the database is open in {string.Join(", ", holders)}, which can't write to it any more afterwards until it is "
                        + $"started again",
                ]
                : []
        );

    // Their connections can't write once it was replaced.
    private IReadOnlyList<string> Holders() => database.Exists ? OpenFiles.Holders(database.RealPath) : [];

    /// <returns>What to tell of it.</returns>
    internal override async Task<string?> ReplaceAsync(SwapRequest request, CancellationToken cancellationToken)
    {
        var terms = request.Terms;
        EnsurePossible($"backup '{request.Name}' cannot be put there");
        var live = database.RealPath;
        var temporary = live + ".restoring";
        try
        {
            await MakeAsync(request, temporary, cancellationToken).ConfigureAwait(false);
            DurableFile.CopyAccess(live, temporary);
            Boundary.Reached("restore: copied");

            if (
                database.Exists
                && await DamagedDatabase.FindAsync(database, database.FilePath, cancellationToken).ConfigureAwait(false) is null
            )
                return await ReplaceWholeAsync(request, temporary, cancellationToken).ConfigureAwait(false);

            var kept = await request.SettleDamagedAsync(cancellationToken).ConfigureAwait(false);
            if (terms.WasWriteAhead)
                await EnterWriteAheadAsync(temporary, cancellationToken).ConfigureAwait(false);
            await terms.EnsureHeldAsync(cancellationToken).ConfigureAwait(false);
            DamagedDatabase.Replace(database, temporary);
            Boundary.Reached("restore: swapped");
            return kept;
        }
        catch (DbException e)
        {
            throw DeploymentException.NeedsAttention(
                Codes.RestoreBlocked,
                $"Database '{live}' could not be replaced by backup '{request.Name}': {Sentence.Of(e)} "
                    + $"{(SqliteFault.IsFull(e) ? "Make room there" : $"{OpenIn(Holders())}Stop what uses the database")}, then run '{terms.GoOn}'.",
                e
            );
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw DeploymentException.NeedsAttention(
                Codes.RestoreBlocked,
                $"Database '{live}' could not be replaced by backup '{request.Name}': {Sentence.Of(e)} Make room or mend the "
                    + $"permissions, then run '{terms.GoOn}'.",
                e
            );
        }
        finally
        {
            // Not there any more once it is the database. Otherwise a whole copy would lie beside it for as long as nobody goes on.
            DurableFile.TryDelete(temporary);
        }
    }

    private static async Task MakeAsync(SwapRequest request, string temporary, CancellationToken cancellationToken)
    {
        // Whose bytes are not compared vouches for each of them itself.
        if (!request.File.IsPlain)
        {
            PrivateFile.CreateAnew(temporary);
            await request.File.UnpackAsync(temporary, cancellationToken).ConfigureAwait(false);
            return;
        }

        File.Copy(request.File.Path, temporary, overwrite: true);
        if (await DurableFile.HashAsync(temporary, flush: true, cancellationToken).ConfigureAwait(false) != request.Sha256)
            throw new IOException($"the copy '{temporary}' differs from the backup.");
    }

    private async Task<string?> ReplaceWholeAsync(SwapRequest request, string temporary, CancellationToken cancellationToken)
    {
        var terms = request.Terms;
        database.ClearPools();
        var holders = OpenFiles.Holders(database.RealPath);
        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var isWriteAhead = await WriteAheadMode.IsOnAsync(connection, cancellationToken).ConfigureAwait(false);
        // What would only wait for the driver's whole timeout.
        if (isWriteAhead && holders.Count > 0)
            throw InUse(WriteAheadMode.Words, holders, DeploymentOutcome.NeedsAttention, $"Stop it, then run '{terms.GoOn}'.");

        var isSwapped = false;
        try
        {
            if (isWriteAhead)
            {
                await terms.NoteWriteAheadAsync(cancellationToken).ConfigureAwait(false);
                await LeaveWriteAheadAsync(connection, terms, cancellationToken).ConfigureAwait(false);
                Boundary.Reached("restore: write-ahead mode left");
            }

            if (isWriteAhead || terms.WasWriteAhead)
                await EnterWriteAheadAsync(temporary, cancellationToken).ConfigureAwait(false);

            await Sql.ExecuteAsync(connection, null, "BEGIN IMMEDIATE", cancellationToken).ConfigureAwait(false);
            if (await WriteAheadMode.IsOnAsync(connection, cancellationToken).ConfigureAwait(false))
                throw InUse(
                    WriteAheadMode.Words,
                    OpenFiles.OtherHolders(database.RealPath),
                    DeploymentOutcome.NeedsAttention,
                    $"Stop it, then run '{terms.GoOn}'."
                );
            // Of this process only what it had open before can be told from what it opens for the restore itself.
            EnsureNoneKeepsJournal(holders, terms);

            // Nobody else can commit any more: what is found now is what the swap removes.
            var kept = await request.SettleAsync(connection, cancellationToken).ConfigureAwait(false);
            Boundary.Reached("restore: locked");
            await terms.EnsureHeldAsync(cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            EnsureNoneKeepsJournal([], terms);
            DurableFile.Replace(temporary, database.RealPath);
            isSwapped = true;
            Boundary.Reached("restore: swapped");
            return kept;
        }
        finally
        {
            // Not the backup's mode but the live database's: it stays what it was, also when it stays.
            if (isWriteAhead && !isSwapped)
                await TryEnterAgainAsync(connection).ConfigureAwait(false);
        }
    }

    private void EnsureNoneKeepsJournal(IReadOnlyList<string> before, RestoreTerms terms)
    {
        if (!KeptJournal.IsThere(database.RealPath))
            return;

        IReadOnlyList<string> holders = [.. before.Union(OpenFiles.OtherHolders(database.RealPath), StringComparer.Ordinal)];
        if (holders.Count > 0)
            throw InUse(KeptJournal.Words, holders, DeploymentOutcome.NeedsAttention, $"Stop it, then run '{terms.GoOn}'.");
    }

    private async Task LeaveWriteAheadAsync(DbConnection connection, RestoreTerms terms, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAheadMode.LeaveAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException e) when (e.Message.Contains("is locked", StringComparison.Ordinal))
        {
            throw InUse(
                WriteAheadMode.Words,
                OpenFiles.OtherHolders(database.RealPath),
                DeploymentOutcome.NeedsAttention,
                $"Stop it, then run '{terms.GoOn}'."
            );
        }
    }

    private async Task EnterWriteAheadAsync(string file, CancellationToken cancellationToken)
    {
        await using (var connection = await database.OpenFileAsync(file, cancellationToken).ConfigureAwait(false))
            await WriteAheadMode.EnterAsync(connection, cancellationToken).ConfigureAwait(false);
        await DurableFile.HashAsync(file, flush: true, cancellationToken).ConfigureAwait(false);
    }

    private static async Task TryEnterAgainAsync(DbConnection connection)
    {
        try
        {
            await Sql.ExecuteAsync(connection, null, "ROLLBACK", CancellationToken.None).ConfigureAwait(false);
        }
        catch (DbException)
        {
            // It was not begun.
        }

        try
        {
            await WriteAheadMode.EnterAsync(connection, CancellationToken.None).ConfigureAwait(false);
        }
        catch (DbException)
        {
            // Somebody has it open by now. The next attempt finds the note of the mode.
        }
    }

    private DeploymentException InUse(string reason, IReadOnlyList<string> holders, DeploymentOutcome outcome, string mend) =>
        new(
            outcome,
            [
                new DeploymentMessage(
                    Codes.DatabaseInUse,
                    $"Database '{database.FilePath}' {reason} and cannot be replaced while it is open elsewhere: "
                        + $"{(holders.Count == 0 ? $"in a process that this user or this container does not see ('fuser -v {database.RealPath}' names it to root on the machine itself)" : string.Join(", ", holders))}. {mend}"
                ),
            ]
        );

    private static string OpenIn(IReadOnlyList<string> holders) =>
        holders.Count == 0 ? "" : $"It is open in {string.Join(", ", holders)}. ";
}
