using System.Collections;

namespace Deployment.Toolkit.Platform;

/// <summary>
/// The one place that reads this process's variables and arguments: a command gets those that it was given by name, never all.
/// </summary>
internal static class ProcessEnvironment
{
    internal static Dictionary<string, string> Pick(IEnumerable<string> names)
    {
        var comparer = OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var wanted = names.ToHashSet(comparer);
        var picked = new Dictionary<string, string>(comparer);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            if (wanted.Contains((string)variable.Key))
                picked[(string)variable.Key] = (string?)variable.Value ?? "";
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
        if (arguments.Length < 2 || arguments[1] != "deploy")
            return null;

        // What stands behind it is a command's.
        var own = Array.IndexOf(arguments, "--");
        if (own >= 0)
            arguments = arguments[..own];

        // Where a release is promoted to is the environment that it enters.
        return ValueOf(arguments, "--environment") ?? (arguments is [_, _, "promote", ..] ? ValueOf(arguments, "--to") : null);
    }

    private static string? ValueOf(string[] arguments, string option)
    {
        var index = Array.FindLastIndex(
            arguments,
            argument => argument == option || argument.StartsWith(option + "=", StringComparison.Ordinal)
        );
        if (index < 0)
            return null;
        if (arguments[index].Length > option.Length)
            return arguments[index][(option.Length + 1)..];
        return index + 1 < arguments.Length ? arguments[index + 1] : null;
    }

    /// <summary>
    /// The variables that give a configuration key a value, in the process's own spelling: more than one when they differ by case or
    /// separator.
    /// </summary>
    internal static IReadOnlyList<string> VariablesOf(string key)
    {
        var names = new List<string>();
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (string.Equals(KeyOf(name), key, StringComparison.OrdinalIgnoreCase))
                names.Add(name);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>The variable that a configuration key comes from, or would.</summary>
    internal static string VariableOf(string key)
    {
        if (VariablesOf(key) is [var name, ..])
            return name;

        // Hosts read their own variables behind a prefix that they cut off.
        foreach (var prefix in (string[])["DOTNET_", "ASPNETCORE_"])
        {
            if (VariablesOf(prefix + key) is [var prefixed, ..])
                return prefixed;
        }

        return NameOf(key);
    }

    /// <summary>How a configuration key is written as a variable.</summary>
    internal static string NameOf(string key) => key.Replace(":", "__", StringComparison.Ordinal);

    internal static string KeyOf(string variable) => variable.Replace("__", ":", StringComparison.Ordinal);

    /// <summary>Keys that more than one variable sets, because they differ only by case or separator.</summary>
    internal static IReadOnlyList<(string Key, IReadOnlyList<string> Names)> AmbiguousKeys() =>
        [
            .. System
                .Environment.GetEnvironmentVariables()
                .Keys.Cast<string>()
                .GroupBy(KeyOf, StringComparer.OrdinalIgnoreCase)
                .Where(static group => group.Count() > 1)
                // In an order of our own: the system lists them in any, and a report should read the same each time.
                .Select(static group => (IReadOnlyList<string>)[.. group.Order(StringComparer.Ordinal)])
                .Select(static names => (KeyOf(names[0]), names))
                .OrderBy(static pair => pair.Item1, StringComparer.OrdinalIgnoreCase),
        ];

    /// <summary>All variables as they are now, for what knows by their names alone which are meant.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> All() =>
        System
            .Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Select(static variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? ""));

    /// <summary>Looks variables up as they are now.</summary>
    internal static Func<string, string?> Lookup()
    {
        var variables = System.Environment.GetEnvironmentVariables();
        return name => variables[name] as string;
    }
}
