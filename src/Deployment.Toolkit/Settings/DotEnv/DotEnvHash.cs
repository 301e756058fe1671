using System.Buffers;

namespace Deployment.Toolkit.Settings.DotEnv;

/// <summary>
/// Knows the hashes of passwords that are written with dollars between their parts, as crypt(3) and the PHC string format have them:
/// <c>$2b$12$…</c>, <c>$argon2id$v=19$…</c>. Nobody means a name by those dollars.
/// </summary>
internal static class DotEnvHash
{
    // The shortest, of md5crypt, has 22 characters behind its last dollar; a name of that length is spelt with underscores, which no hash
    // has.
    private const int ShortestHash = 22;
    private const int LongestHash = 512;

    private static readonly string[] Schemes =
    [
        "1",
        "2",
        "2a",
        "2b",
        "2x",
        "2y",
        "5",
        "6",
        "7",
        "apr1",
        "argon2d",
        "argon2i",
        "argon2id",
        "gy",
        "H",
        "P",
        "pbkdf2",
        "pbkdf2-sha1",
        "pbkdf2-sha256",
        "pbkdf2-sha512",
        "scrypt",
        "sha1",
        "y",
    ];

    private static readonly SearchValues<char> Letters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./+=,-$"
    );

    /// <summary>Whether a value is such a hash from its first to its last character.</summary>
    internal static bool Is(ReadOnlySpan<char> value)
    {
        if (value is not ['$', ..] || value.Length > LongestHash || value.ContainsAnyExcept(Letters))
            return false;

        var scheme = value[1..];
        var end = scheme.IndexOf('$');
        return end > 0 && IsKnown(scheme[..end]) && value.Length - value.LastIndexOf('$') > ShortestHash;
    }

    private static bool IsKnown(ReadOnlySpan<char> scheme)
    {
        foreach (var known in Schemes)
        {
            if (scheme.SequenceEqual(known))
                return true;
        }

        return false;
    }
}
