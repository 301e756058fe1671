namespace Deployment.Toolkit.Lint;

/// <summary>The kinds of what scripts make.</summary>
internal static class LintKinds
{
    internal const string Table = "table";
    internal const string View = "view";
    internal const string Index = "index";
    internal const string Renamed = "renamed";

    /// <summary>The kind of a table's columns.</summary>
    internal static string ColumnsOf(LintName table) => $"column {table.Schema}.{table.Name}".ToUpperInvariant();

    /// <summary>Takes the beginning of a CREATE up to the name of what it makes.</summary>
    /// <returns>What it makes; <see langword="null"/> when it is none of those.</returns>
    internal static string? TakeCreated(LintStatement statement) => TakeCreated(statement, out _);

    /// <summary>Takes the beginning of a CREATE up to the name of what it makes.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="isSure">Whether it makes one, and doesn't make do with one that is there or take its place.</param>
    /// <returns>What it makes; <see langword="null"/> when it is none of those.</returns>
    internal static string? TakeCreated(LintStatement statement, out bool isSure)
    {
        isSure = true;
        if (!statement.Take("CREATE"))
            return null;
        isSure = !statement.Take("OR", "REPLACE");
        _ = statement.TakeAny("GLOBAL", "LOCAL");
        _ = statement.TakeAny("TEMP", "TEMPORARY", "UNLOGGED", "VIRTUAL", "FOREIGN", "RECURSIVE");
        var kind =
            statement.Take("TABLE") ? Table
            // Others build indexes of it and lock it, as of a table.
            : statement.Take("MATERIALIZED", "VIEW") ? Table
            : statement.Take("VIEW") ? View
            : null;
        if (kind is not null)
            isSure &= !statement.TakeIf();
        return kind;
    }
}
