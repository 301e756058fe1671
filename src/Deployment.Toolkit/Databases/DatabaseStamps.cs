using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;

namespace Deployment.Toolkit.Databases;

/// <summary>
/// The table <c>deployment_stamp</c>, with one row. It stays when the last migration is undone: a database without migrations is
/// somebody's too.
/// </summary>
internal static class DatabaseStamps
{
    private const string Table = OwnTables.Stamp;
    private const int IdBytes = 16;

    // The only row.
    private const string Key = "environment";

    /// <summary>The database's stamp; <see langword="null"/> when it bears none, or isn't there.</summary>
    internal static async Task<DatabaseStamp?> ReadAsync(TargetDatabase database, CancellationToken cancellationToken)
    {
        if (!database.Exists)
            return null;

        await using var connection = await database.OpenToLookAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<DatabaseStamp?> ReadAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    )
    {
        if (!await OwnTables.HasAsync(dialect, connection, transaction, Table, cancellationToken).ConfigureAwait(false))
            return null;

        await using var command = Sql.LongCommand(
            dialect,
            connection,
            transaction,
            $"SELECT environment_id, environment, stamp, stamped_at, database_identity, instance FROM {dialect.Own(Table)} WHERE name = @name",
            ("@name", Key)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new DatabaseStamp(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3))
            {
                Identity = reader.IsDBNull(4) ? null : new DatabaseIdentity(reader.GetString(4), reader.GetString(5)),
            }
            : null;
    }

    /// <summary>
    /// Stamps a database that bears none, and takes down anew where the environment's own is by now. Another's stamp stays.
    /// </summary>
    /// <returns>The stamp that it bears; <see langword="null"/> when it isn't there.</returns>
    internal static async Task<DatabaseStamp?> EnsureAsync(
        TargetDatabase database,
        string environmentId,
        string environment,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (!database.Exists)
            return null;

        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var dialect = database.Dialect;
        var identity = await dialect.IdentifyAsync(connection, cancellationToken).ConfigureAwait(false);
        var found = await ReadAsync(dialect, connection, null, cancellationToken).ConfigureAwait(false);
        if (found is null)
        {
            var stamp = New(environmentId, environment, identity, at);
            await WriteAsync(dialect, connection, stamp, cancellationToken).ConfigureAwait(false);
            return stamp;
        }

        if (found.EnvironmentId != environmentId || (found.Environment == environment && (identity is null || found.Identity == identity)))
            return found;

        var moved = found with { Environment = environment, Identity = identity ?? found.Identity };
        await UpdateAsync(dialect, connection, moved, cancellationToken).ConfigureAwait(false);
        return moved;
    }

    /// <summary>Puts a new stamp in the place of whichever there is, on somebody's word.</summary>
    internal static async Task<DatabaseStamp?> ReplaceAsync(
        TargetDatabase database,
        string environmentId,
        string environment,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (!database.Exists)
            return null;

        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var dialect = database.Dialect;
        var stamp = New(environmentId, environment, await dialect.IdentifyAsync(connection, cancellationToken).ConfigureAwait(false), at);
        if (await ReadAsync(dialect, connection, null, cancellationToken).ConfigureAwait(false) is null)
            await WriteAsync(dialect, connection, stamp, cancellationToken).ConfigureAwait(false);
        else
            await UpdateAsync(dialect, connection, stamp, cancellationToken).ConfigureAwait(false);
        return stamp;
    }

    private static DatabaseStamp New(string environmentId, string environment, DatabaseIdentity? identity, DateTimeOffset at) =>
        new(
            environmentId,
            environment,
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)),
            at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)
        )
        {
            Identity = identity,
        };

    // Two that stamp at once: the row's key lets one of them.
    private static async Task WriteAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DatabaseStamp stamp,
        CancellationToken cancellationToken
    )
    {
        var text = dialect.Types.Text;
        await Sql.ExecuteAsync(
                connection,
                null,
                $"CREATE TABLE IF NOT EXISTS {dialect.Own(Table)} (name {dialect.Types.Key} NOT NULL PRIMARY KEY, environment_id {text} NOT NULL, "
                    + $"environment {text} NOT NULL, stamp {text} NOT NULL, stamped_at {text} NOT NULL, database_identity {text}, instance {text})"
                    + dialect.OwnTableOptions,
                cancellationToken
            )
            .ConfigureAwait(false);
        await Sql.ExecuteAsync(
                connection,
                null,
                $"INSERT INTO {dialect.Own(Table)} (name, environment_id, environment, stamp, stamped_at, database_identity, instance) "
                    + "VALUES (@name, @id, @environment, @stamp, @at, @identity, @instance)",
                cancellationToken,
                Parameters(stamp)
            )
            .ConfigureAwait(false);
    }

    private static Task UpdateAsync(
        DatabaseDialect dialect,
        DbConnection connection,
        DatabaseStamp stamp,
        CancellationToken cancellationToken
    ) =>
        Sql.ExecuteAsync(
            connection,
            null,
            $"UPDATE {dialect.Own(Table)} SET environment_id = @id, environment = @environment, stamp = @stamp, stamped_at = @at, "
                + "database_identity = @identity, instance = @instance WHERE name = @name",
            cancellationToken,
            Parameters(stamp)
        );

    private static (string, object?)[] Parameters(DatabaseStamp stamp) =>
        [
            ("@name", Key),
            ("@id", stamp.EnvironmentId),
            ("@environment", stamp.Environment),
            ("@stamp", stamp.Id),
            ("@at", stamp.At),
            ("@identity", stamp.Identity?.Database),
            ("@instance", stamp.Identity?.Instance),
        ];
}
