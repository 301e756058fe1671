using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Execution;

/// <summary>Takes an environment's lock, waiting for whoever holds it and saying who that is.</summary>
internal static class LockWait
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    internal static async Task<JournalSession> TakeAsync(
        JournalStore journal,
        string environment,
        string verb,
        JournalHolder holder,
        TimeSpan limit,
        TimeProvider time,
        IProgress<DeploymentProgress> progress,
        Func<string> newKey,
        CancellationToken cancellationToken,
        JournalRenewal? renewal = null
    )
    {
        using var span = Telemetry.Start("deployment.lock.wait");
        var started = time.GetTimestamp();
        var (other, shown) = ("another process", (string?)null);
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (
                await JournalSession.TryOpenAsync(journal, verb, holder, newKey, time, cancellationToken, renewal).ConfigureAwait(false) is
                { } session
            )
            {
                Telemetry.Measure(
                    Telemetry.LockWaitDuration,
                    time.GetElapsedTime(started).TotalSeconds,
                    new TagList { { "deployment.environment.name", RunTelemetry.NameOf(environment) } }
                );
                return session;
            }

            other = await DescribeAsync(journal, cancellationToken).ConfigureAwait(false) ?? other;
            var left = limit - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                // Somebody only looked whether it is held, which takes it for an instant.
                if (!await journal.IsHeldAsync(cancellationToken).ConfigureAwait(false))
                    continue;

                throw DeploymentException.Refused(
                    Codes.LockTimeout,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Environment '{environment}' is locked by {other}, and still was after {limit.TotalSeconds:0.#} s. Nothing was "
                            + $"changed. Wait for it to end, or wait longer with --lock-timeout."
                    )
                );
            }

            if (other != shown)
                progress.Report(
                    new DeploymentProgress
                    {
                        Kind = ProgressKind.Waiting,
                        Text = $"environment '{environment}' is locked by {other}; waiting {left.TotalSeconds:0} s at most",
                    }
                );
            shown = other;
            // Jitter keeps many waiters from asking in step.
            await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), time, cancellationToken).ConfigureAwait(false);
        }
    }

    // Who waits looks often, and a journal is long: only at its end, where the holder has written down who it is.
    private static async Task<string?> DescribeAsync(JournalStore journal, CancellationToken cancellationToken)
    {
        var known = (string?)null;
        var lines = (await journal.ReadPageAsync(RecordPlace.End, JournalTail.Page, cancellationToken).ConfigureAwait(false)).Bytes;
        for (int start = 0, length; (length = lines.AsSpan(start).IndexOf((byte)'\n')) >= 0; start += length + 1)
        {
            if (
                JournalLine.Read(lines.AsMemory(start, length)).Record is { Kind: JournalKinds.LockTaken } record
                && RunLog.Read(record, RecordData.LockTaken) is { } last
            )
                known = $"{last.Holder} (deploy {last.Verb})";
        }

        return known;
    }
}
