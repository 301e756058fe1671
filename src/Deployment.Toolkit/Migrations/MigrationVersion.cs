namespace Deployment.Toolkit.Migrations;

/// <summary>Versions are numbers of any length (<c>0007</c>, <c>20261121034351</c>) and compare as numbers.</summary>
internal static class MigrationVersion
{
    private const string Extension = ".sql";
    private const string Down = ".down";
    private const string Repeatable = "R__";

    // A key of a table, a file and a line of a report.
    private const int LongestRepeatable = 150;

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

    /// <summary>Whether it is that of a script that runs again whenever its content is another: <c>R__views</c>.</summary>
    internal static bool IsRepeatable(string version) => version.StartsWith(Repeatable, StringComparison.Ordinal);

    /// <summary>What people call a migration: a repeatable one's name is its version already.</summary>
    internal static string Title(string version, string name) => IsRepeatable(version) ? version : $"{version}_{name}";

    /// <summary>Splits <c>R__views.sql</c> and <c>R__views.down.sql</c>.</summary>
    internal static (string Version, string Name, bool IsDown)? ParseRepeatable(string file)
    {
        if (
            !file.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)
            || !file.StartsWith(Repeatable, StringComparison.OrdinalIgnoreCase)
        )
            return null;

        var name = file[Repeatable.Length..^Extension.Length];
        var isDown = name.EndsWith(Down, StringComparison.OrdinalIgnoreCase);
        if (isDown)
            name = name[..^Down.Length];
        return name.Length is > 0 and <= LongestRepeatable ? (Repeatable + name, name, isDown) : null;
    }

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
