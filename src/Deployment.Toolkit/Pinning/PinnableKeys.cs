using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Pinning;

/// <summary>Which keys go back with a release: those of which the journal has a value, and those that the release did not have.</summary>
internal sealed class PinnableKeys(RecordedConfiguration recorded)
{
    private readonly HashSet<string> _known = SetOf(recorded.Keys.Keys);
    private readonly HashSet<string> _valued = SetOf(recorded.Values?.Keys ?? []);
    private readonly HashSet<string> _lists = SetOf(recorded.Keys.Keys.Select(ListOf).OfType<string>());
    private readonly HashSet<string> _valuedLists = SetOf(recorded.Values?.Keys.Select(ListOf).OfType<string>() ?? []);

    /// <summary>
    /// Whether a key says where things are, not what the release does with them: data does not move back with a release, so the code that
    /// comes back has to find it where it is now, and so has the engine its journal.
    /// </summary>
    internal static bool IsOfPlace(string key) =>
        key.StartsWith("ConnectionStrings:", StringComparison.OrdinalIgnoreCase)
        || key.StartsWith("Deployment:", StringComparison.OrdinalIgnoreCase);

    internal bool GoBack(string key) =>
        !IsOfPlace(key)
        && (_valued.Contains(key) || IsRemoved(key) || (!_known.Contains(key) && ListOf(key) is { } list && _valuedLists.Contains(list)));

    /// <summary>Whether it is pinned to none. A list is pinned as a whole, so that its surplus elements need no hole in it.</summary>
    internal bool IsRemoved(string key) => !IsOfPlace(key) && !_known.Contains(key) && !(ListOf(key) is { } list && _lists.Contains(list));

    private static HashSet<string> SetOf(IEnumerable<string> keys) => new(keys, StringComparer.OrdinalIgnoreCase);

    private static string? ListOf(string key) =>
        key.LastIndexOf(':') is > 0 and var colon && !key.AsSpan(colon + 1).ContainsAnyExceptInRange('0', '9') ? key[..colon] : null;
}
