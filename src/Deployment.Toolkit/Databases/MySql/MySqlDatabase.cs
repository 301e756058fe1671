using System.Buffers;
using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>The app's MySQL or MariaDB database, reached through whichever driver the app brought.</summary>
/// <param name="dialect">Its dialect.</param>
/// <param name="create">Makes a closed connection of the app's driver.</param>
/// <param name="beside">Another database of the same server that is meant; <see langword="null"/> for the connection's own.</param>
internal sealed class MySqlDatabase(MySqlDialect dialect, Func<DbConnection> create, string? beside = null) : TargetDatabase
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

    internal override string BackupExtension => MySqlDump.Extension;

    internal override bool IsText => true;

    internal override string OwnName
    {
        get
        {
            using var connection = create();
            return beside ?? connection.Database;
        }
    }

    internal override DatabaseSwap Swap => new MySqlSwap(this, dialect, Backups);

    /// <summary>
    /// Whether this process keeps others from writing already: whoever locked once more would wait behind those who wait to write.
    /// </summary>
    internal bool IsKeptFromWriters { get; set; }

    private MySqlBackup Backups
    {
        get
        {
            using var connection = create();
            return new(this, dialect, new MySqlWay(connection));
        }
    }

    internal override DeploymentMessage? InTheWay(bool isWritten) => null;

    internal override Task<DbConnection> OpenAsync(CancellationToken cancellationToken) => OpenAsync(isPatient: true, cancellationToken);

    private protected override Task<DbConnection> ConnectToLookAsync(CancellationToken cancellationToken) =>
        OpenAsync(isPatient: false, cancellationToken);

    private async Task<DbConnection> OpenAsync(bool isPatient, CancellationToken cancellationToken)
    {
        var connection = create();
        if (isPatient)
            MySqlSettings.Lift(connection);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            if (beside is not null)
                await connection.ChangeDatabaseAsync(beside, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Another database of the same server, as a database of its own.</summary>
    internal MySqlDatabase Beside(string name) => new(dialect.ForCopy(), create, name);

    /// <summary>Opens another database of the same server.</summary>
    internal Task<DbConnection> OpenBesideAsync(string name, CancellationToken cancellationToken) =>
        Beside(name).OpenAsync(cancellationToken);

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

    internal override Task<OpenedCopy> OpenCopyAsync(BackupFile file, CancellationToken cancellationToken) =>
        Backups.OpenAsync(file, cancellationToken);

    internal override async Task<CopiedContents?> CopyAsync(BackupFile file, CancellationToken cancellationToken) =>
        await Backups.CopyAsync(file, cancellationToken).ConfigureAwait(false);

    internal override async Task<TableContents?> VerifyAsync(
        DbConnection copy,
        CopiedContents? held,
        CancellationToken cancellationToken
    ) => await Backups.VerifyAsync(copy, held, cancellationToken).ConfigureAwait(false);

    internal override async Task<ScratchDatabase?> CopyToScratchAsync(string folder, CancellationToken cancellationToken) =>
        await MySqlScratch.TakeAsync(this, Backups, folder, cancellationToken).ConfigureAwait(false);

    internal override Task<string?> FindDamageAsync(BackupFile? backup, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);

    internal override Task<string> KeepDamagedAsync(string folder, string name, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A server keeps its databases whole, or says so itself.");

    internal override async Task<DeploymentMessage?> WhyNoBackupAsync(CancellationToken cancellationToken) =>
        await Backups.WhyNotAsync(cancellationToken).ConfigureAwait(false) is not var (why, mend)
            ? null
            : new DeploymentMessage(
                Codes.BackupFailed,
                $"Database '{Title}' cannot be backed up before it is migrated: {why}. Nothing was begun. {mend} Or let something else take "
                    + "backups, and say so on AddDeployment(): .BackupBy(…) runs a provider's command or code of yours, .WithoutBackup(\"why\") "
                    + "takes none."
            );

    internal override string? MendOfCopy(Exception exception) => "Mend that,";

    // The connection says neither user nor password.
    private static string TitleOf(DbConnection connection) => $"{connection.Database} on {connection.DataSource}";
}
