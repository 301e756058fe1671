namespace Deployment.Toolkit;

/// <summary>
/// The unit that is deployed and rolled back as one: a version and the commit that it was built from.
/// Two releases are the same when both agree; a rebuilt version from another commit is another release.
/// </summary>
public sealed record Release
{
    /// <summary>Makes one.</summary>
    /// <param name="version">The version without build metadata, for example <c>1.4.0</c> or <c>1.5.0-rc.1</c>.</param>
    /// <param name="commit">The commit, as it stands behind <c>+</c> in the informational version; <see langword="null"/> when
    /// unknown.</param>
    public Release(string version, string? commit = null) => (Version, Commit) = (version, commit);

    /// <summary>The version without build metadata, for example <c>1.4.0</c> or <c>1.5.0-rc.1</c>.</summary>
    public string Version { get; init; }

    /// <summary>The commit, as it stands behind <c>+</c> in the informational version; <see langword="null"/> when unknown.</summary>
    public string? Commit { get; init; }

    private const int ShortCommitLength = 10;

    // As short as git makes one by itself.
    private const int ShortestCommit = 7;

    private const string AllowedMarks = ".-_~/:@";

    /// <summary>Reads <c>version</c> or <c>version+commit</c>, the form of an assembly's informational version.</summary>
    /// <param name="text">For example <c>1.4.0+9fceb02d0ae598e95dc970b74767f19372d61af8</c>.</param>
    /// <returns>The release.</returns>
    /// <exception cref="FormatException">The text is empty, has nothing before <c>+</c>, does not begin with a letter or digit, or holds
    /// what a shell could take for more than a word: allowed are ASCII letters and digits and <c>. - _ ~ / : @</c>.</exception>
    public static Release Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        var version = plus < 0 ? text : text[..plus];
        var commit = plus < 0 || plus == text.Length - 1 ? null : text[(plus + 1)..];
        if (version.Length == 0 || !char.IsAsciiLetterOrDigit(version[0]) || !$"{version}{commit}".All(IsAllowed))
            throw new FormatException(
                $"Release '{text}' is not of the form version or version+commit, for example 1.4.0+9fceb02, of letters, digits and "
                    + $"{string.Join(' ', AllowedMarks.ToCharArray())}."
            );

        return new Release(version, commit);
    }

    /// <summary>The release with its whole commit, which <see cref="Parse"/> reads as this release.</summary>
    /// <returns>For example <c>1.4.0+9fceb02d0ae598e95dc970b74767f19372d61af8</c>.</returns>
    public string ToFullString() => Commit is null ? Version : $"{Version}+{Commit}";

    /// <summary>The release as people write it: the version, and the first ten characters of the commit behind <c>+</c>.</summary>
    public override string ToString() =>
        Commit is null ? Version : $"{Version}+{(Commit.Length > ShortCommitLength ? Commit[..ShortCommitLength] : Commit)}";

    /// <summary>
    /// Whether somebody who names this one can mean another: of the same version, this one without a commit or with the beginning of the
    /// other's, as <see cref="ToString"/> shows it.
    /// </summary>
    internal bool Means(Release other) => Version == other.Version && (Commit is null || IsCommit(Commit, other.Commit));

    /// <summary>Whether the release is called that: by its version alone, or with the whole commit or its beginning.</summary>
    internal bool IsCalled(string text) =>
        text == Version
        || (
            text.StartsWith(Version + "+", StringComparison.Ordinal)
            && text.Length > Version.Length + 1
            && IsCommit(text[(Version.Length + 1)..], Commit)
        );

    /// <summary>Whether what is given is a commit, or enough of its beginning.</summary>
    internal static bool IsCommit(string given, string? commit) =>
        string.Equals(given, commit, StringComparison.OrdinalIgnoreCase)
        || (given.Length >= ShortestCommit && commit?.StartsWith(given, StringComparison.OrdinalIgnoreCase) == true);

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || AllowedMarks.Contains(c, StringComparison.Ordinal);
}
