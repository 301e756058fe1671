using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Migrations;

/// <summary>Versions are numbers of any length (<c>0007</c>, <c>20261121034351</c>) and compare as numbers.</summary>
internal static partial class MigrationVersion
{
    internal static readonly IComparer<string> Order = Comparer<string>.Create(Compare);

    internal static bool IsVersion(string text) => text.Length is > 0 and <= 40 && text.All(char.IsAsciiDigit);

    internal static int Compare(string? left, string? right)
    {
        var a = (left ?? "").TrimStart('0');
        var b = (right ?? "").TrimStart('0');
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b);
    }

    /// <summary>Splits <c>0003_add_quality.sql</c> and <c>0003_add_quality.down.sql</c>.</summary>
    internal static (string Version, string Name, bool IsDown)? ParseFileName(string file)
    {
        var match = FileName().Match(file);
        return match.Success && IsVersion(match.Groups["version"].Value)
            ? (match.Groups["version"].Value, match.Groups["name"].Value, match.Groups["down"].Success)
            : null;
    }

    [GeneratedRegex(@"\A(?<version>[0-9]+)_(?<name>[^/\\]+?)(?<down>\.down)?\.sql\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileName();
}
