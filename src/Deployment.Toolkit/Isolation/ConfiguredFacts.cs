using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Settings.Effective;

namespace Deployment.Toolkit.Isolation;

/// <summary>What of a configuration no other environment may have.</summary>
/// <param name="values">Which values count.</param>
/// <param name="declared">What the app says of them.</param>
/// <param name="lookUp">Opens a secret; <see langword="null"/> when it can't be opened.</param>
internal sealed class ConfiguredFacts(EffectiveValues values, DeclaredIsolation declared, Func<SecretReference, string?> lookUp)
{
    private readonly List<IsolationFact> _facts = [];
    private readonly List<string> _unopened = [];

    /// <summary>The keys whose secrets can't be opened here.</summary>
    internal IReadOnlyList<string> Unopened => _unopened;

    internal IReadOnlyList<IsolationFact> Of(EffectiveConfiguration configuration)
    {
        foreach (var value in values.Of(configuration))
        {
            // What they are compared under they must share.
            if (value.Key.Equals(declared.KeySetting, StringComparison.OrdinalIgnoreCase))
                continue;
            if (Meant(value.Text) is not { } text)
            {
                _unopened.Add(value.Key);
                continue;
            }

            var isReference = SecretText.HasReference(value.Text);
            Add(value.Key, text, value.IsHidden || value.IsSecretBelow || isReference);
        }

        return _facts;
    }

    private string? Meant(string text) =>
        SecretReference.TryParse(text, out var whole) ? lookUp(whole)
        : SecretText.HasReference(text) ? SecretText.Compose(text, lookUp)
        : text;

    private void Add(string key, string text, bool isSecret)
    {
        if (text.Length is 0 or > ValueHosts.Longest)
            return;

        var counted = declared
            .Counted.Where(one => one.Key.Equals(key, StringComparison.OrdinalIgnoreCase))
            .Select(static one => one.Kind)
            .ToList();
        var (hosts, isWhole) = ValueHosts.Of(key, text, isHost: counted.Contains(IsolationKind.Host));
        foreach (var host in hosts)
            _facts.Add(new IsolationFact(IsolationKind.Host, key, host) { IsLocal = LocalHost.IsHost(host) });
        AddSecrets(key, text, isSecret || counted.Contains(IsolationKind.Secret), isWhole, hosts);
        if (isSecret)
            return;

        foreach (var kind in counted.Where(static kind => kind is not (IsolationKind.Host or IsolationKind.Secret)))
            _facts.Add(new IsolationFact(kind, key, text.Trim()));
        if (counted.Count == 0 && NamedKind.Of(key, text) is var (named, name))
            _facts.Add(new IsolationFact(named, key, name));
    }

    // Of a connection string and of an address, the parts that are secret: two users with one password share it.
    private void AddSecrets(string key, string text, bool isSecret, bool hasParts, IReadOnlyList<string> hosts)
    {
        var isLocal = hosts.Count > 0 && hosts.All(LocalHost.IsHost);
        var secrets = SecretParts.Of(text).Distinct(StringComparer.Ordinal).ToList();
        if (secrets.Count == 0 && isSecret && !hasParts)
            secrets.Add(text);
        foreach (
            var secret in secrets.Where(secret => !SecretValues.IsPlaceholder(secret) && !(isLocal && ConnectionSecrets.IsDefault(secret)))
        )
            _facts.Add(new IsolationFact(IsolationKind.Secret, key, secret));
    }
}
