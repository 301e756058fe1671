using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Execution;

/// <summary>Takes an environment's lock, waiting for whoever holds it and saying who that is.</summary>
internal static class LockWait
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    internal static async Task<JournalSession> TakeAsync(
        JournalPaths paths, string environment, string verb, JournalHolder holder, TimeSpan limit, TimeProvider time, IProgress<DeploymentProgress> progress, Func<string> newKey, CancellationToken cancellationToken, JournalRenewal? renewal = null)
    {
        using var span = Telemetry.Start("deployment.lock.wait");
        var started = time.GetTimestamp();
        string? shown = null;
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (JournalSession.TryOpen(paths, verb, holder, newKey, time, renewal) is { } session)
            {
                Telemetry.Measure(Telemetry.LockWaitDuration, time.GetElapsedTime(started).TotalSeconds, new TagList { { "deployment.environment.name", environment } });
                return session;
            }

            var other = Describe(paths);
            var left = limit - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                // Somebody only looked whether it is held, which takes it for an instant.
                if (!FileLock.IsHeld(paths.Lock)) continue;

                throw DeploymentException.Refused(
                    Codes.LockTimeout,
                    string.Create(CultureInfo.InvariantCulture, $"Environment '{environment}' is locked by {other}, and still was after {limit.TotalSeconds:0.#} s. Nothing was changed. Wait for it to end, or wait longer with --lock-timeout."));
            }

            if (other != shown) progress.Report(new DeploymentProgress(ProgressKind.Waiting, $"environment '{environment}' is locked by {other}; waiting {left.TotalSeconds:0} s at most"));
            shown = other;
            // Jitter keeps many waiters from asking in step.
            await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Describe(JournalPaths paths) =>
        EnvironmentLedger.From(JournalReader.Read(paths.Journal).Records).LastHolder is { } last ? $"{last.Holder} (deploy {last.Verb})" : "another process";
}
