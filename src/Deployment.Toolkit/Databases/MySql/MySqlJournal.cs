using System.Data;
using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>Journals in tables whose names begin alike, under named locks that end with their session.</summary>
/// <param name="create">Makes a closed connection of the app's driver.</param>
/// <param name="schema">What the names of the tables begin with.</param>
internal sealed class MySqlJournal(Func<DbConnection> create, string schema) : JournalDatabase
{
    private string? _title;

    internal override string Title => _title ??= Describe();

    internal override JournalTypes Types { get; } = new("varchar(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "bigint", "longblob");

    // Nobody takes the next number of the lock while a record is written under this one.
    internal override string KeepsRow => " LOCK IN SHARE MODE";

    internal override string FromNothing => " FROM DUAL";

    internal override string TableOptions => " " + MySqlDialect.TableOptions;

    internal override string Table(string name) => MySqlNames.QuotePart(PrefixOf(schema) + name);

    /// <summary>What the names of the journals' tables begin with.</summary>
    internal static string PrefixOf(string schema) => schema + "_journal_";

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
        var name = NameOf(environment);
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        MySqlHeldLock held;
        try
        {
            await MySqlHeldLock.PrepareAsync(connection, cancellationToken).ConfigureAwait(false);
            if (!await MySqlHeldLock.TryAsync(connection, name, cancellationToken).ConfigureAwait(false))
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                return null;
            }

            held = await MySqlHeldLock.HoldAsync(connection, name, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        try
        {
            return new MySqlJournalLock(held, await OpenToWriteAsync(held, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await held.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal override async Task<bool> IsLockedAsync(string environment, CancellationToken cancellationToken)
    {
        await using var connection = await OpenToLookAsync(cancellationToken).ConfigureAwait(false);
        return await MySqlHeldLock.HolderAsync(connection, NameOf(environment), cancellationToken).ConfigureAwait(false) is not null;
    }

    internal override Task<bool> HasTableAsync(DbConnection connection, string name, CancellationToken cancellationToken) =>
        MySqlColumns.HasTableAsync(connection, null, PrefixOf(schema) + name, cancellationToken);

    // Making a table commits; each is made only where it is missing, and of two that make one the server lets one wait.
    internal override async Task<DbTransaction> BeginAsync(
        DbConnection connection,
        bool makesTables,
        CancellationToken cancellationToken
    ) => await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);

    internal override async Task<string?> WhyNotWritableAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        var readOnly = await Sql.ScalarAsync(connection, null, "SELECT @@global.read_only", cancellationToken).ConfigureAwait(false);
        return Convert.ToString(readOnly, CultureInfo.InvariantCulture) is "0" or "OFF" or "False"
            ? null
            : "the server takes no writes (read_only).";
    }

    // The lock is held beside it: its session is spoken to while records are written.
    private async Task<DbConnection> OpenToWriteAsync(MySqlHeldLock held, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // It is quiet for as long as a migration takes, and has nothing that others wait for.
            await Sql.ExecuteAsync(
                    connection,
                    null,
                    "SET SESSION autocommit = 1, wait_timeout = 2147483, innodb_lock_wait_timeout = 10",
                    cancellationToken
                )
                .ConfigureAwait(false);
            if (
                await MySqlHeldLock.IdOfAsync(connection, cancellationToken).ConfigureAwait(false) == held.Session
                || !await held.IsHeldAsync(cancellationToken).ConfigureAwait(false)
            )
                throw DeploymentException.Refused(
                    Codes.JournalLockNotHeld,
                    $"The journal's lock does not hold in '{Title}': the connection leads through a proxy that shares sessions of the "
                        + "server between connections. Nothing was changed. Name a connection string past the proxy for the journal, with "
                        + ".ForJournal(j => j.ConnectionString = \"…\")."
                );
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // A lock's name is the whole server's.
    private string NameOf(string environment)
    {
        using var connection = create();
        return MySqlSessionLock.NameOf("journal", $"{connection.Database}\0{schema}\0{environment}");
    }

    private string Describe()
    {
        using var connection = create();
        return $"tables {PrefixOf(schema)}* of database {connection.Database} at {connection.DataSource}";
    }
}
