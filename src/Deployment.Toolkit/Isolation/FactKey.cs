using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Isolation;

/// <summary>
/// The key under which facts are compared: a journal's, where both journals are at hand, or one that environments elsewhere share.
/// Whoever has fingerprints and no key can't try values against them.
/// </summary>
internal sealed class FactKey
{
    private const int FingerprintBytes = 16;
    private const int IdLength = 16;

    private readonly byte[] _key;

    private FactKey(string id, byte[] key) => (Id, _key) = (id, key);

    /// <summary>Names it and tells nothing of it.</summary>
    internal string Id { get; }

    /// <param name="fingerprints">The key of a journal's fingerprints, in hexadecimal.</param>
    internal static FactKey OfJournal(string fingerprints) => Of("journal", fingerprints);

    /// <param name="secret">What environments share.</param>
    internal static FactKey OfSetting(string secret) => Of("setting", secret);

    internal static FactKey Throwaway() => Of("nobody", JournalKey.Throwaway());

    internal ObservedFact Observe(IsolationFact fact) =>
        new(fact.Kind.ToString(), fact.Subject, Fingerprint(fact.Kind, fact.Value))
        {
            Instance = fact.Instance is { } instance ? Fingerprint(fact.Kind, "instance " + instance) : null,
            Stamp = fact.Stamp is { } stamp ? Fingerprint(fact.Kind, "stamp " + stamp) : null,
        };

    private static FactKey Of(string use, string text)
    {
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(text), Encoding.ASCII.GetBytes("deployment isolation of a " + use));
        return new FactKey(Convert.ToHexStringLower(HMACSHA256.HashData(key, "id"u8))[..IdLength], key);
    }

    private string Fingerprint(IsolationKind kind, string value) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{kind}\n{value}")).AsSpan(0, FingerprintBytes));
}
