namespace Deployment.Toolkit.Migrations;

/// <summary>Versions are numbers of any length (<c>0007</c>, <c>20261121034351</c>) and compare as numbers.</summary>
internal static class MigrationVersion
{
    private const string Extension = ".sql";
    private const string Down = ".down";

    internal static readonly IComparer<string> Order = Comparer<string>.Create(Compare);

    internal static bool IsVersion(string text) => text.Length is > 0 and <= 40 && text.All(char.IsAsciiDigit);

    internal static int Compare(string? left, string? right)
    {
        var a = Normal(left ?? "");
        var b = Normal(right ?? "");
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b);
    }

    /// <summary>The form that equal versions share: <c>7</c> for <c>0007</c>.</summary>
    internal static string Normal(string version) => version.TrimStart('0');

    /// <summary>Splits <c>0003_add_quality.sql</c> and <c>0003_add_quality.down.sql</c>.</summary>
    internal static (string Version, string Name, bool IsDown)? ParseFileName(string file)
    {
        if (!file.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
            return null;

        var stem = file[..^Extension.Length];
        var isDown = stem.EndsWith(Down, StringComparison.OrdinalIgnoreCase);
        if (isDown)
            stem = stem[..^Down.Length];
        var line = stem.IndexOf('_', StringComparison.Ordinal);
        return line > 0 && line < stem.Length - 1 && IsVersion(stem[..line]) ? (stem[..line], stem[(line + 1)..], isDown) : null;
    }
}
