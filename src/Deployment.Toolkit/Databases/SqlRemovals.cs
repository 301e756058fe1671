using static Deployment.Toolkit.Databases.RemovalKind;

namespace Deployment.Toolkit.Databases;

/// <summary>One reading of a down script.</summary>
/// <param name="names">How names compare.</param>
/// <param name="calls">What is known of calls.</param>
internal abstract class SqlRemovals(StringComparer names, SqlCalls calls)
{
    private readonly List<Removal> _removals = [];

    // A script may move a table out of the way first: what counts is which one it was.
    private readonly Dictionary<string, string> _renamed = new(names);
    private readonly HashSet<string> _written = new(names);

    /// <summary>The tables that the script has made itself.</summary>
    protected HashSet<string> Made { get; } = new(names);

    /// <summary>The tables of which a column has another name by now.</summary>
    protected HashSet<string> Reshaped { get; } = new(names);

    internal IReadOnlyList<Removal> Read(IReadOnlyList<SqlStatement> statements)
    {
        foreach (var statement in statements)
        {
            if (!Read(statement.Text))
                _removals.Add(Removal.OfAnything);
        }

        return _removals.Exists(static removal => removal.Kind == Anything) ? [Removal.OfAnything] : [.. _removals.Distinct()];
    }

    /// <summary>Reads a statement.</summary>
    /// <returns>Whether it could be read; else it removes anything.</returns>
    protected abstract bool Read(string statement);

    /// <summary>Whether of a table of this name it can be told which one it is.</summary>
    protected abstract bool IsKnown(Removal removal);

    // Which rows a condition meets is asked before the script runs: another statement of it may have changed them by then.
    protected bool AddRows<TToken>(SqlWords<TToken> words, Removal removal, string joined)
        where TToken : struct, ISqlToken
    {
        var isFirst = !_written.Contains(removal.Table) && !Reshaped.Contains(removal.Table);
        if (words.IsAtEnd)
            return Add(removal);
        return Add(
            isFirst && !words.Rest(joined) && calls.Condition(words) is { } condition
                ? removal with
                {
                    Where = condition,
                }
                : new Removal(Rows, removal.Table)
        );
    }

    protected bool Add(Removal removal)
    {
        if (!IsKnown(removal))
            return false;
        _written.Add(removal.Table);
        if (!Made.Contains(removal.Table))
            _removals.Add(removal with { Table = _renamed.GetValueOrDefault(removal.Table, removal.Table) });
        return true;
    }

    /// <summary>Gives a table another name.</summary>
    protected bool Move(ref string table, string name)
    {
        if (!Made.Remove(table))
            _renamed[name] = _renamed.GetValueOrDefault(table, table);
        else
            Made.Add(name);
        if (Reshaped.Contains(table))
            Reshaped.Add(name);
        _renamed.Remove(table);
        table = name;
        return true;
    }
}
