using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Settings.Effective;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Options.Features;

/// <summary>
/// Holds a section of feature flags against the flags that code knows: each must be defined, and no other may be. A flag is <c>true</c>,
/// <c>false</c>, or an object with <c>EnabledFor</c>, as Microsoft.FeatureManagement reads them.
/// </summary>
internal sealed class FeatureFlagCheck(string section, IReadOnlyList<string> flags)
{
    private const string Filters = "EnabledFor";

    internal string Section => section;

    internal IReadOnlyList<string> Flags => flags;

    internal IEnumerable<DeploymentMessage> Run(EffectiveConfiguration configuration, string environment)
    {
        var node = configuration.Root.Find(section);
        foreach (var flag in flags)
        {
            var key = ConfigurationPath.Combine(section, flag);
            if (node?.Child(flag) is not { } child)
                yield return new DeploymentMessage(
                    Codes.KeyMissing,
                    $"{key} is a feature flag of the code and not defined in {environment}. Define it in "
                        + $"appsettings.{environment}.json, or set the variable {ProcessEnvironment.NameOf(key)}."
                )
                {
                    Key = key,
                };
            else if (
                child.Child(Filters) is null
                && child.Children.Count == 0
                && !bool.TryParse(child.Top(LayerMask.All)?.Value.Value, out _)
            )
                yield return At(
                    Codes.ValueInvalid,
                    key,
                    configuration.Place(child, LayerMask.All),
                    $"{key} is a feature flag and neither true, false nor an object with {Filters}. Write one of them"
                );
        }

        foreach (var child in node?.Children ?? [])
        {
            if (flags.Contains(child.Name, StringComparer.OrdinalIgnoreCase))
                continue;

            var near = Suggestion.For(child.Name, flags);
            var meant = near is null ? "" : $" Did you mean '{ConfigurationPath.Combine(section, near)}'?";
            yield return At(
                Codes.KeyUnknown,
                child.Path,
                configuration.Place(child, LayerMask.All),
                $"{child.Path} is defined as a feature flag, and the code knows none of that name.{meant} Rename or remove it"
            );
        }
    }

    private static DeploymentMessage At(string code, string key, ConfigurationPlace? place, string text) =>
        new(code, $"{text}{(place is null ? "" : $" (in {place})")}.")
        {
            Key = key,
            File = place?.File,
            Line = place?.Line,
            Column = place?.Column,
        };
}
