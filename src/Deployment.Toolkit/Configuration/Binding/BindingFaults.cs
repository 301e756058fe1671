using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Configuration.Binding;

/// <summary>
/// Writes the faults of one binding: the key and its place, what it shadows, the rule, the mend. A value is only repeated where neither
/// its key nor its type says that it may be a secret.
/// </summary>
internal sealed class BindingFaults(EffectiveConfiguration configuration, string environment)
{
    private const int LongestShown = 60;

    private readonly List<DeploymentMessage> _messages = [];
    private readonly HashSet<string> _keys = new(StringComparer.OrdinalIgnoreCase);

    internal IReadOnlyList<DeploymentMessage> Messages => _messages;

    /// <summary>Whether a key is at fault already, so that a rule over its default value says nothing.</summary>
    internal bool Concerns(string key) => _keys.Contains(key);

    internal void Invalid(string key, ConfigurationNode node, LayerMask mask, Type type, string? value, string code, string rule)
    {
        var isHidden = value is null || SecretNames.MayHold(key) || type == typeof(Secret) || type == typeof(Uri) || type == typeof(string) || SecretReference.IsReference(node.Top(mask)?.Value.Value);
        var shown = isHidden ? "has a value which" : $"is '{(value!.Length > LongestShown ? value[..LongestShown] + "…" : value)}', which";
        Add(code, key, configuration.Place(node, mask), $"{key} {shown} {rule}{In(node, mask)}.{Shadows(node, mask)}");
    }

    internal void Misplaced(string key, ConfigurationNode node, LayerMask mask, string text) =>
        Add(Codes.ValueInvalid, key, configuration.Place(node, mask), $"{key} {text}{In(node, mask)}.{Shadows(node, mask)}");

    internal void Unknown(string key, ConfigurationNode node, LayerMask mask, Type owner, string? suggestion)
    {
        var meant = suggestion is null ? "" : $" Did you mean '{suggestion}'?";
        Add(Codes.KeyUnknown, key, configuration.Place(node, mask), $"{key} is set{In(node, mask)}, and {owner.Name} has no such member.{meant} Rename or remove the key.{Shadows(node, mask)}");
    }

    internal void Missing(string key, ConfigurationNode? near, LayerMask mask, bool isSecret)
    {
        var mend = isSecret
            ? $"Refer to one with \"secret://name\" in appsettings.{environment}.json, or set the variable {ProcessEnvironment.NameOf(key)}."
            : $"Set it in appsettings.{environment}.json, or set the variable {ProcessEnvironment.NameOf(key)}.";
        Add(Codes.KeyMissing, key, near is null ? null : configuration.Place(near, mask), $"{key} is required and not set in {environment}. {mend}");
    }

    internal void Secret(string key, ConfigurationNode node, LayerMask mask, string code, string text) =>
        Add(code, key, configuration.Place(node, mask), $"{key} {text}{Shadows(node, mask)}");

    /// <summary>A rule's own sentence over a key, or over a section when the rule names none.</summary>
    internal void Rule(string key, ConfigurationNode? node, string text, MessageSeverity severity = MessageSeverity.Error)
    {
        if (severity == MessageSeverity.Error && Concerns(key)) return;

        var sentence = text.Trim().TrimEnd('.');
        var place = node is null ? null : configuration.Place(node, LayerMask.All);
        var where = place is null ? "" : $" (set in {place})";
        Add(Codes.ConfigurationInvalid, key, place, $"{key}{where}: {sentence}. Correct the value for {environment}.{(node is null ? "" : Shadows(node, LayerMask.All))}", severity);
    }

    internal void Add(DeploymentMessage message)
    {
        if (message.Key is { } key && message.Severity == MessageSeverity.Error) _keys.Add(key);
        _messages.Add(message);
    }

    private string In(ConfigurationNode node, LayerMask mask) => configuration.Place(node, mask) is { } place ? $" (in {place})" : "";

    private string Shadows(ConfigurationNode node, LayerMask mask)
    {
        // A host reads its command line twice, for its own settings and for the app's.
        var places = node.Occurrences.Where(occurrence => mask.Has(occurrence.Layer)).Reverse().Select(occurrence => configuration.Place(occurrence).Text).Distinct(StringComparer.Ordinal).Skip(1).ToList();
        return places.Count == 0 ? "" : $" It shadows {string.Join(", ", places)}.";
    }

    private void Add(string code, string key, ConfigurationPlace? place, string text, MessageSeverity severity = MessageSeverity.Error) =>
        Add(new DeploymentMessage(code, text, severity) { Key = key, File = place?.File, Line = place?.Line, Column = place?.Column });
}
