using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>Who acts, as far as the process's surroundings tell.</summary>
/// <param name="Account">On whose behalf: the build server's user, who called sudo, else the operating system's user.</param>
/// <param name="Claimed">The name that they give for themselves; <see langword="null"/> for none. Nothing proves it.</param>
/// <param name="Told">All names, for people.</param>
internal sealed record Actor(string Account, string? Claimed, string Told)
{
    /// <summary>The point by which what they sign is known, in Base64; <see langword="null"/> when they have no key here.</summary>
    internal string? Key { get; init; }

    /// <summary>A build server runs all jobs as one user, and sudo makes all of them root: neither tells people apart.</summary>
    internal static Actor Of(JournalHolder holder) =>
        new(
            holder.CiIdentity is { } ci ? ci[(ci.IndexOf('=', StringComparison.Ordinal) + 1)..] : holder.SudoUser ?? holder.User,
            holder.Claimed,
            holder.Operator
        );
}
