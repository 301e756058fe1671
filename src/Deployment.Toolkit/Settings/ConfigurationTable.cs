using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Settings;

/// <summary>What one reading of one source gave: immutable, so that whoever holds it never sees half of a newer one.</summary>
internal sealed class ConfigurationTable(
    string source,
    IReadOnlyDictionary<string, TableValue> values,
    IReadOnlyDictionary<string, TableContainer> containers,
    IReadOnlyList<DeploymentMessage> faults
)
{
    /// <summary>
    /// More parts than any key has. Every part is a node with a path of its own, so that a key of nothing but colons would cost the square
    /// of its length.
    /// </summary>
    internal const int MostParts = 128;

    internal static bool IsTooDeep(ReadOnlySpan<char> key) => key.Count(':') >= MostParts;

    /// <summary>A key for a message, cut to what can be read.</summary>
    internal static string Shown(string key) => key.Length <= LongestShown ? key : key[..LongestShown] + "…";

    private const int LongestShown = 60;

    /// <summary>The source as people know it: a file's path from the content root.</summary>
    internal string Source { get; } = source;

    /// <summary>Values by key, compared without case.</summary>
    internal IReadOnlyDictionary<string, TableValue> Values { get; } = values;

    /// <summary>Objects and arrays by key, where the format has them.</summary>
    internal IReadOnlyDictionary<string, TableContainer> Containers { get; } = containers;

    /// <summary>What is wrong with the source. A table with an error among them is never taken into use in place of a whole one.</summary>
    internal IReadOnlyList<DeploymentMessage> Faults { get; } = faults;

    /// <summary>
    /// The names directly below a key, in .NET's order. Made once: a walk over all keys asks for those of every one of them.
    /// </summary>
    internal IReadOnlyList<string> ChildrenOf(string? parent) =>
        (_children ??= Index()).TryGetValue(parent ?? "", out var names) ? names : [];

    private Dictionary<string, List<string>>? _children;

    private Dictionary<string, List<string>> Index()
    {
        var children = new Dictionary<string, List<string>>(StringComparer.OrdinalIgnoreCase);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var key in Values.Keys)
        {
            for (var end = key.Length; end > 0 && seen.Add(key[..end]); )
            {
                var colon = key.LastIndexOf(':', end - 1);
                var parent = colon < 0 ? "" : key[..colon];
                if (!children.TryGetValue(parent, out var names))
                    children[parent] = names = [];
                names.Add(key[(colon + 1)..end]);
                end = colon;
            }
        }

        foreach (var names in children.Values)
            names.Sort(ConfigurationKeyComparer.Instance);
        return children;
    }

    internal bool IsWhole => Faults.All(static fault => fault.Severity != MessageSeverity.Error);

    internal static ConfigurationTable Empty(string source, params DeploymentMessage[] faults) =>
        new(
            source,
            new Dictionary<string, TableValue>(StringComparer.OrdinalIgnoreCase),
            new Dictionary<string, TableContainer>(StringComparer.OrdinalIgnoreCase),
            faults
        );
}
