using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Deployment.Toolkit.Options;

namespace Deployment.Toolkit.Inspection;

/// <summary>The keys that are meant to differ from environment to environment.</summary>
[UnconditionalSuppressMessage(
    "Trimming",
    "IL2026",
    Justification = "Only AddValidatedOptions puts something in, and it carries the warning."
)]
internal sealed class DeclaredDifferences(OwnedSections owned, DifferingKeys keys)
{
    /// <summary>Whether values may differ, and whether the key may be missing.</summary>
    internal (bool Value, bool Presence) Of(string key)
    {
        if (
            keys.Any(declared =>
                key.StartsWith(declared, StringComparison.OrdinalIgnoreCase)
                && (key.Length == declared.Length || key[declared.Length] == ':')
            )
        )
            return (true, true);
        if (owned.PlaceOf(key) is not { } place)
            return (false, false);

        var attributes = place
            .Members.SelectMany(static member =>
                (IEnumerable<DiffersByEnvironmentAttribute?>)
                    [
                        member.Property?.GetCustomAttribute<DiffersByEnvironmentAttribute>(),
                        member.Parameter?.GetCustomAttribute<DiffersByEnvironmentAttribute>(),
                        member.Type.GetCustomAttribute<DiffersByEnvironmentAttribute>(),
                    ]
            )
            .Append(place.Registration.Type.GetCustomAttribute<DiffersByEnvironmentAttribute>())
            .OfType<DiffersByEnvironmentAttribute>()
            .ToList();
        return (attributes.Count > 0, attributes.Exists(static attribute => attribute.MayBeMissing));
    }
}
