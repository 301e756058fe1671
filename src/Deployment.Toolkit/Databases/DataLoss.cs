using System.Globalization;

namespace Deployment.Toolkit.Databases;

/// <summary>Says what would be lost.</summary>
internal static class DataLoss
{
    // A message is for reading: a thousand tables are not.
    private const int Named = 10;

    /// <summary>For example <c>at least 3 rows (notes: 2, items.title: 1) and other changes (index by_name)</c>.</summary>
    /// <param name="losses">Tables with at least how many rows, and what else was changed, with none.</param>
    internal static string Describe(IReadOnlyList<(string Table, long Rows)> losses)
    {
        var rows = losses.Where(static loss => loss.Rows > 0).ToList();
        var others = losses.Where(static loss => loss.Rows == 0).Select(static loss => loss.Table).ToList();
        var count = rows.Sum(static loss => loss.Rows);
        List<string> parts = [];
        if (rows.Count > 0)
            parts.Add(
                $"at least {count.ToString(CultureInfo.InvariantCulture)} {(count == 1 ? "row" : "rows")} "
                    + $"({List([.. rows.Select(static loss => $"{loss.Table}: {loss.Rows}")])})"
            );
        if (others.Count > 0)
            parts.Add($"{(rows.Count > 0 ? "other " : "")}changes ({List(others)})");
        return string.Join(" and ", parts);
    }

    internal static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(Named)) + (names.Count > Named ? $" and {names.Count - Named} more" : "");
}
