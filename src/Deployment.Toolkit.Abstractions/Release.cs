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

    /// <summary>Reads <c>version</c> or <c>version+commit</c>, the form of an assembly's informational version.</summary>
    /// <param name="text">For example <c>1.4.0+9fceb02d0ae598e95dc970b74767f19372d61af8</c>.</param>
    /// <returns>The release.</returns>
    /// <exception cref="FormatException">The text is empty, holds white space or control characters, or has nothing before
    /// <c>+</c>.</exception>
    public static Release Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        var version = plus < 0 ? text : text[..plus];
        var commit = plus < 0 || plus == text.Length - 1 ? null : text[(plus + 1)..];
        if (version.Length == 0 || text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c)))
            throw new FormatException($"Release '{text}' is not of the form version or version+commit, for example 1.4.0+9fceb02.");

        return new Release(version, commit);
    }

    /// <summary>The release as people write it: the version, and the first ten characters of the commit behind <c>+</c>.</summary>
    public override string ToString() =>
        Commit is null ? Version : $"{Version}+{(Commit.Length > ShortCommitLength ? Commit[..ShortCommitLength] : Commit)}";
}
