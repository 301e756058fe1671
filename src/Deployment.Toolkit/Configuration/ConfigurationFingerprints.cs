using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Journal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Configuration;

/// <summary>
/// Takes keyed fingerprints of the effective configuration. Only keys that a file or another deliberate source declares count:
/// a shell's <c>PWD</c> is a key of .NET's configuration too, and would make every shell another configuration.
/// </summary>
internal static class ConfigurationFingerprints
{
    // 64 bits tell values of one key apart with certainty enough, and give a guesser less to work with than the whole.
    private const int FingerprintBytes = 8;

    private static readonly HashSet<string> OfTheHost = new(StringComparer.OrdinalIgnoreCase)
    {
        HostDefaults.ContentRootKey, HostDefaults.EnvironmentKey, HostDefaults.ApplicationKey, "webroot", "urls", "http_ports", "https_ports",
    };

    internal static ConfigurationFingerprint Take(IConfiguration configuration, string? key)
    {
        if (key is null) return new ConfigurationFingerprint("", new Dictionary<string, string>());

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Convert.FromHexString(key));
        var fingerprints = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in Keys(configuration))
        {
            if (configuration[name] is not { } value) continue;

            hmac.AppendData(Encoding.UTF8.GetBytes(name.ToUpperInvariant() + "=" + value));
            fingerprints[name] = Convert.ToHexStringLower(hmac.GetHashAndReset().AsSpan(0, FingerprintBytes));
        }

        foreach (var (name, fingerprint) in fingerprints) hmac.AppendData(Encoding.UTF8.GetBytes($"{name.ToUpperInvariant()}={fingerprint}\n"));
        return new ConfigurationFingerprint(Convert.ToHexStringLower(hmac.GetHashAndReset()), fingerprints);
    }

    internal static ConfigurationDifference Compare(ConfigurationFingerprint now, ConfigurationFingerprint? before)
    {
        var then = new Dictionary<string, string>(before?.Keys ?? new Dictionary<string, string>(), StringComparer.OrdinalIgnoreCase);
        return new ConfigurationDifference
        {
            Hash = now.Hash,
            Added = before is null ? [] : [.. now.Keys.Keys.Where(key => !then.ContainsKey(key))],
            Changed = [.. now.Keys.Where(pair => then.TryGetValue(pair.Key, out var value) && value != pair.Value).Select(static pair => pair.Key)],
            Removed = [.. then.Keys.Where(key => !now.Keys.Keys.Contains(key, StringComparer.OrdinalIgnoreCase)).Order(StringComparer.OrdinalIgnoreCase)],
        };
    }

    private static HashSet<string> Keys(IConfiguration configuration)
    {
        var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in (configuration as IConfigurationRoot)?.Providers ?? [])
        {
            if (provider is EnvironmentVariablesConfigurationProvider or CommandLineConfigurationProvider or ChainedConfigurationProvider) continue;

            Collect(provider, null, keys, isMemory: provider is MemoryConfigurationProvider);
        }

        return keys;
    }

    private static void Collect(IConfigurationProvider provider, string? parent, HashSet<string> keys, bool isMemory)
    {
        foreach (var child in provider.GetChildKeys([], parent).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var key = parent is null ? child : ConfigurationPath.Combine(parent, child);
            if (isMemory && OfTheHost.Contains(key)) continue;
            if (provider.TryGet(key, out _)) keys.Add(key);
            Collect(provider, key, keys, isMemory);
        }
    }
}
