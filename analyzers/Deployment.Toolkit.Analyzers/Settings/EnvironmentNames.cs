using System;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <summary>What the name of an environment says of it.</summary>
internal static class EnvironmentNames
{
    public const string Production = "Production";

    public static readonly string[] WellKnown = ["Development", "Staging", Production];

    private static readonly string[] s_development = ["dev", "local", "test", "debug", "sample", "example", "integration", "ci"];

    private static readonly string[] s_production = ["prod", "live"];

    /// <summary>People's own machines and the runs of tests.</summary>
    public static bool IsDevelopment(string name) => Begins(name, s_development);

    public static bool IsProduction(string name) => Begins(name, s_production);

    private static bool Begins(string name, string[] words) =>
        name.Split('.', '-', '_')
            .Any(part =>
                words.Any(word =>
                    word.Length > 2
                        ? part.StartsWith(word, StringComparison.OrdinalIgnoreCase)
                        : part.Equals(word, StringComparison.OrdinalIgnoreCase)
                )
            );
}
