using System.Collections;

namespace Deployment.Toolkit.Platform;

/// <summary>The one place that reads this process's variables: a command gets those that it was given by name, never all.</summary>
internal static class ProcessEnvironment
{
    internal static Dictionary<string, string> Pick(IEnumerable<string> names)
    {
        var comparer = OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var wanted = names.ToHashSet(comparer);
        var picked = new Dictionary<string, string>(comparer);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            if (wanted.Contains((string)variable.Key)) picked[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return picked;
    }
}
