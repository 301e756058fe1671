using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Settings.Effective;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Inspection;

/// <summary>
/// Takes the effective configuration as the journal keeps it: values that are no secrets, and a keyed fingerprint of each value.
/// </summary>
internal sealed class ConfigurationRecorder(IConfiguration configuration, EffectiveValues values, SecretReading secrets)
{
    private const string Component = "configuration snapshot";

    internal EffectiveValues Values => values;

    /// <summary>The configuration as it is now; without the journal's key there are no fingerprints, and so nothing to record.</summary>
    internal RecordedConfiguration Take(string? key) => Take(EffectiveConfiguration.Of(configuration), key);

    /// <summary>The host's configuration, looked at in another way: without some of its layers.</summary>
    internal RecordedConfiguration Take(EffectiveConfiguration effective, string? key) => Take(effective, key, secrets.LookUp);

    /// <summary>
    /// The same for the journal. What nobody declared may hold anything: a fingerprint says whether it changed, and that is all that is
    /// kept of it.
    /// </summary>
    internal RecordedConfiguration Record(string? key)
    {
        var taken = Take(key);
        return taken with
        {
            Values = taken
                .Values?.Where(pair => values.IsDeclared(pair.Key) || ConfigurationSecrecy.IsReference(pair.Value))
                .ToDictionary(StringComparer.OrdinalIgnoreCase),
        };
    }

    /// <summary>Any configuration. What a reference stands for is part of it, so that a rotated secret is a change.</summary>
    internal RecordedConfiguration Take(EffectiveConfiguration effective, string? key, Func<SecretReference, string, SecretLookup> lookUp)
    {
        if (key is null)
            return new RecordedConfiguration("", new Dictionary<string, string>());

        // A source that is broken is asked once for all of them.
        using var pass = secrets.BeginPass([]);
        var fingerprints = new ConfigurationFingerprints(key);
        var shown = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in values.Of(effective))
        {
            fingerprints.Add(value.Key, Meant(value.Text, lookUp));
            if (!value.IsHidden)
                shown[value.Key] = value.Text;
        }

        return fingerprints.Close(shown);
    }

    /// <summary>The references of a recorded configuration that no source of secrets answers today, with why.</summary>
    internal IEnumerable<(string Key, string Name, string Why)> Unopenable(RecordedConfiguration recorded) =>
        from pair in recorded.Values ?? new Dictionary<string, string>()
        from reference in SecretText.ReferencesIn(pair.Value)
        let found = secrets.LookUp(reference, Component)
        where found.Value is null
        select (pair.Key, reference.Name, found.Fault ?? "");

    private static string Meant(string text, Func<SecretReference, string, SecretLookup> lookUp) =>
        SecretReference.TryParse(text, out var whole) ? lookUp(whole, Component).Value?.Reveal() ?? text
        : SecretText.HasReference(text) ? SecretText.Compose(text, reference => lookUp(reference, Component).Value?.Reveal()) ?? text
        : text;
}
