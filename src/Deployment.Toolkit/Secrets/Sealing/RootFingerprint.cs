using System.Buffers.Text;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// What pins a sealed file: the hash of one of its headers, usually the root, with the environment in front, so that a list of them can be
/// read. For example <c>dtk1:Production:8Jb…</c>.
/// </summary>
internal sealed record RootFingerprint(string Environment, string Hash)
{
    private const string Prefix = "dtk1:";

    private const int HashLength = 43;

    internal static RootFingerprint Of(SealedFile file, HeaderState header) => new(file.Environment, Base64Url.EncodeToString(header.Hash));

    internal static RootFingerprint? TryParse(string? text)
    {
        if (text?.Trim() is not { } trimmed || !trimmed.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        if (trimmed[Prefix.Length..].Split(':') is not [var environment, { Length: HashLength } hash])
            return null;
        return SealedFormat.IsName(environment) && Base64Url.IsValid(hash) ? new RootFingerprint(environment, hash) : null;
    }

    internal bool IsIn(SealedFile file) => file.Chain.Has(Base64Url.DecodeFromChars(Hash));

    internal bool IsOf(string environment) => string.Equals(Environment, environment, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => $"{Prefix}{Environment}:{Hash}";
}
