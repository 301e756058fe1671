using System.Data.Common;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>The app's PostgreSQL database, reached through whichever driver the app brought.</summary>
internal sealed class PostgreSqlDatabase(PostgreSqlDialect dialect, Func<DbConnection> create) : TargetDatabase
{
    private readonly PostgreSqlCluster _cluster = new(create);
    private string? _title;
    private bool? _sharesSessions;

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

    internal override string BackupExtension => PostgreSqlDump.Extension;

    internal override bool CompressesItself => true;

    internal override string OwnName => _cluster.Live;

    internal override DatabaseSwap Swap => new PostgreSqlSwap(this, dialect, _cluster, Backups);

    private PostgreSqlBackup Backups => new(this, dialect, _cluster);

    internal override DeploymentMessage? InTheWay(bool isWritten) => null;

    internal override Task<DbConnection> OpenAsync(CancellationToken cancellationToken) => OpenAsync(isPatient: true, cancellationToken);

    private protected override Task<DbConnection> ConnectToLookAsync(CancellationToken cancellationToken) =>
        OpenAsync(isPatient: false, cancellationToken);

    private async Task<DbConnection> OpenAsync(bool isPatient, CancellationToken cancellationToken)
    {
        var connection = create();
        if (isPatient)
            LiftTimeout(connection);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            dialect.Schema ??= await FindSchemaAsync(connection, cancellationToken).ConfigureAwait(false);
            if (dialect.Journal is { } journal)
                await journal.SettleAsync(connection, dialect.Schema, TitleOf(connection), cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (DbException e)
        {
            var title = TitleOf(connection);
            await connection.DisposeAsync().ConfigureAwait(false);
            throw new DeploymentException(DeploymentOutcome.Refused, [PostgreSqlFault.Of(e, title)], e);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>How long a lease lasts, where the way to the server keeps no session.</summary>
    internal TimeSpan LeaseLength { get; set; } = PostgreSqlLeaseKeeper.UsualLength;

    /// <summary>Whether a connection has a session of the server for one transaction at a time.</summary>
    internal async Task<bool> SharesSessionsAsync(CancellationToken cancellationToken)
    {
        if (_sharesSessions is null && WhyShared() is { } fault)
            throw new DeploymentException(DeploymentOutcome.Refused, [fault]);
        try
        {
            return _sharesSessions ??= await PostgreSqlPooling.SharesSessionsAsync(OpenAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            throw new DeploymentException(DeploymentOutcome.Refused, [PostgreSqlFault.Of(e, Title)], e);
        }
    }

    internal override async Task<SessionLock?> LockAsync(SessionLockRequest request, CancellationToken cancellationToken)
    {
        EnsureNotMultiplexed();
        if (!await SharesSessionsAsync(cancellationToken).ConfigureAwait(false))
            return await LockAsync(await OpenAsync(cancellationToken).ConfigureAwait(false), request, cancellationToken)
                .ConfigureAwait(false);

        var lease = await LeaseAsync(cancellationToken).ConfigureAwait(false);
        return await PostgreSqlLeaseLock
            .TakeAsync(lease, PostgreSqlLeaseKeeper.Of(lease.Row, create, LeaseLength), OpenAsync, Title, request, cancellationToken)
            .ConfigureAwait(false);
    }

    internal override async Task<DbConnection> OpenSessionAsync(SessionLockRequest request, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A machine that vanishes in the middle would leave its tables locked for as long as the server waits for it, which is hours.
            if (!await SharesSessionsAsync(cancellationToken).ConfigureAwait(false))
                await Sql.ScalarAsync(connection, null, $"SELECT {PostgreSqlKeepAlive.Settings}", cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits until nobody migrates it, and keeps everybody from writing; its session goes with it, never back to a pool.</summary>
    internal async Task<PostgreSqlWriteGuard> GuardAsync(string what, TimeSpan limit, CancellationToken cancellationToken)
    {
        EnsureNotMultiplexed();
        var taken = await LockAsync(
                await _cluster.OpenAsync(_cluster.Live, cancellationToken).ConfigureAwait(false),
                new SessionLockRequest($"deployment, {what}", limit, TimeProvider.System, static _ => { }),
                cancellationToken
            )
            .ConfigureAwait(false);
        try
        {
            return await PostgreSqlWriteGuard.TakeAsync(taken, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await taken.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<PostgreSqlSessionLock> LockAsync(
        DbConnection connection,
        SessionLockRequest request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var lease = await LeaseAsync(cancellationToken).ConfigureAwait(false);
            return await PostgreSqlSessionLock.TakeAsync(connection, lease, Title, request, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await PostgreSqlSessionLock.ReleaseAsync(connection).ConfigureAwait(false);
            throw;
        }
    }

    // Where the tables are is known once it was opened.
    private async Task<PostgreSqlMigrationLease> LeaseAsync(CancellationToken cancellationToken)
    {
        if (dialect.Schema is null)
            await (await OpenAsync(cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        return new PostgreSqlMigrationLease(dialect.Own(OwnTables.Migrations), dialect.Own(OwnTables.Lock));
    }

    internal override async Task<string?> WhyNotRunAsync(
        IReadOnlyList<(string Title, string Script, bool IsOutside)> scripts,
        CancellationToken cancellationToken
    )
    {
        var found = PostgreSqlSession.NeedingOne(scripts);
        return found is null || !await SharesSessionsAsync(cancellationToken).ConfigureAwait(false)
            ? null
            : $"Database '{Title}' is reached through a pool that hands out a session of the server for one transaction at a time (PgBouncer "
                + $"with pool_mode = transaction), and {found} Nothing was begun. Name a connection string past the pool, or give it a pool "
                + "with pool_mode = session.";
    }

    // A session stands there for others for as long as it likes.
    private DeploymentMessage? WhyShared()
    {
        using var connection = create();
        return PostgreSqlJournal.IsMultiplexed(connection.ConnectionString)
            ? new DeploymentMessage(
                Codes.DatabaseUnavailable,
                $"What keeps two deployments from migrating database '{Title}' at once does not hold there: the driver hands out a session of the "
                    + "server for each command (Multiplexing=true). Nothing was changed in it. Name a connection string without it."
            )
            : null;
    }

    private void EnsureNotMultiplexed()
    {
        if (WhyShared() is { } fault)
            throw new DeploymentException(DeploymentOutcome.Failed, [fault]);
    }

    // Of a driver's own accord a statement ends after half a minute. What a connection string says itself counts; one that comes from a
    // data source shows no password, and could not be changed without losing it.
    private static void LiftTimeout(DbConnection connection)
    {
        var settings = new DbConnectionStringBuilder { ConnectionString = connection.ConnectionString };
        if (!settings.ContainsKey("Password") || settings.ContainsKey("Command Timeout") || settings.ContainsKey("CommandTimeout"))
            return;

        var before = connection.ConnectionString;
        try
        {
            settings["Command Timeout"] = "0";
            connection.ConnectionString = settings.ConnectionString;
        }
        catch (ArgumentException)
        {
            // A driver that calls it otherwise.
            connection.ConnectionString = before;
        }
    }

    internal override async Task<ScratchDatabase?> CopyToScratchAsync(string folder, CancellationToken cancellationToken) =>
        await SharesSessionsAsync(cancellationToken).ConfigureAwait(false)
            ? throw PostgreSqlScratch.NotThroughPool(Title)
            : await PostgreSqlScratch.TakeAsync(dialect, Title, _cluster, folder, cancellationToken).ConfigureAwait(false);

    internal override Task<OpenedCopy> OpenCopyAsync(BackupFile file, CancellationToken cancellationToken) =>
        Backups.OpenAsync(file, cancellationToken);

    internal override async Task<CopiedContents?> CopyAsync(BackupFile file, CancellationToken cancellationToken) =>
        await Backups.CopyAsync(file, cancellationToken).ConfigureAwait(false);

    internal override async Task<TableContents?> VerifyAsync(
        DbConnection copy,
        CopiedContents? held,
        CancellationToken cancellationToken
    ) => await Backups.VerifyAsync(copy, held, cancellationToken).ConfigureAwait(false);

    internal override async Task<DeploymentMessage?> WhyNoBackupAsync(CancellationToken cancellationToken) =>
        (
            await Backups.WhyNotAsync(cancellationToken).ConfigureAwait(false)
            ?? await WhyNotWholeAsync(cancellationToken).ConfigureAwait(false)
        )
            is { } found
            ? NoBackup(found)
            : null;

    internal DeploymentMessage NoBackup((string Why, string Mend) found) =>
        new(
            Codes.BackupFailed,
            $"Database '{Title}' cannot be backed up before it is migrated: {found.Why}. Nothing was begun. {found.Mend} Or let something else take "
                + "backups, and say so on AddDeployment(): .BackupBy(…) runs a provider's command or code of yours, .WithoutBackup(\"why\") "
                + "takes none."
        );

    private async Task<(string Why, string Mend)?> WhyNotWholeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenToLookAsync(cancellationToken).ConfigureAwait(false);
        return await PostgreSqlHoldings.WhyNotAsync(dialect, connection, _cluster, cancellationToken).ConfigureAwait(false);
    }

    internal override async Task<DeploymentMessage?> WhyNotMigratedAsync(CancellationToken cancellationToken)
    {
        if (WhyShared() is { } shared)
            return shared;

        await using var connection = await OpenToLookAsync(cancellationToken).ConfigureAwait(false);
        return
            await PostgreSqlRole
                .WhyNoTablesAsync(connection, dialect.Schema!, OwnTables.Migrations, cancellationToken)
                .ConfigureAwait(false)
                is var (why, mend)
            ? new DeploymentMessage(Codes.DatabaseUnavailable, $"Database '{Title}' cannot be migrated: {why}. Nothing was begun. {mend}")
            : null;
    }

    internal override string? MendOfCopy(Exception exception) => "Mend that,";

    internal override Task<string?> FindDamageAsync(BackupFile? backup, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);

    internal override Task<string> KeepDamagedAsync(string folder, string name, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A server keeps its databases whole, or says so itself.");

    // The connection says neither user nor password.
    private static string TitleOf(DbConnection connection) =>
        $"{connection.Database} on {connection.DataSource.Replace("tcp://", "", StringComparison.Ordinal)}";

    // Where a script has set another search path for the database or the role, the history is where it was. Where the connection itself
    // names one, nothing else is this app's; and what another role owns is another's.
    private static async Task<string> FindSchemaAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(
                connection,
                null,
                "SELECT coalesce((SELECT n.nspname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
                    + "WHERE c.relname = @history AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND (n.nspname = ANY "
                    + "(pg_catalog.current_schemas(false)) OR (NOT @named AND pg_catalog.pg_has_role(c.relowner, 'USAGE'))) ORDER BY "
                    + "pg_catalog.array_position(pg_catalog.current_schemas(false), n.nspname), n.nspname LIMIT 1), "
                    + "pg_catalog.current_schema())::text",
                cancellationToken,
                ("@history", OwnTables.Migrations),
                ("@named", NamesPath(connection))
            )
            .ConfigureAwait(false) as string
        ?? throw DeploymentException.Refused(
            Codes.DatabaseUnavailable,
            $"Database '{TitleOf(connection)}' has no schema to make tables in: none of the connection's search_path is there. Nothing was "
                + $"begun. Create one, or name one with 'Search Path=…' in the connection string."
        );

    private static bool NamesPath(DbConnection connection)
    {
        var settings = new DbConnectionStringBuilder { ConnectionString = connection.ConnectionString };
        return settings.ContainsKey("Search Path")
            || settings.ContainsKey("SearchPath")
            || (
                settings.TryGetValue("Options", out var options)
                && options is string text
                && text.Contains("search_path", StringComparison.OrdinalIgnoreCase)
            );
    }
}
