using System.Globalization;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases;

/// <summary>
/// Asks for a lock again and again rather than waits for it, so that whoever waits can be told for whom, and can give up. A session that
/// waited inside PostgreSQL would have a snapshot besides, for whose end CREATE INDEX CONCURRENTLY of the one that holds the lock would
/// wait.
/// </summary>
internal static class SessionLockWait
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);

    /// <param name="database">The database's title.</param>
    /// <param name="request">Who wants it.</param>
    /// <param name="ask">Takes it, or says who has it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task UntilTakenAsync(
        string database,
        SessionLockRequest request,
        Func<Task<string?>> ask,
        CancellationToken cancellationToken
    )
    {
        var started = request.Time.GetTimestamp();
        var shown = "";
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await ask().ConfigureAwait(false) is not { } other)
                return;

            var left = request.Limit - request.Time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                throw DeploymentException.Failed(
                    Codes.LockTimeout,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Database '{database}' is being migrated by {other}, and still was after {request.Limit.TotalSeconds:0.#} s. Nothing "
                            + $"was changed in it. Wait for that to end, or wait longer with --lock-timeout."
                    )
                );
            if (other != shown)
                request.Waiting(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"database '{database}' is being migrated by {other}; waiting {left.TotalSeconds:0} s at most"
                    )
                );
            shown = other;
            // Jitter keeps many waiters from asking in step.
            await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), request.Time, cancellationToken).ConfigureAwait(false);
        }
    }
}
