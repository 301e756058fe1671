using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Registration;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Deployment.Toolkit.Notifications;

/// <summary>
/// Tells observers how the runs of an environment end, from its journal: what a process did not live to tell, the next one finds there. A
/// receiver that is away holds up nothing and nobody else.
/// </summary>
internal sealed class NoticeSender(
    IServiceProvider services,
    IReadOnlyList<ObserverRegistration> observers,
    Outbox outbox,
    Func<JournalStore> store,
    NoticeOf notices,
    Func<string, string> redact,
    TimeProvider time,
    ILogger logger
)
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromDays(7);
    private const int Retries = 2;
    private const int LongestError = 300;

    internal bool HasObservers => observers.Count > 0;

    /// <summary>What waits, by receiver.</summary>
    internal IReadOnlyList<WaitingNotices> Waiting() => WaitingNotices.Of(outbox.Waiting(), observers);

    /// <summary>Before the first run that is told of: what ended before it was told by nobody and is nobody's news.</summary>
    internal void Begin(EnvironmentLedger ledger) =>
        Try(() =>
        {
            if (HasObservers && outbox.Told is null)
                outbox.Tell(ledger.LastRun is { } last ? OutboxCursor.Of(last) : OutboxCursor.None);
        });

    /// <summary>Keeps a notice of every run that ended since, then tells what waits, as far as the time goes.</summary>
    /// <returns>Whether nothing waits any more.</returns>
    internal async Task<bool> TellAsync(TimeSpan limit, bool isAtOnce, CancellationToken cancellationToken)
    {
        try
        {
            if ((outbox.Told is null || !HasObservers) && outbox.Waiting().Count == 0)
                return true;
            outbox.Open();
            // Another process tells the same meanwhile.
            using var turn = FileLock.TryAcquire(outbox.LockFile);
            if (turn is null)
                return false;

            if (HasObservers)
                await CollectAsync(cancellationToken).ConfigureAwait(false);
            GiveUp();
            Boundary.Reached("outbox: told");
            using var end = new CancellationTokenSource(limit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
            // All at once: one that hangs takes its own time.
            await Task.WhenAll(
                    outbox
                        .Waiting()
                        .GroupBy(static item => item.Receiver, StringComparer.Ordinal)
                        .Select(group =>
                            observers.FirstOrDefault(observer => observer.Key == group.Key) is { } observer
                                ? SendAsync(observer, [.. group], isAtOnce, either.Token)
                                : Task.CompletedTask
                        )
                )
                .ConfigureAwait(false);

            return outbox.Waiting().Count == 0;
        }
        // Whoever deploys does not depend on who wants to hear of it.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (!cancellationToken.IsCancellationRequested)
                Log.NoticesNotSent(logger, redact($"{e.GetType().Name}: {Sentence.Of(e)}"));
            return false;
        }
    }

    /// <summary>Tells one notice to everybody at once, past the outbox.</summary>
    internal async Task<IReadOnlyList<(string Receiver, string? Error)>> TryAsync(
        DeploymentNotice notice,
        CancellationToken cancellationToken
    )
    {
        var told = new List<(string, string?)>();
        foreach (var observer in observers)
            told.Add((observer.Key, (await CallAsync(observer, notice, cancellationToken).ConfigureAwait(false))?.Text));
        return told;
    }

    private async Task CollectAsync(CancellationToken cancellationToken)
    {
        if (outbox.Told is not { } told)
            return;

        var (fresh, isFound) = (new List<RunLog>(), told.Run is null);
        await foreach (var run in RunsBackward.ReadAsync(store(), cancellationToken).ConfigureAwait(false))
        {
            isFound = run.Id == told.Run;
            // Clocks go back and stand still; what a run became tells whether it was told.
            if (!isFound || OutboxCursor.Of(run) != told)
                fresh.Add(run);
            if (isFound)
                break;
        }

        // What was told last may be in an archive by now, and what is before it with it.
        if (!isFound && told.Run is not null)
            fresh.RemoveAll(run => run.LastRecordAt <= told.At);
        fresh.Reverse();
        foreach (var run in fresh)
        {
            if (run.State != RunState.Unfinished)
            {
                var notice = notices.Make(run);
                foreach (var observer in observers)
                    outbox.Keep(new OutboxItem(observer.Key, notice, time.GetUtcNow()));
            }

            outbox.Tell(OutboxCursor.Of(run));
        }
    }

    // Also what waits for one that is registered no more.
    private void GiveUp()
    {
        var waiting = outbox.Waiting();
        foreach (var told in WaitingNotices.Of(waiting, observers))
        {
            foreach (var item in waiting.Where(item => item.Receiver == told.Receiver && time.GetUtcNow() - item.Since > GivenUpAfter))
            {
                Log.NoticeGivenUp(logger, item.Receiver, item.Notice.Id, told.Why);
                outbox.Taken(item);
            }
        }
    }

    private async Task SendAsync(
        ObserverRegistration observer,
        IReadOnlyList<OutboxItem> waiting,
        bool isAtOnce,
        CancellationToken cancellationToken
    )
    {
        var pause = TimeSpan.Zero;
        foreach (var item in waiting)
        {
            // In their order: what came later is not told before what came first.
            if (!isAtOnce && item.NotBefore > time.GetUtcNow())
                return;
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            Boundary.Reached("outbox: sending");
            if (await CallAsync(observer, item.Notice, cancellationToken).ConfigureAwait(false) is { } failure)
            {
                var attempts = item.Attempts + 1;
                var delay =
                    failure.RetryAfter
                    ?? TimeSpan.FromSeconds(Math.Min(30 * Math.Pow(2, Math.Min(attempts - 1, 10)), LongestDelay.TotalSeconds));
                outbox.Keep(item with { Attempts = attempts, LastError = failure.Text, NotBefore = time.GetUtcNow() + delay });
                Log.NoticeNotSent(logger, observer.Key, failure.Text);
                return;
            }

            Boundary.Reached("outbox: sent");
            outbox.Taken(item);
            pause = PauseOf(observer);
        }
    }

    private TimeSpan PauseOf(ObserverRegistration observer)
    {
        try
        {
            return observer.Create(services) is var made ? made.Pause : default;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return TimeSpan.Zero;
        }
    }

    /// <returns>Why it was not taken; <see langword="null"/> when it was.</returns>
    private async Task<Failure?> CallAsync(ObserverRegistration observer, DeploymentNotice notice, CancellationToken cancellationToken)
    {
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions
                {
                    MaxRetryAttempts = Retries,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = FirstDelay,
                    // Whoever says when to come again is not asked before, and one that hangs is not waited for twice.
                    ShouldHandle = static arguments =>
                        ValueTask.FromResult(
                            arguments.Outcome.Exception
                                is { } e
                                    and not NoticeRefusedException { MayTryAtOnce: false }
                                    and not OperationCanceledException
                        ),
                }
            )
            .Build();
        try
        {
            await pipeline
                .ExecuteAsync(async token => await OnceAsync(observer, notice, token).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var text = cancellationToken.IsCancellationRequested
                ? "there was no time left to wait for it"
                : $"{e.GetType().Name}: {Sentence.Of(e)}";
            return new Failure(
                VisibleText.Line(ShortenedText.End(redact(e is NoticeRefusedException ? Sentence.Of(e) : text), LongestError)),
                e is NoticeRefusedException { RetryAfter: { } after }
                    ? after < LongestDelay
                        ? after
                        : LongestDelay
                    : null
            );
        }
    }

    private async Task OnceAsync(ObserverRegistration observer, DeploymentNotice notice, CancellationToken cancellationToken)
    {
        Task? work = null;
        var (end, error) = await EnforcedTimeout
            .CallAsync(
                token =>
                    work = OwnScope.UseAsync(services, observer.What, observer.Create, logger, made => made.NotifyAsync(notice, token)),
                CallLimit,
                time,
                cancellationToken
            )
            .ConfigureAwait(false);
        switch (end)
        {
            case CallEnd.Completed:
                await work!.ConfigureAwait(false);
                return;
            case CallEnd.Threw:
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error!);
                return;
            default:
                cancellationToken.ThrowIfCancellationRequested();
                throw new NoticeRefusedException(
                    string.Create(CultureInfo.InvariantCulture, $"It gave no answer within {CallLimit.TotalSeconds:0.#} s."),
                    isSlow: true
                );
        }
    }

    private void Try(Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is DeploymentException || DiskFault.Is(e))
        {
            Log.NoticesNotSent(logger, redact($"{e.GetType().Name}: {Sentence.Of(e)}"));
        }
    }

    private sealed record Failure(string Text, TimeSpan? RetryAfter);
}
