using System.Globalization;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// What stands in the history's column <c>at_stake</c>: of all that a migration's way back removes, what migrations themselves put there.
/// A line each: rows, sum, name. What is there beyond it was written by somebody else.
/// </summary>
internal static class StakeText
{
    internal static Dictionary<string, RowDigest> Parse(string? text)
    {
        var stakes = new Dictionary<string, RowDigest>(StringComparer.Ordinal);
        foreach (var line in (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split('\t');
            stakes[TableContents.Unescape(parts[2])] = new RowDigest(
                long.Parse(parts[0], CultureInfo.InvariantCulture),
                ulong.Parse(parts[1], CultureInfo.InvariantCulture)
            );
        }

        return stakes;
    }

    internal static string Write(IEnumerable<KeyValuePair<string, RowDigest>> stakes) =>
        string.Join(
            '\n',
            stakes
                .Where(static pair => pair.Value != default)
                .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
                .Select(static pair =>
                    string.Create(CultureInfo.InvariantCulture, $"{pair.Value.Rows}\t{pair.Value.Sum}\t{TableContents.Escape(pair.Key)}")
                )
        );
}
