using System;
using System.Linq;
using System.Threading;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Tells a name that nearly is an environment's: of those that the app declares, or else of the well-known ones.</summary>
internal sealed class EnvironmentSpelling(DeclaredEnvironments? declared)
{
    /// <summary>
    /// The environment that is meant; <see langword="null"/> when the name is right, of its own, or nobody knows which there are.
    /// </summary>
    public string? Meant(string name, CancellationToken cancellationToken)
    {
        if (EnvironmentNames.WellKnown.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        var names =
            declared is null || declared.Names(cancellationToken) is { Count: 0 }
                ? EnvironmentNames.WellKnown
                : declared.Names(cancellationToken);
        return names is null || names.Contains(name, StringComparer.OrdinalIgnoreCase) ? null : Spelling.NearMiss(name, names);
    }
}
