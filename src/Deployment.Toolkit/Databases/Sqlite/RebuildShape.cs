namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>Finds tables that a script rebuilds: it makes another one, drops the table and gives the other its name.</summary>
internal static class RebuildShape
{
    internal static IReadOnlyList<TableRebuild> Find(SqlScript script)
    {
        var found = new List<TableRebuild>();
        var before = new SqlNames(SqliteDialect.Instance);
        var dropped = new List<TableRebuild>();
        foreach (var statement in script.Statements)
        {
            if (SqliteDrops.TableOf(statement.Text) is { } table)
            {
                var named = new SqlNames(SqliteDialect.Instance);
                named.Add(before);
                dropped.Add(new TableRebuild(table, statement, named));
            }
            else if (NewNameIn(statement.Text) is { } name)
            {
                found.AddRange(dropped.Where(shape => shape.Table.Equals(name, StringComparison.OrdinalIgnoreCase)));
            }

            before.Add(statement.Text);
        }

        return found;
    }

    // ALTER TABLE [schema.]table RENAME TO name
    private static string? NewNameIn(string statement)
    {
        SqliteToken[] tokens = [.. SqliteTokenizer.ReadSignificant(statement).Take(8)];
        if (tokens.Length < 6 || !tokens[0].Is(statement, "ALTER") || !tokens[1].Is(statement, "TABLE"))
            return null;

        var at = tokens[3].Is(statement, ".") ? 5 : 3;
        return at + 2 < tokens.Length && tokens[at].Is(statement, "RENAME") && tokens[at + 1].Is(statement, "TO") && tokens[at + 2].IsName
            ? tokens[at + 2].NameIn(statement)
            : null;
    }
}
