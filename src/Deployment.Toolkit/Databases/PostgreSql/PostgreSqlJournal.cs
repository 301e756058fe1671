using System.Data;
using System.Data.Common;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// Journals in a schema of their own, under advisory locks that end with their session; where the way to the server keeps no session, under
/// leases.
/// </summary>
/// <param name="create">Makes a closed connection of the app's driver.</param>
/// <param name="schema">The schema.</param>
/// <param name="locks">The locks that this process has.</param>
internal sealed class PostgreSqlJournal(Func<DbConnection> create, string schema, PostgreSqlJournalLocks? locks = null) : JournalDatabase
{
    private string? _title;
    private bool? _sharesSessions;

    /// <summary>How long a lease lasts.</summary>
    internal TimeSpan LeaseLength { get; init; } = PostgreSqlLeaseKeeper.UsualLength;

    /// <summary>Refuses a schema that is also the app's, before tables are made in it.</summary>
    internal Func<CancellationToken, Task>? EnsureTheirsAsync { get; init; }

    internal override string Title => _title ??= Describe();

    internal override JournalTypes Types { get; } = new("text COLLATE \"C\"", "bigint", "bytea");

    // Nobody takes the next number of the lock while a record is written under this one.
    internal override string KeepsRow => " FOR SHARE";

    internal override string Table(string name) => $"{Quoted(schema)}.{Quoted(name)}";

    internal override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = create();
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal override async Task<JournalLock?> TryLockAsync(string environment, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A session stands there for others for as long as it likes: neither a lock nor a transaction's end is certain.
            if (IsMultiplexed(connection.ConnectionString))
                throw Shared();
            var row = RowOf(environment);
            if (_sharesSessions ??= await PostgreSqlPooling.SharesSessionsAsync(OpenAsync, cancellationToken).ConfigureAwait(false))
            {
                locks?.AddLease();
                return new PostgreSqlJournalLease(
                    connection,
                    OpenAsync,
                    row,
                    PostgreSqlLeaseKeeper.Of(row, create, LeaseLength),
                    KeyOf(environment)
                );
            }

            await Sql.ExecuteAsync(connection, null, PostgreSqlJournalLock.Settings, cancellationToken).ConfigureAwait(false);
            var taken = await PostgreSqlJournalLock.TryAsync(connection, KeyOf(environment), cancellationToken, row).ConfigureAwait(false);
            if (taken is null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                return null;
            }

            taken.Follow(() => OpenAsync(CancellationToken.None), locks);
            return taken;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal override async Task<bool> IsLockedAsync(string environment, CancellationToken cancellationToken)
    {
        await using var connection = await OpenToLookAsync(cancellationToken).ConfigureAwait(false);
        return await PostgreSqlJournalLock
                .IsHeldAsync(connection, KeyOf(environment), isOwn: false, cancellationToken)
                .ConfigureAwait(false) || await RowOf(environment).IsHeldAsync(connection, null, cancellationToken).ConfigureAwait(false);
    }

    internal override async Task<bool> HasTableAsync(DbConnection connection, string name, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(connection, null, "SELECT to_regclass(@name) IS NOT NULL", cancellationToken, ("@name", Table(name)))
            .ConfigureAwait(false)
            is true;

    internal override async Task<DbTransaction> BeginAsync(DbConnection connection, bool makesTables, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        // IF NOT EXISTS alone fails for the second of two that make a table at once.
        if (makesTables)
            await Sql.ExecuteAsync(
                    connection,
                    transaction,
                    "SELECT pg_advisory_xact_lock(@key)",
                    cancellationToken,
                    ("@key", PostgreSqlJournalLock.KeyOf($"tables {schema}"))
                )
                .ConfigureAwait(false);
        return transaction;
    }

    // Asked for only where it is missing: whoever may not make schemas is refused also where there is nothing to make.
    internal override async Task<string?> ContainerAsync(
        DbConnection connection,
        DbTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var isMissing =
            await Sql.ScalarAsync(
                    connection,
                    transaction,
                    "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = @schema",
                    cancellationToken,
                    ("@schema", schema)
                )
                .ConfigureAwait(false)
            is null;
        if (isMissing)
            return $"CREATE SCHEMA {Quoted(schema)}";
        if (EnsureTheirsAsync is { } ensure)
            await ensure(cancellationToken).ConfigureAwait(false);
        return null;
    }

    internal override async Task<string?> WhyNotWritableAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return
            await Sql.ScalarAsync(
                    connection,
                    null,
                    """
                    SELECT CASE
                        WHEN current_setting('transaction_read_only') = 'on' THEN 'the server takes no writes (a standby, or default_transaction_read_only)'
                        WHEN NOT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = @schema) THEN CASE
                            WHEN NOT has_database_privilege(current_database(), 'CREATE') THEN 'role ' || current_user || ' may not make schema ' || @schema
                        END
                        WHEN NOT has_schema_privilege(@schema, 'USAGE') THEN 'role ' || current_user || ' may not use schema ' || @schema
                        WHEN to_regclass(@table) IS NULL THEN CASE
                            WHEN NOT has_schema_privilege(@schema, 'CREATE') THEN 'role ' || current_user || ' may not make tables in schema ' || @schema
                        END
                        WHEN NOT (has_table_privilege(@table, 'INSERT') AND has_table_privilege(@table, 'UPDATE')) THEN 'role ' || current_user || ' may not write there'
                    END
                    """,
                    cancellationToken,
                    ("@table", Table("records")),
                    ("@schema", schema)
                )
                .ConfigureAwait(false)
                is string reason
            ? reason + "."
            : null;
    }

    private long KeyOf(string environment) => PostgreSqlJournalLock.KeyOf($"{schema}\0{environment}");

    private PostgreSqlLeaseRow RowOf(string environment) =>
        new(Table("journals"), "environment = @environment", ("@environment", environment));

    // A setting of Npgsql, with which a free session may stand for another for long.
    internal static bool IsMultiplexed(string settings) =>
        new DbConnectionStringBuilder { ConnectionString = settings }.TryGetValue("Multiplexing", out var value)
        && value is string text
        && bool.TryParse(text, out var isOn)
        && isOn;

    private DeploymentException Shared() =>
        DeploymentException.Refused(
            Codes.JournalLockNotHeld,
            $"The journal's lock does not hold in '{Title}': the driver hands out a session of the server for each command (Multiplexing=true). "
                + "Nothing was changed. Name a connection string without it for the journal, with .ForJournal(j => j.ConnectionString = \"…\")."
        );

    private string Describe()
    {
        using var connection = create();
        return $"schema {schema} of database {connection.Database} at {connection.DataSource}";
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
