using System.Globalization;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Figures;

/// <summary>Asks git when commits were made, where there is one and the app lies in its repository.</summary>
internal sealed class CommitDates(string folder, TimeProvider time)
{
    private const int MostCommits = 10_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private bool _isMissing;

    /// <summary>
    /// When each commit was made that leads to one and not to another; <see langword="null"/> when that is not known here.
    /// </summary>
    internal Task<IReadOnlyList<DateTimeOffset>?> BetweenAsync(string after, string commit, CancellationToken cancellationToken) =>
        IsHash(after) && IsHash(commit) ? AskAsync($"{after}..{commit}", MostCommits, cancellationToken) : Unknown;

    /// <summary>When one commit was made; <see langword="null"/> when that is not known here.</summary>
    internal Task<IReadOnlyList<DateTimeOffset>?> OfAsync(string commit, CancellationToken cancellationToken) =>
        IsHash(commit) ? AskAsync(commit, 1, cancellationToken) : Unknown;

    private static Task<IReadOnlyList<DateTimeOffset>?> Unknown => Task.FromResult<IReadOnlyList<DateTimeOffset>?>(null);

    // A release's commit is whatever its version says: nothing else than a hash gets onto a command line.
    private static bool IsHash(string commit) => commit.Length is >= 7 and <= 64 && commit.All(char.IsAsciiHexDigit);

    private async Task<IReadOnlyList<DateTimeOffset>?> AskAsync(string range, int most, CancellationToken cancellationToken)
    {
        if (_isMissing)
            return null;

        var dates = new List<DateTimeOffset>();
        var launch = new CommandLaunch(
            "git",
            [
                "--no-pager",
                "-c",
                "core.fsmonitor=false",
                "log",
                string.Create(CultureInfo.InvariantCulture, $"--max-count={most}"),
                "--format=%ct",
                range,
                "--",
            ]
        )
        {
            WorkingDirectory = folder,
            Environment = ProcessEnvironment.Pick(["PATH", "HOME", "SystemRoot", "USERPROFILE"]),
        };
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var exitCode = await CommandRunner
                .RunAsync(launch, Take, static _ => Task.CompletedTask, TimeSpan.FromSeconds(1), time, either.Token)
                .ConfigureAwait(false);
            return exitCode == 0 ? dates : null;
        }
        catch (CommandNotStartedException)
        {
            _isMissing = true;
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        void Take(string line)
        {
            if (long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 253402300799)
                dates.Add(DateTimeOffset.FromUnixTimeSeconds(seconds));
        }
    }
}
