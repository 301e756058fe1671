using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;

namespace Deployment.Toolkit.Migrations;

/// <summary>A table that a script rebuilds: it makes another one, drops the table and gives the other its name.</summary>
/// <param name="Table">The table.</param>
/// <param name="Drop">The statement that drops it.</param>
/// <param name="Before">What the script names before that.</param>
internal sealed record RebuildShape(string Table, SqlStatement Drop, SqliteNames Before)
{
    internal static IReadOnlyList<RebuildShape> Find(SqlScript script)
    {
        var found = new List<RebuildShape>();
        var before = new SqliteNames();
        var dropped = new List<RebuildShape>();
        foreach (var statement in script.Statements)
        {
            if (DropGuard.TableOf(statement.Text) is { } table)
            {
                var named = new SqliteNames();
                named.Add(before);
                dropped.Add(new RebuildShape(table, statement, named));
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
        if (tokens.Length < 6 || !tokens[0].Is(statement, "ALTER") || !tokens[1].Is(statement, "TABLE")) return null;

        var at = tokens[3].Is(statement, ".") ? 5 : 3;
        return at + 2 < tokens.Length && tokens[at].Is(statement, "RENAME") && tokens[at + 1].Is(statement, "TO") && tokens[at + 2].IsName ? tokens[at + 2].NameIn(statement) : null;
    }
}
