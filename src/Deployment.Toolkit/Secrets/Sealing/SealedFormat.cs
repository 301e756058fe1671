using System.Globalization;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>The words and limits of the file, as docs/secrets.md publishes them.</summary>
internal static class SealedFormat
{
    internal const string Name = "deployment-toolkit/sealed-secrets/2";

    /// <summary>What every format of this file begins with.</summary>
    internal const string Family = "deployment-toolkit/sealed-secrets/";

    internal const int FileIdSize = 16;
    internal const int KeySize = 32;
    internal const int MacSize = 32;

    /// <summary>Lengths of values show in steps of this many bytes.</summary>
    internal const int Bucket = 32;

    internal const int LongestValue = 64 * 1024;
    internal const int LongestFile = 16 * 1024 * 1024;
    internal const int MostRecipients = 256;
    internal const int MostProposals = 1024,
        MostSettled = 4096;

    /// <summary>Each is verified whenever the file is read, which takes a fraction of a millisecond.</summary>
    internal const int MostHeaders = 4096;

    /// <summary>Far more than anybody rekeys, and far from where a number of 64 bits would wrap.</summary>
    internal const long MostEpochs = 1_000_000,
        MostVersions = 1_000_000_000;

    /// <summary>
    /// OWASP's count for PBKDF2-HMAC-SHA256 (2023). The most holds for all passphrases of a file together: whoever opens it with words
    /// stretches them once for each.
    /// </summary>
    internal const int FewestIterations = 600_000,
        MostIterations = 10_000_000;

    internal const int SaltSize = 16;

    private const string TimePattern = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimePattern, CultureInfo.InvariantCulture);

    internal static bool TryTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(
            text,
            TimePattern,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out time
        );

    /// <summary>The file keeps whole seconds.</summary>
    internal static DateTimeOffset? Whole(DateTimeOffset? time) =>
        time is { } given ? DateTimeOffset.FromUnixTimeSeconds(given.ToUnixTimeSeconds()) : null;

    internal static bool IsName(string text) => Secrecy.SecretReference.IsName(text);
}
