using System.Buffers;
using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>The app's MySQL or MariaDB database, reached through whichever driver the app brought.</summary>
internal sealed class MySqlDatabase(MySqlDialect dialect, Func<DbConnection> create) : TargetDatabase
{
    // From these on a statement that changes the schema is done as a whole or not at all.
    private static readonly Version s_lowestMariaDb = new(10, 6);
    private static readonly Version s_lowestMySql = new(8, 0);

    private static readonly SearchValues<char> s_version = SearchValues.Create("0123456789.");

    private string? _title;

    internal override DatabaseDialect Dialect => dialect;

    internal override string Title
    {
        get
        {
            if (_title is not null)
                return _title;

            using var connection = create();
            return _title = TitleOf(connection);
        }
    }

    // Somebody else makes it, and who is right about that is told by opening it.
    internal override bool Exists => true;

    internal override string BackupExtension => ".sql";

    internal override DatabaseSwap Swap => throw NoBackup();

    internal override DeploymentMessage? InTheWay(bool isWritten) => null;

    internal override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = create();
        MySqlSettings.Lift(connection);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            dialect.Database ??=
                await Sql.ScalarAsync(connection, null, "SELECT DATABASE()", cancellationToken).ConfigureAwait(false) as string
                ?? throw DeploymentException.Refused(
                    Codes.DatabaseUnavailable,
                    $"The connection string of the server '{connection.DataSource}' names no database. Nothing was begun. Name it with "
                        + $"'Database=…'."
                );
            return connection;
        }
        catch (DbException e)
        {
            var title = TitleOf(connection);
            await connection.DisposeAsync().ConfigureAwait(false);
            throw new DeploymentException(DeploymentOutcome.Refused, [MySqlFault.Of(e, title)], e);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal override async Task<SessionLock?> LockAsync(SessionLockRequest request, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        MySqlSessionLock taken;
        try
        {
            await EnsureAtomicAsync(connection, cancellationToken).ConfigureAwait(false);
            taken = await MySqlSessionLock.TakeAsync(connection, dialect.LockKey, Title, request, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await MySqlSessionLock.ReleaseAsync(connection, "run", dialect.LockKey).ConfigureAwait(false);
            throw;
        }

        try
        {
            await EnsureSessionAsync(taken, cancellationToken).ConfigureAwait(false);
            return taken;
        }
        catch
        {
            await taken.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal override async Task<DbConnection> OpenSessionAsync(SessionLockRequest request, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // With what a server may have set for everybody nothing would be noted, or a quiet session be ended in the middle.
            await Sql.ExecuteAsync(
                    connection,
                    null,
                    "SET SESSION autocommit = 1, wait_timeout = GREATEST(@@session.wait_timeout, 3600)",
                    cancellationToken
                )
                .ConfigureAwait(false);
            await MySqlSessionLock.GuardAsync(connection, dialect.LockKey, Title, request, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await MySqlSessionLock.ReleaseAsync(connection, "work", dialect.LockKey).ConfigureAwait(false);
            throw;
        }
    }

    internal override Task CloseSessionAsync(DbConnection connection) => MySqlSessionLock.ReleaseAsync(connection, "work", dialect.LockKey);

    /// <summary>Refuses a way to the server on which sessions are shared: others would have the same lock, or this one none.</summary>
    private async Task EnsureSessionAsync(MySqlSessionLock taken, CancellationToken cancellationToken)
    {
        await using var other = await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (
            await MySqlHeldLock.IdOfAsync(other, cancellationToken).ConfigureAwait(false) == taken.Session
            || !await taken.IsHeldAsync(cancellationToken).ConfigureAwait(false)
        )
            throw DeploymentException.Failed(
                Codes.DatabaseUnavailable,
                $"What keeps two deployments from migrating database '{Title}' at once does not hold there: the connection leads through a proxy "
                    + "that shares sessions of the server between connections. Nothing was changed in it. Name a connection string past the "
                    + "proxy."
            );
    }

    private async Task EnsureAtomicAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var text = await Sql.ScalarAsync(connection, null, "SELECT VERSION()", cancellationToken).ConfigureAwait(false) as string ?? "";
        var isMariaDb = text.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        var lowest = isMariaDb ? s_lowestMariaDb : s_lowestMySql;
        var digits = text.AsSpan().IndexOfAnyExcept(s_version);
        if (Version.TryParse(digits < 0 ? text : text[..digits].TrimEnd('.'), out var version) && version < lowest)
            throw DeploymentException.Refused(
                Codes.DatabaseUnavailable,
                $"Database '{Title}' is on {(isMariaDb ? "MariaDB" : "MySQL")} {version}, which may leave half of a statement when it breaks "
                    + $"down: nobody could tell how far a migration was. Nothing was begun. Migrate with {(isMariaDb ? "MariaDB" : "MySQL")} "
                    + string.Create(CultureInfo.InvariantCulture, $"{lowest} or later.")
            );
    }

    internal override Task<OpenedCopy> OpenCopyAsync(string file, CancellationToken cancellationToken) => throw NoBackup();

    internal override Task<CopiedContents?> CopyAsync(string file, CancellationToken cancellationToken) => throw NoBackup();

    internal override Task<TableContents?> VerifyAsync(DbConnection copy, CopiedContents? held, CancellationToken cancellationToken) =>
        throw NoBackup();

    internal override Task<string?> FindDamageAsync(string? backup, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    internal override Task<string> KeepDamagedAsync(string folder, string name, CancellationToken cancellationToken) => throw NoBackup();

    // The connection says neither user nor password.
    private static string TitleOf(DbConnection connection) => $"{connection.Database} on {connection.DataSource}";

    internal override Task<DeploymentMessage?> WhyNoBackupAsync(CancellationToken cancellationToken) =>
        Task.FromResult<DeploymentMessage?>(NoBackupMessage());

    private DeploymentMessage NoBackupMessage() =>
        new(
            Codes.BackupFailed,
            $"Database '{Title}' cannot be copied before it is migrated: this version takes no backups of MySQL. Nothing was begun. Let "
                + "something else take them, and say so on AddDeployment(): .BackupBy(…) runs a provider's command or code of yours, "
                + ".WithoutBackup(\"why\") takes none."
        );

    private DeploymentException NoBackup() => new(DeploymentOutcome.Refused, [NoBackupMessage()]);
}
