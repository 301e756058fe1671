using System.Text.Json.Serialization.Metadata;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Journal;

/// <summary>The environment's lock and the right to append to its journal, under one fencing number.</summary>
internal sealed class JournalSession : IAsyncDisposable
{
    /// <summary>How many records come together before the state is summarized anew.</summary>
    internal const int SummarizedAfter = 64;

    private readonly JournalStore _store;
    private readonly JournalWriter _writer;
    private readonly JournalKey _key;
    private readonly TimeProvider _time;

    // Steps may note something while they run, each in its turn.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private bool _broken;

    private JournalSession(JournalStore store, JournalWriter writer, JournalContent content, JournalKey key, TimeProvider time, long fence)
    {
        (_store, _writer, _key, _time) = (store, writer, key, time);
        Ledger = EnvironmentLedger.OfSession(content, key);
        Fence = Math.Max(Ledger.Fence, fence) + 1;
        CutTornTail = content.TornBytes > 0;
    }

    internal EnvironmentLedger Ledger { get; }

    internal long Fence { get; }

    internal bool CutTornTail { get; }

    /// <summary>How far the journal is: a record and its number that belong together, also while steps note something.</summary>
    internal JournalHead Head
    {
        get
        {
            lock (_gate)
                return JournalHead.Of(Ledger, "");
        }
    }

    /// <summary>Takes the lock if nobody holds it.</summary>
    /// <returns>The session, or <see langword="null"/> when another holds the lock.</returns>
    internal static async Task<JournalSession?> TryOpenAsync(
        JournalStore store,
        string verb,
        JournalHolder holder,
        Func<string> newKey,
        TimeProvider time,
        CancellationToken cancellationToken,
        JournalRenewal? renewal = null
    )
    {
        if (await store.TryOpenAsync(cancellationToken).ConfigureAwait(false) is not { } writer)
            return null;

        try
        {
            var content = await JournalReader.ReadPresentAsync(store, cancellationToken).ConfigureAwait(false);
            // What is missing stays missing; whoever makes a new key has said that they go on without.
            if (renewal is null || content.Fault?.Code != Codes.JournalCutOff)
                content.EnsureIntact();
            if (renewal is null && !content.Trust.MayContinue(content.Count))
                throw content.Trust.Foreign(store);
            await writer.BeginAsync(content.ValidLength, cancellationToken).ConfigureAwait(false);
            // A key that is made is durable before the first record under it. One for a journal that has another is made on somebody's word
            // alone.
            if (renewal is not null || content.Trust.Key is not { } key)
            {
                key = JournalKey.Make(store.GivenKey ?? newKey(), content.Count, content.LastHash);
                await writer.KeepKeyAsync(key).ConfigureAwait(false);
            }

            var session = new JournalSession(store, writer, content, key, time, renewal?.Fence ?? 0);
            var lost = renewal?.GivenUp is { Count: > 0 } given ? given : null;
            await session
                .AppendAsync(
                    null,
                    JournalKinds.LockTaken,
                    new LockTaken(verb, holder, KeyId: key.Id, NewKeyReason: renewal?.Reason, GivenUp: lost),
                    JournalJson.Default.LockTaken
                )
                .ConfigureAwait(false);
            if (content.TornBytes > 0)
                await session
                    .AppendAsync(null, JournalKinds.TailCut, new TailCut(content.TornBytes), JournalJson.Default.TailCut)
                    .ConfigureAwait(false);
            await session.SummarizeAsync().ConfigureAwait(false);
            return session;
        }
        catch (Exception e)
        {
            await writer.DisposeAsync().ConfigureAwait(false);
            if (!writer.IsRefusal(e))
                throw;
            throw store.NotWritable(e);
        }
    }

    /// <summary>Appends a record and returns when it is durable. It is not cancelled: what was done has to be told.</summary>
    /// <exception cref="DeploymentException">It could not be written; nothing may be done that depends on it.</exception>
    internal async Task AppendAsync<T>(string? run, string kind, T data, JsonTypeInfo<T> type)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await CheckHeldAsync(CancellationToken.None).ConfigureAwait(false);
            var line = JournalLine.Write(Ledger.Count + 1, _time.GetUtcNow(), Fence, run, kind, data, type, Ledger.LastHash, _key);
            Boundary.Reached($"append {kind}: before");
            await WriteAsync(() => _writer.AppendAsync(line)).ConfigureAwait(false);
            var record = JournalLine.Read(line.AsMemory(0, line.Length - 1)).Record! with
            {
                IsAuthentic = true,
                End = Ledger.Bytes + line.Length,
                Length = line.Length,
            };
            lock (_gate)
                Ledger.Apply(record);
            Boundary.Reached($"append {kind}: after");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Removes lines that went to an archive.</summary>
    /// <exception cref="DeploymentException">They could not be removed, or not all.</exception>
    internal async Task DropAsync(PresentState state, IReadOnlyList<ReadOnlyMemory<byte>> staying)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await CheckHeldAsync(CancellationToken.None).ConfigureAwait(false);
            await WriteAsync(() => _writer.DropAsync(state, staying)).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes sure that no other holder has written since: then this process's effects would come too late.</summary>
    internal async ValueTask EnsureHeldAsync(CancellationToken cancellationToken)
    {
        // In its turn: a record that this session is writing looks like another holder's.
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await CheckHeldAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask CheckHeldAsync(CancellationToken cancellationToken)
    {
        if (_broken)
            throw NotWritten(null);
        if (await _writer.LostAsync(cancellationToken).ConfigureAwait(false) is { } how)
            throw FencedOut(how, null);
    }

    public async ValueTask DisposeAsync()
    {
        KeepHead();
        await _writer.DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    // Before anything is done under the lock, and behind everything that was: so a run in the middle is in it like any other.
    private Task SummarizeAsync() =>
        Ledger.Count - Ledger.LastSummary < SummarizedAfter
            ? Task.CompletedTask
            : AppendAsync(null, JournalKinds.StateSummarized, PresentState.Of(Ledger), JournalJson.Default.PresentState);

    private async Task WriteAsync(Func<ValueTask> write)
    {
        try
        {
            await write().ConfigureAwait(false);
        }
        catch (JournalRightLostException e)
        {
            throw FencedOut(e.Message, e.InnerException);
        }
        catch (Exception e) when (_writer.IsRefusal(e))
        {
            _broken = true;
            throw NotWritten(e);
        }
    }

    private DeploymentException FencedOut(string how, Exception? cause) =>
        new(
            DeploymentOutcome.NeedsAttention,
            [
                new DeploymentMessage(
                    Codes.FencedOut,
                    $"Journal '{_store.Title}' was {how} while this one held it under number {Fence}. Nothing more was done. Look at "
                        + $"'deploy status', then run {Next}."
                ),
            ],
            cause
        );

    private void KeepHead()
    {
        if (_broken)
            return;

        try
        {
            Head.Write(_store.Local.Head);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            // An older head stays: it misses fewer records, and none that are there.
        }
    }

    // Of a run that is planned and not on record only its own command knows what it was about.
    private string Next => Ledger.OpenRun is { } open ? $"'deploy resume --environment {open.Plan.Environment}'" : "the command again";

    // With no run under way nothing has been begun, so nothing is left for a person to finish.
    private DeploymentException NotWritten(Exception? cause) =>
        new(
            Ledger.OpenRun is null ? DeploymentOutcome.Failed : DeploymentOutcome.NeedsAttention,
            [
                new DeploymentMessage(
                    Codes.JournalNotWritable,
                    $"Journal '{_store.Title}' could not be written{(cause is null ? "." : ": " + Sentence.Of(cause))} Nothing was done "
                        + $"without its record. "
                        + $"Make room or mend the permissions, then run {Next}."
                ),
            ],
            cause
        );
}
