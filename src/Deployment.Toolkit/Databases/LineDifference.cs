using System.Globalization;
using System.Text;

namespace Deployment.Toolkit.Databases;

/// <summary>Shows what differs between two texts: the lines between what they have in common at both ends.</summary>
internal static class LineDifference
{
    private const int Shown = 40;

    /// <summary>Renders it: lines that go behind '-', lines that come behind '+'. Line ends don't count.</summary>
    internal static string Render(string before, string after)
    {
        var (old, now) = (Lines(before), Lines(after));
        var start = 0;
        while (start < old.Length && start < now.Length && old[start] == now[start])
            start++;
        var end = 0;
        while (end < old.Length - start && end < now.Length - start && old[^(end + 1)] == now[^(end + 1)])
            end++;

        var text = new StringBuilder();
        Append(text, '-', old[start..^end]);
        Append(text, '+', now[start..^end]);
        return text.ToString().TrimEnd('\n');
    }

    private static string[] Lines(string text) => text.TrimStart('\uFEFF').ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    private static void Append(StringBuilder text, char mark, string[] lines)
    {
        foreach (var line in lines.Take(Shown))
            text.Append(mark).Append(' ').Append(line).Append('\n');
        if (lines.Length > Shown)
            text.Append(CultureInfo.InvariantCulture, $"{mark} … {lines.Length - Shown} more lines\n");
    }
}
