using System.Data.Common;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>The app's PostgreSQL database, reached through whichever driver the app brought.</summary>
internal sealed class PostgreSqlDatabase(PostgreSqlDialect dialect, Func<DbConnection> create) : TargetDatabase
{
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

    internal override string BackupExtension => ".dump";

    internal override DatabaseSwap Swap => throw NoBackup();

    internal override DeploymentMessage? InTheWay(bool isWritten) => null;

    internal override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = create();
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            dialect.Schema ??= await FindSchemaAsync(connection, cancellationToken).ConfigureAwait(false);
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

    internal override async Task<SessionLock?> LockAsync(SessionLockRequest request, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await PostgreSqlSessionLock
                .TakeAsync(connection, dialect.Own(OwnTables.Migrations), Title, request, cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal override Task<DbConnection> OpenCopyAsync(string file, CancellationToken cancellationToken) => throw NoBackup();

    internal override Task CopyAsync(string file, CancellationToken cancellationToken) => throw NoBackup();

    internal override Task VerifyAsync(DbConnection copy, CancellationToken cancellationToken) => throw NoBackup();

    internal override Task<string?> FindDamageAsync(string? backup, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    internal override Task<string> KeepDamagedAsync(string folder, string name, CancellationToken cancellationToken) => throw NoBackup();

    // The connection says neither user nor password.
    private static string TitleOf(DbConnection connection) =>
        $"{connection.Database} on {connection.DataSource.Replace("tcp://", "", StringComparison.Ordinal)}";

    // Where a script has set another search path for the database or the role, the history is where it was.
    private static async Task<string> FindSchemaAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(
                connection,
                null,
                "SELECT coalesce((SELECT n.nspname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
                    + "WHERE c.relname = @history AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' ORDER BY n.nspname = ANY "
                    + "(pg_catalog.current_schemas(false)) DESC, n.nspname LIMIT 1), pg_catalog.current_schema())::text",
                cancellationToken,
                ("@history", OwnTables.Migrations)
            )
            .ConfigureAwait(false) as string
        ?? throw DeploymentException.Refused(
            Codes.DatabaseUnavailable,
            $"Database '{TitleOf(connection)}' has no schema to make tables in: none of the connection's search_path is there. Nothing was "
                + $"begun. Create one, or name one with 'Search Path=…' in the connection string."
        );

    internal override DeploymentMessage? WhyNoBackup() =>
        new(
            Codes.BackupFailed,
            $"Database '{Title}' cannot be copied before it is migrated: this version takes no backups of PostgreSQL. Nothing was begun. Let "
                + $"something else take them, and say so with .WithoutBackup(\"why\") on AddDeployment()."
        );

    private DeploymentException NoBackup() => new(DeploymentOutcome.Refused, [WhyNoBackup()!]);
}
