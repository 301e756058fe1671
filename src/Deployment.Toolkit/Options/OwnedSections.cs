using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Options.Binding;
using Deployment.Toolkit.Options.Features;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Settings;
using Deployment.Toolkit.Settings.Effective;

namespace Deployment.Toolkit.Options;

/// <summary>The sections that the app binds strictly, and the faults that show only over all of them.</summary>
[UnconditionalSuppressMessage(
    "Trimming",
    "IL2026",
    Justification = "Only AddValidatedOptions puts something in, and it carries the warning."
)]
internal sealed class OwnedSections
{
    private readonly List<OptionsRegistration> _registrations = [];

    internal IReadOnlyList<OptionsRegistration> Registrations => _registrations;

    /// <summary>Sections of feature flags, which are held against code without being bound.</summary>
    internal List<FeatureFlagCheck> Features { get; } = [];

    internal OptionsRegistration? Find(Type type, string name) =>
        _registrations.Find(registration => registration.Type == type && registration.Name == name);

    internal void Add(OptionsRegistration registration) => _registrations.Add(registration);

    internal bool Owns(string key) => _registrations.Exists(registration => IsWithin(key, registration.Section));

    /// <summary>Whether a key sets a member of the type <see cref="Secret"/>.</summary>
    internal bool IsSecret(string key) =>
        _registrations.Exists(registration => IsWithin(key, registration.Section) && SecretMembers.Of(registration.Type).MayHave(key))
        && PlaceOf(key)?.Type == typeof(Secret);

    /// <summary>
    /// Whether a key that options do not know belongs to others: to options of a section inside, to those that share the section or are
    /// bound to one around it, or to feature flags.
    /// </summary>
    internal bool KnowsElsewhere(string key, OptionsRegistration self) =>
        _registrations.Exists(other =>
            other != self && (IsWithin(other.Section, key) || (IsWithin(key, other.Section) && OptionsPlace.Find(other, key) is not null))
        ) || Features.Exists(features => IsWithin(features.Section, key));

    /// <summary>The member of options that a key sets; <see langword="null"/> when it sets none.</summary>
    internal OptionsPlace? PlaceOf(string key) =>
        _registrations
            .Where(registration => IsWithin(key, registration.Section))
            .OrderByDescending(static registration => registration.Section.Length)
            .Select(registration => OptionsPlace.Find(registration, key))
            .FirstOrDefault(static place => place is not null);

    /// <summary>Sections that are nearly named like an owned one and hold what belongs there: they bind nothing.</summary>
    internal IEnumerable<DeploymentMessage> Misnamed(EffectiveConfiguration configuration)
    {
        foreach (var registration in _registrations.Where(static registration => registration.Section.Length > 0))
        {
            var colon = registration.Section.LastIndexOf(':');
            var parent = colon < 0 ? configuration.Root : configuration.Root.Find(registration.Section[..colon]);
            var name = registration.Section[(colon + 1)..];
            foreach (var child in parent?.Children ?? [])
            {
                if (
                    string.Equals(child.Name, name, StringComparison.OrdinalIgnoreCase)
                    || _registrations.Exists(other => IsWithin(other.Section, child.Path) || IsWithin(child.Path, other.Section))
                )
                    continue;
                if (
                    Suggestion.For(child.Name, [name]) is null
                    || !child.Children.Any(inner => OptionsShape.Of(registration.Type).Find(inner.Name) is not null)
                )
                    continue;

                var place = configuration.Place(child, LayerMask.All);
                // A foreign variable must never keep an app from starting, however much it looks like one of ours.
                var severity =
                    configuration.Layers[child.Layers.Strongest].Kind is SourceKind.EnvironmentVariables
                        ? MessageSeverity.Warning
                        : MessageSeverity.Error;
                yield return new DeploymentMessage(
                    Codes.KeyUnknown,
                    $"{child.Path} is set (in {place}), and nothing is bound to it. Did you mean '{registration.Section}'? Rename or "
                        + $"remove the section.",
                    severity
                )
                {
                    Key = child.Path,
                    File = place?.File,
                    Line = place?.Line,
                    Column = place?.Column,
                };
            }
        }
    }

    /// <summary>
    /// Variables that are one key to .NET: which of them counts is then left to the order in which the system lists them.
    /// </summary>
    internal IEnumerable<DeploymentMessage> Ambiguous(EffectiveConfiguration configuration)
    {
        if (!configuration.Layers.Any(static layer => layer.Kind == SourceKind.EnvironmentVariables))
            yield break;

        foreach (var (key, names) in ProcessEnvironment.AmbiguousKeys())
        {
            if (Owns(key))
                yield return new DeploymentMessage(
                    Codes.KeyDuplicate,
                    $"{key} is set by {names.Count} environment variables: {string.Join(", ", names)}; keys compare without case. "
                        + $"Remove all but one."
                )
                {
                    Key = key,
                };
        }
    }

    /// <summary>Rules for environments that are not declared would never hold.</summary>
    internal IEnumerable<DeploymentMessage> Undeclared(Func<string, DeploymentMessage?> unknown) =>
        _registrations
            .SelectMany(static registration => registration.EnvironmentNames)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(unknown)
            .OfType<DeploymentMessage>();

    private static bool IsWithin(string key, string section) =>
        section.Length == 0
        || (key.StartsWith(section, StringComparison.OrdinalIgnoreCase) && (key.Length == section.Length || key[section.Length] == ':'));
}
