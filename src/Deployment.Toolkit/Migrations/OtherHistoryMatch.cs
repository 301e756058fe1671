using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Which of this binary's migrations another tool has applied. An entry is a migration's when it names its file, or else its number or its
/// name, which must not speak of two; where several could be meant it is none's, since a guess would leave one out for good.
/// </summary>
internal sealed partial class OtherHistoryMatch
{
    private readonly Dictionary<MigrationDefinition, OtherEntry> _found = [];
    private readonly List<OtherEntry> _unknown = [];

    internal OtherHistoryMatch(MigrationSet known, OtherEntries entries)
    {
        // What another source keeps a history of is counted by that.
        var candidates = known.All.Where(static definition => definition.Identity is null).ToList();
        var byFile = candidates
            .Where(static definition => definition.Up is not null)
            .GroupBy(static definition => Path.GetFileName(definition.Up!.File), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(static group => group.Key, static group => group.First(), StringComparer.OrdinalIgnoreCase);
        var byVersion = candidates
            .GroupBy(static definition => MigrationVersion.Normal(definition.Version), StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => group.First(), StringComparer.Ordinal);
        var byName = candidates.ToLookup(static definition => Letters(definition.Name), StringComparer.Ordinal);
        foreach (var entry in entries.Entries)
        {
            if (entry.IsBaseline && MigrationVersion.IsVersion(entry.Id))
            {
                foreach (var below in candidates.Where(definition => MigrationVersion.Compare(definition.Version, entry.Id) <= 0))
                    _found.TryAdd(below, entry);
            }
            else if ((OfFile(entry, byFile) ?? OfNumberOrName(OfNumber(entry, byVersion), OfName(entry, byName))) is { } definition)
            {
                // Two that have one number can't both be it.
                if (!_found.TryAdd(definition, entry))
                    _unknown.Add(entry);
            }
            else
                _unknown.Add(entry);
        }

        Failed = [.. entries.Entries.Where(static entry => entry.IsFailed)];
        Applied = [.. candidates.Where(_found.ContainsKey)];
    }

    /// <summary>This binary's migrations that the other tool has applied, in their order.</summary>
    internal IReadOnlyList<MigrationDefinition> Applied { get; }

    /// <summary>What it applied that is none of this binary's.</summary>
    internal IReadOnlyList<OtherEntry> Unknown => _unknown;

    /// <summary>What broke off under it.</summary>
    internal IReadOnlyList<OtherEntry> Failed { get; }

    // A resource is named by its folders too, with a dot after each, and a file may have dots in its name: every end of it may be a file.
    private static MigrationDefinition? OfFile(OtherEntry entry, Dictionary<string, MigrationDefinition> byFile)
    {
        foreach (var text in new[] { entry.Id, entry.File })
        {
            if (text is null)
                continue;
            for (var start = 0; start < text.Length; start++)
            {
                if (start > 0 && text[start - 1] is not ('.' or '/' or '\\'))
                    continue;
                if (byFile.TryGetValue(text[start..], out var definition))
                    return definition;
            }
        }

        return null;
    }

    private static MigrationDefinition? OfNumber(OtherEntry entry, Dictionary<string, MigrationDefinition> byVersion)
    {
        if (MigrationVersion.IsVersion(entry.Id))
            return byVersion.GetValueOrDefault(MigrationVersion.Normal(entry.Id));

        // A number of several parts (`1.2`) is none of ours, the folders before a file's name may hold numbers, and one in its middle is a
        // part of its name: of `App2.Scripts.Script0007 - add utf8 quality.sql` it is 0007.
        var (name, isWhole) = NameOf(entry);
        return isWhole && LeadingNumber().Match(name) is { Success: true } number
            ? byVersion.GetValueOrDefault(MigrationVersion.Normal(number.Groups["number"].Value))
            : null;
    }

    // Behind its folders; not whole when what stands before it is a part of its number.
    private static (string Name, bool IsWhole) NameOf(OtherEntry entry)
    {
        var stem = entry.Id.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) ? entry.Id[..^4] : entry.Id;
        var end = stem.LastIndexOfAny(['.', '/', '\\']);
        return (stem[(end + 1)..], end <= 0 || !char.IsAsciiDigit(stem[end - 1]));
    }

    private static MigrationDefinition? OfNumberOrName(MigrationDefinition? byNumber, MigrationDefinition? byName) =>
        byNumber is not null && byName is not null && byNumber != byName ? null : byNumber ?? byName;

    [GeneratedRegex(
        "^(Script|V|U)?[ _-]*(?<number>[0-9]{1,40})(?![0-9.])",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex LeadingNumber();

    private static MigrationDefinition? OfName(OtherEntry entry, ILookup<string, MigrationDefinition> byName)
    {
        var name = Letters(entry.Description ?? LeadingNumber().Replace(NameOf(entry).Name, ""));
        return name.Length > 0 && byName[name].Take(2).ToList() is [var only] ? only : null;
    }

    private static string Letters(string name) => new([.. name.Where(char.IsLetter).Select(char.ToLowerInvariant)]);
}
