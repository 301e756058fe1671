using System.Data.Common;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// The schema of journals, as the app's database sees it: it is left out of what is copied, compared and restored, and so it may hold
/// nothing else.
/// </summary>
/// <param name="schema">The schema.</param>
/// <param name="connect">Makes a closed connection to where the journals are.</param>
internal sealed class PostgreSqlJournalPlace(string schema, Func<DbConnection> connect)
{
    private const int MostNamed = 5;

    private bool _isSettled;

    internal string Schema => schema;

    /// <summary>Whether it is in the app's database: elsewhere a schema of that name is the app's.</summary>
    internal bool IsHere { get; private set; } = true;

    /// <summary>Finds out where it is.</summary>
    /// <param name="app">A connection to the app's database.</param>
    /// <param name="home">The schema in which the history lies.</param>
    /// <param name="title">What messages call the database.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The journals would share their schema with what is the app's.</exception>
    internal async Task SettleAsync(DbConnection app, string? home, string title, CancellationToken cancellationToken)
    {
        if (_isSettled)
            return;

        var (hasJournals, others) = await ReadAsync(app, cancellationToken).ConfigureAwait(false);
        // By another way than the app's it can be the same database: what is in it tells.
        IsHere = hasJournals || LeadsTo(app);
        if (!IsHere)
            return;
        if (others.Count == 0 && schema != home)
        {
            _isSettled = true;
            return;
        }

        throw DeploymentException.Refused(
            Codes.JournalSchemaShared,
            $"The journals of database '{title}' share schema {schema} with what is the app's"
                + (
                    others.Count > 0
                        ? $" ({DataLoss.List([.. others.Take(MostNamed)])}{(others.Count > MostNamed ? " and more" : "")})"
                        : ""
                )
                + ". Journals are in no backup and go back with no restore, and neither would the app's data. Nothing was begun. Name a "
                + "schema that is theirs alone with .ForJournal(j => j.Schema = \"…\")"
                + (hasJournals ? ", and bring their tables into it with ALTER TABLE … SET SCHEMA: records, journals, keys, format." : ".")
        );
    }

    private async Task<(bool HasJournals, IReadOnlyList<string> Others)> ReadAsync(DbConnection app, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            app,
            null,
            """
            WITH s AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = @schema)
            SELECT c.relname::text, c.relkind = 'r' AND c.relname IN ('records', 'journals', 'keys', 'format')
            FROM pg_catalog.pg_class AS c JOIN s ON s.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
            UNION ALL SELECT p.proname::text, false FROM pg_catalog.pg_proc AS p JOIN s ON s.oid = p.pronamespace
            UNION ALL SELECT t.typname::text, false FROM pg_catalog.pg_type AS t JOIN s ON s.oid = t.typnamespace WHERE t.typtype IN ('e', 'd', 'r')
            ORDER BY 1
            """,
            ("@schema", schema)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var (own, others) = (0, new List<string>());
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (reader.GetBoolean(1))
                own++;
            else
                others.Add(reader.GetString(0));
        }

        return (own == 4, others);
    }

    private bool LeadsTo(DbConnection app)
    {
        using var journal = connect();
        return journal.Database == app.Database && journal.DataSource == app.DataSource;
    }
}
