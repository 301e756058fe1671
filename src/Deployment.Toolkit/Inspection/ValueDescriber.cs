using Deployment.Toolkit.Settings;
using Deployment.Toolkit.Settings.Effective;

namespace Deployment.Toolkit.Inspection;

/// <summary>Makes of values what may be shown of them.</summary>
internal static class ValueDescriber
{
    internal static ConfigurationValue Describe(EffectiveValue value, EffectiveConfiguration configuration)
    {
        var isHidden = value.IsHidden || (value.IsForeign && configuration.Layers[value.Top.Layer].Kind == SourceKind.EnvironmentVariables);
        return One(value.Key, value.Top, configuration, isHidden) with
        {
            // A host reads its variables and its command line twice, for its own settings and for the app's.
            Shadows =
            [
                .. value
                    .Node.Occurrences.Where(occurrence => occurrence.Layer < value.Top.Layer)
                    .Reverse()
                    .DistinctBy(occurrence => configuration.Place(occurrence).Text, StringComparer.Ordinal)
                    .Where(occurrence => configuration.Place(occurrence).Text != configuration.Place(value.Top).Text)
                    .Select(occurrence => One(value.Key, occurrence, configuration, isHidden || value.IsSecretBelow)),
            ],
        };
    }

    private static ConfigurationValue One(string key, Occurrence occurrence, EffectiveConfiguration configuration, bool isHidden)
    {
        var place = configuration.Place(occurrence);
        isHidden &= !ConfigurationSecrecy.IsReference(occurrence.Value.Value ?? "");
        return new ConfigurationValue
        {
            Key = key,
            Value = isHidden ? null : occurrence.Value.Value,
            Source = place.File ?? place.Text,
            IsRedacted = isHidden,
            File = place.File,
            Line = place.Line,
            Column = place.Column,
        };
    }
}
