using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Journal;

/// <summary>
/// The key of a journal, which stands beside it in a file of its own and never in it: it authenticates records, and keys the fingerprints
/// of values and of what steps depend on, so that who has the journal alone can neither write in it unseen nor find a short secret by
/// trying.
/// </summary>
/// <remarks>
/// The file also says after which record the key was made. What stands before has no MAC, or another key's; so a journal that was put in
/// another's place is told from one that was begun before keys were.
/// </remarks>
internal sealed class JournalKey
{
    internal const string FileName = "journal.key";
    internal const int Bytes = 32;

    private const string Format = "deployment-journal-key-1";
    private const string Elsewhere = "elsewhere";
    private const int IdLength = 16;

    private readonly byte[] _macs;

    private JournalKey(byte[] key, long after, string afterHash)
    {
        (After, AfterHash) = (after, afterHash);
        Content = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{Format} {Convert.ToHexStringLower(key)} {after} {afterHash}\n")
        );
        _macs = Derive(key, "records");
        Id = Convert.ToHexStringLower(Derive(key, "id"))[..IdLength];
        Fingerprints = Convert.ToHexStringLower(Derive(key, "fingerprints"));
    }

    /// <summary>Names the key and tells nothing of it.</summary>
    internal string Id { get; }

    /// <summary>What is kept of it.</summary>
    internal ReadOnlyMemory<byte> Content { get; }

    /// <summary>What is kept of it where the key itself comes from elsewhere: after which record it was made.</summary>
    internal ReadOnlyMemory<byte> Mark =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Format} {Elsewhere} {After} {AfterHash}\n"));

    /// <summary>Its last record before this key.</summary>
    internal long After { get; }

    internal string AfterHash { get; }

    /// <summary>How far the journal was then.</summary>
    internal JournalHead Made => new(null, After, AfterHash, $"key {Id}");

    /// <summary>The key of fingerprints, in hexadecimal.</summary>
    internal string Fingerprints { get; }

    /// <summary>The key that nobody keeps, for comparisons of which the journal's own is gone: nothing is equal under it.</summary>
    internal static string Throwaway() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What names a key of fingerprints that stood in the journal itself.</summary>
    internal static string IdOfOld(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)))[..IdLength];

    /// <summary>Reads what is kept of the key; <see langword="null"/> when nothing is.</summary>
    /// <param name="content">What is kept.</param>
    /// <param name="place">What messages call its place, as the subject of a sentence.</param>
    /// <param name="given">The key itself, where it comes from elsewhere.</param>
    /// <exception cref="DeploymentException">It is something else.</exception>
    internal static JournalKey? Read(byte[]? content, string place, string? given = null)
    {
        if (content is null)
            return null;

        var parts = Encoding.ASCII.GetString(content).TrimEnd('\n').Split(' ');
        if (
            parts is [Format, var kept, var after, { Length: 2 * Bytes } hash]
            && (given ?? kept) is { Length: 2 * Bytes } key
            && key.All(char.IsAsciiHexDigit)
            && long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        )
            return new JournalKey(Convert.FromHexString(key), count, hash);

        throw DeploymentException.Refused(
            Codes.JournalKeyMissing,
            $"{place} holds no key of a journal. Nothing was changed. Put back a copy of it; if there is none, move it away and "
                + $"run 'deploy verify-journal --new-key --reason \"…\"'."
        );
    }

    /// <summary>The key of a journal with so many records.</summary>
    internal static JournalKey Make(string key, long after, string afterHash) =>
        new(Convert.FromHexString(key.Length == 2 * Bytes ? key : Throwaway()), after, afterHash);

    /// <summary>The MAC of what stands before it in a line, in hexadecimal.</summary>
    internal string Mac(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(HMACSHA256.HashData(_macs, body));

    internal bool Fits(ReadOnlySpan<byte> body, string mac) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Mac(body)), Encoding.ASCII.GetBytes(mac));

    private static byte[] Derive(byte[] key, string use) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(Format + " " + use));
}
