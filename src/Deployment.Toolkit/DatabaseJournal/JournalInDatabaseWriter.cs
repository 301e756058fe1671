using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.DatabaseJournal;

/// <summary>The lock of a journal in a database, with the number under which it was taken.</summary>
internal sealed class JournalInDatabaseWriter(JournalTables tables, JournalLock taken, JournalRow row, bool isKeyGiven) : JournalWriter
{
    private const string TakenOver = "taken over by another process";

    // One connection does one thing at a time, and steps look whether the lock is held while others write.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _sequence;
    private long _length;
    private string? _lost;

    internal override async ValueTask BeginAsync(long length, CancellationToken cancellationToken)
    {
        using var turn = await TurnAsync().ConfigureAwait(false);
        var (sequence, end) = await tables.LastAsync(taken.Connection, row.Environment, cancellationToken).ConfigureAwait(false);
        // A row is there whole or not at all, so nothing is ever to be cut off. What was read can be less than there is where it was read
        // from another server than the one that gave the lock: a standby that lags.
        if (end > length)
            throw DeploymentException.Refused(
                Codes.JournalChainBroken,
                $"The journal of '{row.Environment}' ends at byte {end} where it is locked, and what was read of it ends at {length}: it was read "
                    + "from another server, or the row's lines were changed by hand. Nothing was changed. Name the primary server alone in the "
                    + "connection string, and run the command again."
            );

        // Somebody changed a row by hand so that it is whole and of another length.
        if (end != length)
            throw DeploymentException.Refused(
                Codes.JournalChainBroken,
                $"The rows of the journal of '{row.Environment}' end at byte {end} by their own account, and at {length} by their lines: they "
                    + "were changed by hand. Nothing was changed. Put the rows back from a copy of the database."
            );
        (_sequence, _length) = (sequence, length);
    }

    internal override async ValueTask KeepKeyAsync(JournalKey key)
    {
        using var turn = await TurnAsync().ConfigureAwait(false);
        if (!await tables.KeepKeyAsync(taken.Connection, row, isKeyGiven ? key.Mark : key.Content).ConfigureAwait(false))
            throw await TakenAwayAsync().ConfigureAwait(false);
    }

    internal override async ValueTask AppendAsync(ReadOnlyMemory<byte> line)
    {
        using var turn = await TurnAsync().ConfigureAwait(false);
        if (_lost is not null)
            throw Lost(_lost, null);

        var record = (_sequence + 1, line, _length + line.Length);
        try
        {
            if (!await AddAsync(record).ConfigureAwait(false))
                throw await TakenAwayAsync().ConfigureAwait(false);
        }
        catch (Exception e) when ((JournalInDatabase.IsRefusal(e) || e is InvalidOperationException) && IsGone(taken.Connection))
        {
            if (!await taken.TryReopenAsync().ConfigureAwait(false))
                throw Lost(Without(e), e);
            // What was lost on its way may be the answer alone.
            if (!await IsThereAsync(record).ConfigureAwait(false) && !await AddAsync(record).ConfigureAwait(false))
                throw await TakenAwayAsync().ConfigureAwait(false);
        }

        (_sequence, _length) = (record.Item1, record.Item3);
    }

    internal override ValueTask AppendManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines) => AddManyAsync([], lines, _sequence, _length);

    internal override ValueTask FoundAsync(
        PresentState state,
        IReadOnlyList<ReadOnlyMemory<byte>> staying,
        IReadOnlyList<ReadOnlyMemory<byte>> lines
    ) => AddManyAsync([.. state.Places.Zip(staying)], lines, state.Records, state.Bytes);

    private async ValueTask AddManyAsync(
        IReadOnlyList<(RecordPlace Place, ReadOnlyMemory<byte> Line)> staying,
        IReadOnlyList<ReadOnlyMemory<byte>> lines,
        long sequence,
        long length
    )
    {
        using var turn = await TurnAsync().ConfigureAwait(false);
        await using var transaction = await taken.BeginAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var (place, line) in staying)
        {
            var record = (place.Sequence, line, place.Start + place.Length);
            if (!await tables.AddAsync(taken.Connection, transaction, row, record).ConfigureAwait(false))
                throw Lost(TakenOver, null);
        }

        foreach (var line in lines)
        {
            (sequence, length) = (sequence + 1, length + line.Length);
            if (!await tables.AddAsync(taken.Connection, transaction, row, (sequence, line, length)).ConfigureAwait(false))
                throw Lost(TakenOver, null);
        }

        Boundary.Reached("append: not committed");
        await transaction.CommitAsync().ConfigureAwait(false);
        (_sequence, _length) = (sequence, length);
    }

    internal override async ValueTask DropAsync(PresentState state, IReadOnlyList<ReadOnlyMemory<byte>> staying)
    {
        using var turn = await TurnAsync().ConfigureAwait(false);
        await using var transaction = await taken.BeginAsync(CancellationToken.None).ConfigureAwait(false);
        if (
            !await tables
                .DropAsync(taken.Connection, transaction, row, state.Records, [.. state.Places.Select(static place => place.Sequence)])
                .ConfigureAwait(false)
        )
            throw Lost(TakenOver, null);

        Boundary.Reached("archive: not committed");
        await transaction.CommitAsync().ConfigureAwait(false);
    }

    internal override async ValueTask<string?> LostAsync(CancellationToken cancellationToken)
    {
        using var turn = await TurnAsync().ConfigureAwait(false);
        if (_lost is not null)
            return _lost;

        try
        {
            return _lost = await HowAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (JournalInDatabase.IsRefusal(e) || (e is InvalidOperationException && IsGone(taken.Connection)))
        {
            return _lost = await AgainAsync(e, cancellationToken).ConfigureAwait(false);
        }
    }

    internal override bool IsRefusal(Exception exception) => JournalInDatabase.IsRefusal(exception);

    public override async ValueTask DisposeAsync()
    {
        await taken.DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private async Task<string?> HowAsync(CancellationToken cancellationToken) =>
        await taken.LostAsync(cancellationToken).ConfigureAwait(false)
        ?? (
            await tables.FenceAsync(taken.Connection, null, row.Environment, cancellationToken).ConfigureAwait(false) == row.Fence
                ? null
                : TakenOver
        );

    // A connection that broke is the end of a session's lock, and not of every other.
    private async Task<string?> AgainAsync(Exception broke, CancellationToken cancellationToken)
    {
        if (!IsGone(taken.Connection) || !await taken.TryReopenAsync().ConfigureAwait(false))
            return Without(broke);

        try
        {
            return await HowAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (JournalInDatabase.IsRefusal(e) || e is InvalidOperationException)
        {
            return Without(e);
        }
    }

    private async Task<JournalRightLostException> TakenAwayAsync() =>
        Lost(await taken.LostAsync(CancellationToken.None).ConfigureAwait(false) ?? TakenOver, null);

    private async Task<bool> IsThereAsync((long Sequence, ReadOnlyMemory<byte> Line, long End) record)
    {
        var lines = await tables.ReadAsync(taken.Connection, row.Environment, _sequence, CancellationToken.None).ConfigureAwait(false);
        return lines.AsSpan().SequenceEqual(record.Line.Span);
    }

    private async Task<bool> AddAsync((long Sequence, ReadOnlyMemory<byte> Line, long End) record)
    {
        if (Boundary.Observer is null)
            return await tables.AddAsync(taken.Connection, null, row, record).ConfigureAwait(false);

        // The crash tests also die while the row is not committed.
        await using var transaction = await taken.BeginAsync(CancellationToken.None).ConfigureAwait(false);
        var isAdded = await tables.AddAsync(taken.Connection, transaction, row, record).ConfigureAwait(false);
        Boundary.Reached("append: not committed");
        await transaction.CommitAsync().ConfigureAwait(false);
        return isAdded;
    }

    private async Task<Turn> TurnAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        return new Turn(_turn);
    }

    private JournalRightLostException Lost(string how, Exception? cause)
    {
        _lost = how;
        return new JournalRightLostException(how, cause);
    }

    private static bool IsGone(DbConnection connection) => connection.State != System.Data.ConnectionState.Open;

    private static string Without(Exception e) => $"left without its lock, whose connection ended ({Sentence.Of(e).TrimEnd('.')}),";

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
