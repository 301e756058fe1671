using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrecy;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Inspection;

/// <summary>A state of a configuration with its name and the key of its fingerprints.</summary>
internal sealed record NamedConfiguration(string Name, RecordedConfiguration Configuration, string? Key)
{
    internal ConfigurationComparison CompareTo(NamedConfiguration other)
    {
        var changes = new List<ConfigurationChange>();
        foreach (
            var key in Configuration
                .Keys.Keys.Union(other.Configuration.Keys.Keys, StringComparer.OrdinalIgnoreCase)
                .Order(ConfigurationKeyComparer.Instance)
        )
        {
            var (before, after) = (Of(Configuration.Keys, key), Of(other.Configuration.Keys, key));
            var (from, to) = (Of(Configuration.Values, key), Of(other.Configuration.Values, key));
            var isHidden = (before is not null && from is null) || (after is not null && to is null);
            if (KindOf(before, after, from, to, isKnown: Configuration.KeyId is { } id && id == other.Configuration.KeyId) is not { } kind)
                continue;

            changes.Add(
                new ConfigurationChange
                {
                    Key = key,
                    Kind = kind,
                    From = isHidden ? null : from,
                    To = isHidden ? null : to,
                    IsRedacted = isHidden,
                }
            );
        }

        return new ConfigurationComparison
        {
            From = Name,
            To = other.Name,
            Changes = changes,
        };
    }

    private static ConfigurationChangeKind? KindOf(string? before, string? after, string? from, string? to, bool isKnown)
    {
        if (before is null)
            return ConfigurationChangeKind.Added;
        if (after is null)
            return ConfigurationChangeKind.Removed;
        if (isKnown)
            return before == after ? null : ConfigurationChangeKind.Changed;
        if (from is null || to is null)
            return ConfigurationChangeKind.Unknown;
        if (from != to)
            return ConfigurationChangeKind.Changed;
        return SecretText.HasReference(from) ? ConfigurationChangeKind.Unknown : null;
    }

    // What was read from a journal compares its keys with case.
    private static string? Of(IReadOnlyDictionary<string, string>? texts, string key) =>
        texts is null ? null
        : texts.TryGetValue(key, out var text) ? text
        : texts.FirstOrDefault(pair => string.Equals(pair.Key, key, StringComparison.OrdinalIgnoreCase)).Value;
}
