using System.Data;
using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>Begins transactions so that it is noticed when something within one commits it.</summary>
internal static class MySqlTransactions
{
    private const string Point = "deployment_toolkit";

    // The driver goes on writing in that character set, whatever a script has said.
    private const string Reset =
        "SET NAMES utf8mb4, SESSION sql_mode = @@global.sql_mode, SESSION time_zone = @@global.time_zone, SESSION foreign_key_checks = 1, "
        + "SESSION unique_checks = 1, SESSION sql_safe_updates = 0, SESSION sql_select_limit = DEFAULT";

    // A snapshot of its beginning would not have what others write until a row is locked.
    internal static async Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        try
        {
            // It goes with whatever commits: so that is noticed.
            await Sql.ExecuteAsync(connection, transaction, $"SAVEPOINT {Point}", cancellationToken).ConfigureAwait(false);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes back what a script has set for the connection.</summary>
    /// <exception cref="DeploymentException">The transaction is over already.</exception>
    internal static async Task ResetAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            await Sql.ExecuteAsync(connection, transaction, $"RELEASE SAVEPOINT {Point}", cancellationToken).ConfigureAwait(false);
        }
        catch (DbException e) when (MySqlFault.NumberOf(e) is 1305)
        {
            throw DeploymentException.NeedsAttention(
                Codes.MigrationHalfApplied,
                "The transaction of the migration was ended in the middle: something that it called committed, or changed the schema, which "
                    + "commits too. What it did until then is in the database, and its row of the history is not. Take back by hand what "
                    + "is there of it; then put what changes the schema into a script, and run the command again.",
                e
            );
        }

        await Sql.ExecuteAsync(connection, transaction, Reset, cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<bool> EnforcesForeignKeysAsync(
        DbConnection connection,
        DbTransaction? transaction,
        CancellationToken cancellationToken
    ) =>
        Convert.ToInt64(
            await Sql.ScalarAsync(connection, transaction, "SELECT @@session.foreign_key_checks", cancellationToken).ConfigureAwait(false),
            CultureInfo.InvariantCulture
        ) != 0;
}
