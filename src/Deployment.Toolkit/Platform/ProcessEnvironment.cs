using System.Collections;

namespace Deployment.Toolkit.Platform;

/// <summary>The one place that reads this process's variables and arguments: a command gets those that it was given by name, never all.</summary>
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

    /// <summary>
    /// The environment that a verb's command line names. .NET's own reader takes the word after any option for its value, so that it
    /// misses <c>--environment</c> behind an option without one, such as <c>--dry-run</c>.
    /// </summary>
    /// <param name="arguments">The process's arguments, the program first.</param>
    internal static string? EnvironmentOfVerb(string[] arguments)
    {
        const string option = "--environment";
        if (arguments.Length < 2 || arguments[1] != "deploy") return null;

        var index = Array.FindLastIndex(arguments, static argument => argument == option || argument.StartsWith(option + "=", StringComparison.Ordinal));
        if (index < 0) return null;
        if (arguments[index].Length > option.Length) return arguments[index][(option.Length + 1)..];
        return index + 1 < arguments.Length ? arguments[index + 1] : null;
    }
}
