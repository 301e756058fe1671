using System.Diagnostics.CodeAnalysis;

namespace Deployment.Toolkit.Secrecy;

/// <summary>A configuration value that stands for a secret: <c>secret://name</c> or <c>secret://name@version</c>.</summary>
internal sealed record SecretReference(string Name, string? Version)
{
    internal const string Scheme = "secret://";

    // Names are file names of mounted secrets and keys of JSON too, so they hold nothing that either would trip over.
    private const int LongestName = 128;

    internal static bool IsReference(string? value) => value is not null && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a reference; <see langword="false"/> when the text begins like one and isn't.</summary>
    internal static bool TryParse(string value, [NotNullWhen(true)] out SecretReference? reference)
    {
        reference = null;
        if (!IsReference(value))
            return false;

        var rest = value[Scheme.Length..];
        var at = rest.IndexOf('@', StringComparison.Ordinal);
        var (name, version) = at < 0 ? (rest, null) : (rest[..at], rest[(at + 1)..]);
        if (!IsName(name) || (version is not null && !IsName(version)))
            return false;

        reference = new SecretReference(name, version);
        return true;
    }

    internal static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName
        && char.IsAsciiLetterOrDigit(text[0])
        && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    public override string ToString() => Version is null ? Scheme + Name : $"{Scheme}{Name}@{Version}";
}
