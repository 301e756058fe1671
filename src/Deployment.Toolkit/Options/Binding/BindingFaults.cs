using System.Diagnostics;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Settings.Effective;

namespace Deployment.Toolkit.Options.Binding;

/// <summary>
/// Writes the faults of one binding: the key and its place, what it shadows, the rule, the mend. A value is only repeated where neither
/// its key nor its type says that it may be a secret.
/// </summary>
internal sealed class BindingFaults(EffectiveConfiguration configuration, string environment)
{
    private const int LongestShown = 60;

    private readonly List<DeploymentMessage> _messages = [];
    private readonly HashSet<string> _keys = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _resolved = new(StringComparer.Ordinal);
    private string[] _masks = [];

    internal IReadOnlyList<DeploymentMessage> Messages => [.. _messages, .. FaultLimit.Omitted(_counts)];

    /// <summary>Whether something could not be bound, so that the options are not what the configuration says.</summary>
    internal bool HasGaps { get; private set; }

    /// <summary>Whether a key is at fault already, so that a rule over its default value says nothing.</summary>
    internal bool Concerns(string key) => _keys.Contains(key);

    /// <summary>Remembers what a reference stands for: whatever throws for it or judges it may repeat it.</summary>
    internal void Learn(string secret)
    {
        if (secret.Length > 0 && _resolved.Add(secret))
            _masks = [.. _resolved.OrderByDescending(static value => value.Length)];
    }

    internal void Invalid(string key, ConfigurationNode node, LayerMask mask, Type type, string? value, string code, string rule)
    {
        if (IsFull(code, key))
            return;

        var isHidden =
            value is null
            || SecretNames.MayHold(key)
            || type == typeof(Secret)
            || type == typeof(Uri)
            || type == typeof(string)
            || SecretText.HasReference(node.Top(mask)?.Value.Value);
        var shown = isHidden ? "has a value which" : $"is '{(value!.Length > LongestShown ? value[..LongestShown] + "…" : value)}', which";
        HasGaps = true;
        Add(code, key, configuration.Place(node, mask), $"{key} {shown} {rule}{In(node, mask)}.{Shadows(node, mask)}");
    }

    internal void Misplaced(string key, ConfigurationNode node, LayerMask mask, string text)
    {
        if (IsFull(Codes.ValueInvalid, key))
            return;

        HasGaps = true;
        Add(Codes.ValueInvalid, key, configuration.Place(node, mask), $"{key} {text}{In(node, mask)}.{Shadows(node, mask)}");
    }

    internal void Unknown(string key, ConfigurationNode node, LayerMask mask, string owner, Func<string?> suggest)
    {
        if (IsFull(Codes.KeyUnknown, key))
            return;

        var meant = suggest() is { } suggestion ? $" Did you mean '{suggestion}'?" : "";
        Add(
            Codes.KeyUnknown,
            key,
            configuration.Place(node, mask),
            $"{key} is set{In(node, mask)}, and {owner}.{meant} Rename or remove the key.{Shadows(node, mask)}"
        );
    }

    internal void Missing(string key, ConfigurationNode? near, LayerMask mask, bool isSecret)
    {
        // A rule over what its binding found missing already.
        if (Concerns(key) || IsFull(Codes.KeyMissing, key))
            return;

        var mend = isSecret
            ? $"Refer to one with \"secret://name\" in appsettings.{environment}.json, or set the variable "
                + $"{ProcessEnvironment.NameOf(key)}."
            : $"Set it in appsettings.{environment}.json, or set the variable {ProcessEnvironment.NameOf(key)}.";
        HasGaps = true;
        Add(
            Codes.KeyMissing,
            key,
            near is null ? null : configuration.Place(near, mask),
            $"{key} is required and not set in {environment}. {mend}"
        );
    }

    internal void Secret(string key, ConfigurationNode node, LayerMask mask, string code, string text)
    {
        if (IsFull(code, key))
            return;

        HasGaps = true;
        Add(code, key, configuration.Place(node, mask), $"{key} {text}{Shadows(node, mask)}");
    }

    /// <summary>A rule's own sentence over a key, or over a section when the rule names none.</summary>
    internal void Rule(string key, ConfigurationNode? node, string text, MessageSeverity severity = MessageSeverity.Error)
    {
        if (severity == MessageSeverity.Error && (Concerns(key) || IsFull(Codes.ConfigurationInvalid, key)))
            return;

        var sentence = text.Trim().TrimEnd('.');
        var place = node is null ? null : configuration.Place(node, LayerMask.All);
        var where = place is null ? "" : $" (set in {place})";
        Add(
            Codes.ConfigurationInvalid,
            key,
            place,
            $"{key}{where}: {sentence}. Correct the value for {environment}.{(node is null ? "" : Shadows(node, LayerMask.All))}",
            severity
        );
    }

    /// <summary>
    /// Code of the app that threw while it looked at options. Its own words may repeat what it was given, so they are left out.
    /// </summary>
    internal void Failed(string key, string subject, Exception thrown)
    {
        if (Concerns(key) || IsFull(Codes.ConfigurationInvalid, key))
            return;

        var node = configuration.Root.Find(key);
        var place = node is null ? null : configuration.Place(node, LayerMask.All);
        var cause = thrown is System.Reflection.TargetInvocationException { InnerException: { } inner } ? inner : thrown;
        var site =
            new StackTrace(cause, fNeedFileInfo: false).GetFrame(0) is { } frame && DiagnosticMethodInfo.Create(frame) is { } method
                ? $" in {method.DeclaringTypeName?[(method.DeclaringTypeName.LastIndexOfAny(['.', '+']) + 1)..]}.{method.Name}"
                : "";
        Add(
            Codes.ConfigurationInvalid,
            key,
            place,
            $"{key}{(place is null ? "" : $" (set in {place})")}: {subject} failed with {cause.GetType().Name}{site}. Mend it, or "
                + $"correct the values that it was given."
        );
    }

    internal void Add(DeploymentMessage message)
    {
        if (message.Key is { } key && message.Severity == MessageSeverity.Error)
            _keys.Add(key);
        _messages.Add(message with { Text = Masked(message.Text) });
    }

    // The redactor sees what leaves the process; these messages may be asked for before it was ever made.
    private string Masked(string text)
    {
        foreach (var value in _masks)
            text = SecretText.Mask(text, value);
        return text;
    }

    private string In(ConfigurationNode node, LayerMask mask) => configuration.Place(node, mask) is { } place ? $" (in {place})" : "";

    private string Shadows(ConfigurationNode node, LayerMask mask)
    {
        // A host reads its command line twice, for its own settings and for the app's.
        var places = node
            .Occurrences.Where(occurrence => mask.Has(occurrence.Layer))
            .Reverse()
            .Select(occurrence => configuration.Place(occurrence).Text)
            .Distinct(StringComparer.Ordinal)
            .Skip(1)
            .ToList();
        return places.Count == 0 ? "" : $" It shadows {string.Join(", ", places)}.";
    }

    private bool IsFull(string code, string key)
    {
        var count = _counts[code] = _counts.GetValueOrDefault(code) + 1;
        if (count <= FaultLimit.MostOfOneCode)
            return false;

        _keys.Add(key);
        HasGaps |= code != Codes.KeyUnknown && code != Codes.ConfigurationInvalid;
        return true;
    }

    private void Add(string code, string key, ConfigurationPlace? place, string text, MessageSeverity severity = MessageSeverity.Error) =>
        Add(
            new DeploymentMessage(code, text, severity)
            {
                Key = key,
                File = place?.File,
                Line = place?.Line,
                Column = place?.Column,
            }
        );
}
