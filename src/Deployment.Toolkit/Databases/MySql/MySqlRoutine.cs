using System.Data.Common;
using System.Globalization;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// What no table's rename takes along: a trigger, a view, a procedure or a function, with what it has to be made under.
/// </summary>
internal sealed record MySqlRoutine(string Kind, string Name, string Sql, string? Mode, string? Characters, string? Collation)
{
    private const string Trigger = "TRIGGER";
    private const string View = "VIEW";

    private static readonly (string Kind, string Question)[] s_questions =
    [
        (
            "FUNCTION",
            "SELECT routine_name FROM information_schema.routines WHERE routine_schema = DATABASE() AND routine_type = 'FUNCTION'"
        ),
        (
            "PROCEDURE",
            "SELECT routine_name FROM information_schema.routines WHERE routine_schema = DATABASE() AND routine_type = 'PROCEDURE'"
        ),
        (View, "SELECT table_name FROM information_schema.views WHERE table_schema = DATABASE()"),
        (Trigger, "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY action_order"),
    ];

    internal bool IsTrigger => Kind == Trigger;

    /// <summary>Those of a connection's database.</summary>
    internal static async Task<IReadOnlyList<MySqlRoutine>> ReadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var found = new List<MySqlRoutine>();
        foreach (var (kind, question) in s_questions)
        {
            foreach (var name in await NamesAsync(connection, question, cancellationToken).ConfigureAwait(false))
                found.Add(await ReadAsync(connection, kind, name, cancellationToken).ConfigureAwait(false));
        }

        return found;
    }

    internal Task DropAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Databases.Sql.ExecuteAsync(connection, null, $"DROP {Kind} IF EXISTS {MySqlNames.QuotePart(Name)}", cancellationToken);

    /// <summary>Makes it in a connection's database.</summary>
    internal async Task MakeAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await Databases
            .Sql.ExecuteAsync(
                connection,
                null,
                $"SET SESSION sql_mode = '{Mode}', character_set_client = {Characters ?? "utf8mb4"}, collation_connection = "
                    + $"{Collation ?? "utf8mb4_general_ci"}",
                cancellationToken
            )
            .ConfigureAwait(false);
        await Databases.Sql.ExecuteAsync(connection, null, Sql, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes several, also views of views, whichever stands first.</summary>
    internal static async Task MakeAllAsync(
        DbConnection connection,
        IReadOnlyList<MySqlRoutine> wanted,
        CancellationToken cancellationToken
    )
    {
        var left = wanted.ToList();
        while (left.Count > 0)
        {
            var before = left.Count;
            DbException? failure = null;
            foreach (var one in left.ToList())
            {
                try
                {
                    await one.MakeAsync(connection, cancellationToken).ConfigureAwait(false);
                    left.Remove(one);
                }
                catch (DbException e) when (one.Kind == View && MySqlFault.NumberOf(e) is 1146 or 1305 or 1356)
                {
                    // What it looks at is made behind it.
                    failure = e;
                }
            }

            if (left.Count == before)
                throw failure!;
        }
    }

    private static async Task<List<string>> NamesAsync(DbConnection connection, string question, CancellationToken cancellationToken)
    {
        await using var command = Databases.Sql.Command(connection, null, question);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            names.Add(reader.GetString(0));
        return names;
    }

    private static async Task<MySqlRoutine> ReadAsync(
        DbConnection connection,
        string kind,
        string name,
        CancellationToken cancellationToken
    )
    {
        await using var command = Databases.Sql.Command(connection, null, $"SHOW CREATE {kind} {MySqlNames.QuotePart(name)}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            throw new InvalidOperationException($"{kind} {name} is gone");
        string? sql = null,
            mode = null,
            characters = null,
            collation = null;
        for (var column = 0; column < reader.FieldCount; column++)
        {
            var text = reader.IsDBNull(column) ? null : Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture);
            var title = reader.GetName(column);
            if (title.StartsWith("Create ", StringComparison.OrdinalIgnoreCase) || title == "SQL Original Statement")
                sql = text;
            else if (title == "sql_mode")
                mode = text;
            else if (title == "character_set_client")
                characters = text;
            else if (title == "collation_connection")
                collation = text;
        }

        return new(
            kind,
            name,
            sql ?? throw new InvalidOperationException($"the account may not read what makes {kind} {name}: grant it SHOW CREATE ROUTINE"),
            mode,
            characters,
            collation
        );
    }
}
