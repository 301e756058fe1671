namespace Deployment.Toolkit.Databases;

/// <summary>What kind of thing a statement removes, or may.</summary>
internal enum RemovalKind
{
    /// <summary>It can't be told: anything in the database.</summary>
    Anything,

    /// <summary>A table with its rows.</summary>
    Table,

    /// <summary>A column with its values.</summary>
    Column,

    /// <summary>Rows of a table.</summary>
    Rows,

    /// <summary>What some columns held before they were written over.</summary>
    Values,

    /// <summary>Nothing by itself: rows are added. What triggers on the table do is another matter.</summary>
    Added,
}

/// <summary>What a statement of a down script removes.</summary>
/// <param name="Kind">What of it.</param>
/// <param name="Table">The table as it is called before the script runs; empty for anything.</param>
internal sealed record Removal(RemovalKind Kind, string Table)
{
    internal static readonly Removal OfAnything = new(RemovalKind.Anything, "");

    /// <summary>The column, or those that are written over; empty for all.</summary>
    internal IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Which rows, as SQL; <see langword="null"/> for all.</summary>
    internal string? Where { get; init; }

    /// <summary>Whether what is written over them is NULL, so that rows that hold that lose nothing.</summary>
    internal bool ByNull { get; init; }

    /// <summary>For people.</summary>
    public override string ToString() =>
        Kind switch
        {
            RemovalKind.Anything => "any table",
            RemovalKind.Column => $"{Table}.{Columns[0]}",
            _ => Table,
        };
}
