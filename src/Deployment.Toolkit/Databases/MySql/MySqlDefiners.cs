using System.Data.Common;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// Views, triggers and routines whose definer is another account than the deploying one. A dump names it, so that whoever restores the
/// dump needs more than all rights on a database.
/// </summary>
internal static class MySqlDefiners
{
    private const int NoSuchDefiner = 1449;

    private static readonly Version s_superIsLess = new(11, 0);
    private static readonly Version s_showsRoutines = new(11, 3);
    private static readonly Version s_hasAnyDefiner = new(8, 2);
    private static readonly Version s_hasShowRoutine = new(8, 0, 20);

    /// <summary>Kind, name, definer, and whether the account may not read what makes it.</summary>
    private static readonly string[] s_questions =
    [
        "SELECT LOWER(routine_type), routine_name, definer, routine_definition IS NULL FROM information_schema.routines WHERE routine_schema = "
            + "DATABASE() ORDER BY routine_type, routine_name",
        "SELECT 'view', table_name, definer, 0 FROM information_schema.views WHERE table_schema = DATABASE() ORDER BY table_name",
        "SELECT 'trigger', trigger_name, definer, 0 FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY trigger_name",
    ];

    /// <summary>Why they can't be copied, and what to do; <see langword="null"/> when they can.</summary>
    internal static async Task<(string Why, string Mend)?> WhyNotOthersAsync(
        DbConnection connection,
        MySqlVersion server,
        CancellationToken cancellationToken
    )
    {
        var account = await MySqlAccount.NameAsync(connection, cancellationToken).ConfigureAwait(false);
        // MariaDB: what a role is the definer of, whoever has the role may make.
        var role = await Sql.ScalarAsync(connection, null, "SELECT CURRENT_ROLE()", cancellationToken).ConfigureAwait(false) as string;
        var others = new List<Made>();
        foreach (var question in s_questions)
        {
            foreach (var row in await MySqlCatalogue.RowsAsync(connection, null, question, cancellationToken).ConfigureAwait(false))
            {
                var definer = row[2] ?? "";
                if (
                    !definer.Equals(account, StringComparison.OrdinalIgnoreCase)
                    && (role is null || !definer.TrimEnd('@').Equals(role, StringComparison.OrdinalIgnoreCase))
                )
                    others.Add(new Made(row[0]!, row[1]!, definer, row[3] == "1"));
            }
        }

        if (others.Count == 0)
            return null;

        // The server itself writes such a view with the database's name in it, which is no more the one that it is restored into.
        var gone = new List<Made>();
        foreach (var view in others.Where(static one => one.Kind == "view"))
        {
            if (await HasNoDefinerAsync(connection, view.Name, cancellationToken).ConfigureAwait(false))
                gone.Add(view);
        }

        if (gone.Count > 0)
            return (
                $"the definer of {List(gone)} is no account of the server any more, and what a dump holds of a view without one can't be "
                    + "restored",
                $"Make each of them anew as {MySqlAccount.Quote(account)}."
            );

        var mayMake = await MayMakeAsync(connection, server, cancellationToken).ConfigureAwait(false);
        var inTheWay = mayMake ? others.FindAll(static one => one.IsHidden) : others;
        if (inTheWay.Count == 0)
            return null;

        var grants = new List<string>();
        var to = MySqlAccount.Quote(account);
        if (!mayMake)
            grants.Add($"'GRANT {Makes(server)} ON *.* TO {to}'");
        if (inTheWay.Exists(static one => one.IsHidden))
            grants.Add($"'GRANT {await ReadsAsync(connection, server, cancellationToken).ConfigureAwait(false)} TO {to}'");
        return (
            $"others are the definer of {List(inTheWay)}, which account {to} may not {(mayMake ? "read" : "make")} as they are, and a "
                + "backup counts only once a database was made of it to look at",
            $"Let an administrator run {string.Join(" and ", grants)}, or make each of them anew as {to}."
        );
    }

    // Those of its roles are among them, which the catalogue's own table of privileges does not tell.
    private static async Task<bool> MayMakeAsync(DbConnection connection, MySqlVersion server, CancellationToken cancellationToken)
    {
        foreach (var row in await MySqlCatalogue.RowsAsync(connection, null, "SHOW GRANTS", cancellationToken).ConfigureAwait(false))
        {
            var text = row[0] ?? "";
            var end = text.IndexOf(" ON *.* TO ", StringComparison.Ordinal);
            if (!text.StartsWith("GRANT ", StringComparison.Ordinal) || end < 0)
                continue;
            foreach (var privilege in text["GRANT ".Length..end].Split(',', StringSplitOptions.TrimEntries))
            {
                if (privilege is "ALL PRIVILEGES" or "SET USER" or "SET_USER_ID" or "SET_ANY_DEFINER")
                    return true;
                if (privilege == "SUPER" && !(server.IsMariaDb && server.Number >= s_superIsLess))
                    return true;
            }
        }

        return false;
    }

    private static async Task<bool> HasNoDefinerAsync(DbConnection connection, string view, CancellationToken cancellationToken)
    {
        try
        {
            await Sql.ExecuteAsync(connection, null, $"SELECT 0 FROM {MySqlNames.QuotePart(view)} LIMIT 0", cancellationToken)
                .ConfigureAwait(false);
            return false;
        }
        catch (DbException e)
        {
            return MySqlFault.NumberOf(e) == NoSuchDefiner;
        }
    }

    private static string Makes(MySqlVersion server) =>
        server.IsMariaDb ? "SET USER"
        : server.Number >= s_hasAnyDefiner ? "SET_ANY_DEFINER"
        : "SET_USER_ID";

    private static async Task<string> ReadsAsync(DbConnection connection, MySqlVersion server, CancellationToken cancellationToken)
    {
        if (!server.IsMariaDb)
            return server.Number >= s_hasShowRoutine ? "SHOW_ROUTINE ON *.*" : "SELECT ON *.*";
        if (server.Number < s_showsRoutines)
            return "SELECT ON mysql.proc";

        var own = await Sql.ScalarAsync(connection, null, "SELECT DATABASE()", cancellationToken).ConfigureAwait(false) as string;
        return $"SHOW CREATE ROUTINE ON {MySqlNames.QuotePart(own ?? "")}.*";
    }

    private static string List(List<Made> those) =>
        DataLoss.List([.. those.Select(static one => $"{one.Kind} {one.Name} ({one.Definer})")]);

    private sealed record Made(string Kind, string Name, string Definer, bool IsHidden);
}
