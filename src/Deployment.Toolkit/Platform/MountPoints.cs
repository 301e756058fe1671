using System.Text;

namespace Deployment.Toolkit.Platform;

/// <summary>What is mounted over single files, as containers do: such a file can be written to, but nothing can take its name.</summary>
internal static class MountPoints
{
    private const string Table = "/proc/self/mountinfo";

    /// <summary>Whether a file is a mount of its own. Only Linux tells; elsewhere the replacing fails and says so.</summary>
    internal static bool Is(string path) =>
        OperatingSystem.IsLinux() && File.Exists(Table) && Read(File.ReadLines(Table)).Contains(path, StringComparer.Ordinal);

    /// <summary>The mount points: the fifth field of each line, where blanks, tabs, line ends and backslashes are octal.</summary>
    internal static IEnumerable<string> Read(IEnumerable<string> lines) =>
        lines.Select(static line => line.Split(' ')).Where(static fields => fields.Length > 4).Select(static fields => Unescape(fields[4]));

    /// <summary>
    /// Where what a path lies on is mounted, and the kind of that file system; <see langword="null"/> where nothing tells.
    /// </summary>
    internal static (string Point, string Kind)? Under(string path) =>
        OperatingSystem.IsLinux() && File.Exists(Table) ? Under(path, File.ReadLines(Table)) : null;

    /// <summary>The same, of a table: the deepest mount point above the path, and of those the last, which covers the others.</summary>
    internal static (string Point, string Kind)? Under(string path, IEnumerable<string> lines)
    {
        (string Point, string Kind)? found = null;
        foreach (var line in lines)
        {
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (separator < 5 || separator + 1 >= fields.Length)
                continue;

            var point = Unescape(fields[4]);
            if (IsAbove(point, path) && (found is null || point.Length >= found.Value.Point.Length))
                found = (point, fields[separator + 1]);
        }

        return found;
    }

    private static bool IsAbove(string folder, string path) =>
        path == folder || path.StartsWith(folder.EndsWith('/') ? folder : folder + "/", StringComparison.Ordinal);

    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;

        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\' && at + 3 < text.Length && text.AsSpan(at + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                plain.Append((char)Convert.ToInt32(text.Substring(at + 1, 3), 8));
                at += 3;
            }
            else
            {
                plain.Append(text[at]);
            }
        }

        return plain.ToString();
    }
}
