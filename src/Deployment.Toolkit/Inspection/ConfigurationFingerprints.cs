using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit.Inspection;

/// <summary>
/// Takes keyed fingerprints of values: equality shows, values don't. The key is the journal's, so another journal's are others.
/// </summary>
internal sealed class ConfigurationFingerprints(string key)
{
    // 64 bits tell values of one key apart with certainty enough, and give a guesser less to work with than the whole.
    private const int FingerprintBytes = 8;

    private readonly byte[] _key = Convert.FromHexString(key);
    private readonly SortedDictionary<string, string> _taken = new(StringComparer.OrdinalIgnoreCase);

    internal void Add(string name, string value) =>
        _taken[name] = Convert.ToHexStringLower(Hash($"{name.ToUpperInvariant()}={value}").AsSpan(0, FingerprintBytes));

    /// <summary>Everything that was added, with a hash over all of it.</summary>
    internal RecordedConfiguration Close(IReadOnlyDictionary<string, string> values)
    {
        var all = new StringBuilder();
        foreach (var (name, fingerprint) in _taken)
            all.Append(name.ToUpperInvariant()).Append('=').Append(fingerprint).Append('\n');
        return new RecordedConfiguration(Convert.ToHexStringLower(Hash(all.ToString())), _taken)
        {
            KeyId = JournalKey.IdOfOld(key),
            Values = values,
        };
    }

    internal static ConfigurationDifference Compare(RecordedConfiguration now, RecordedConfiguration? before)
    {
        var then = new Dictionary<string, string>(before?.Keys ?? new Dictionary<string, string>(), StringComparer.OrdinalIgnoreCase);
        var known = new HashSet<string>(now.Keys.Keys, StringComparer.OrdinalIgnoreCase);
        var isComparable = before is null || before.KeyId == now.KeyId;
        var both = now.Keys.Keys.Where(then.ContainsKey).ToList();
        return new ConfigurationDifference
        {
            Hash = now.Hash,
            Added = before is null ? [] : [.. now.Keys.Keys.Where(key => !then.ContainsKey(key))],
            Changed =
            [
                .. both.Where(key =>
                    isComparable
                        ? now.Keys[key] != then[key]
                        : Shown(now, key) is { } value && Shown(before!, key) is { } earlier && value != earlier
                ),
            ],
            CannotCompare = isComparable
                ? []
                :
                [
                    .. both.Where(key =>
                        Shown(now, key) is not { } value
                        || Shown(before!, key) is not { } earlier
                        || (value == earlier && SecretReference.IsReference(value))
                    ),
                ],
            Removed = [.. then.Keys.Where(key => !known.Contains(key)).Order(StringComparer.OrdinalIgnoreCase)],
        };
    }

    private static string? Shown(RecordedConfiguration recorded, string key) =>
        recorded.Values?.FirstOrDefault(pair => string.Equals(pair.Key, key, StringComparison.OrdinalIgnoreCase)).Value;

    private byte[] Hash(string text) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text));
}
