using System.Data.Common;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>SQLite's write-ahead mode, which a file keeps in its header and which has to be left before the file is replaced.</summary>
internal static class WriteAheadMode
{
    /// <summary>What messages say of such a database, as a clause.</summary>
    internal const string Words = "is in write-ahead mode";

    // Who has it open keeps it open: to wait the driver's own half a minute would only be a silence.
    private const int SecondsToWait = 2;

    internal static async Task<bool> IsOnAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(connection, null, "PRAGMA journal_mode", cancellationToken).ConfigureAwait(false) is "wal";

    /// <summary>
    /// Leaves it, or throws what the driver says when somebody has the database open. A log left beside the file would be replayed into the
    /// backup that takes its place, and a connection that keeps it open would go on writing to it, into nowhere. SQLite leaves the mode
    /// only when no other connection is open.
    /// </summary>
    internal static async Task LeaveAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        foreach (var statement in (string[])["PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA journal_mode = DELETE"])
        {
            await using var command = Sql.Command(connection, null, statement);
            command.CommandTimeout = SecondsToWait;
            await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    internal static async Task EnterAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(connection, null, "PRAGMA journal_mode = WAL", cancellationToken).ConfigureAwait(false);
}
