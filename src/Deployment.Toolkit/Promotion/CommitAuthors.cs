using System.Collections.Concurrent;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Promotion;

/// <summary>
/// Finds out who wrote a commit: from what the build put into the binary, from a setting, and from the repository where it is here. Whoever
/// one of them names counts as an author.
/// </summary>
/// <param name="stated">What the binary and the settings say, each <c>Name</c>, <c>address</c> or <c>Name &lt;address&gt;</c>.</param>
/// <param name="folder">Where a repository may be.</param>
/// <param name="time">The clock.</param>
internal sealed class CommitAuthors(IReadOnlyList<string> stated, string folder, TimeProvider time)
{
    internal const string Setting = "Deployment:CommitAuthor";
    internal const string Metadata = "CommitAuthor";

    private const int MostNames = 40;
    private const int ShortestCommit = 7;
    private const int LongestCommit = 64;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _known = new(StringComparer.Ordinal);

    /// <summary>All names of its authors; empty when nothing tells.</summary>
    internal async ValueTask<IReadOnlyList<string>> OfAsync(Release release, CancellationToken cancellationToken)
    {
        List<string> names = [.. stated.SelectMany(Split)];
        if (release.Commit is { Length: >= ShortestCommit and <= LongestCommit } commit && commit.All(char.IsAsciiHexDigit))
        {
            if (!_known.TryGetValue(commit, out var written))
                _known[commit] = written = await AskAsync(commit, cancellationToken).ConfigureAwait(false);
            names.AddRange(written);
        }

        return [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The names in <c>Anna Berg &lt;anna@example.org&gt;</c>.</summary>
    internal static IEnumerable<string> Split(string text) =>
        text.Split(['<', '>', ',', ';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private async Task<IReadOnlyList<string>> AskAsync(string commit, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // %ae before mailmap: whoever may change .mailmap in the same commit would choose who the author is.
            var launch = new CommandLaunch(
                "git",
                ["show", "-s", "--no-show-signature", "--format=%an%n%ae%n%(trailers:key=Co-authored-by,valueonly)", commit, "--"]
            )
            {
                WorkingDirectory = folder,
                Environment = ProcessEnvironment.Pick(["PATH", "HOME"]),
            };
            var exitCode = await CommandRunner
                .RunAsync(
                    launch,
                    line =>
                    {
                        if (lines.Count < MostNames)
                            lines.Add(line);
                    },
                    static _ => Task.CompletedTask,
                    Grace,
                    time,
                    both.Token
                )
                .ConfigureAwait(false);
            return exitCode == 0 ? [.. lines.SelectMany(Split)] : [];
        }
        catch (Exception e) when (e is CommandNotStartedException or OperationCanceledException or IOException)
        {
            // No git, or no repository: then nothing here tells.
            cancellationToken.ThrowIfCancellationRequested();
            return [];
        }
    }
}
