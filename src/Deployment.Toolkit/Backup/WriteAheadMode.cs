using System.Data.Common;
using Deployment.Toolkit.Databases.Sqlite;

namespace Deployment.Toolkit.Backup;

/// <summary>SQLite's write-ahead mode, which a file keeps in its header and which has to be left before the file is replaced.</summary>
internal static class WriteAheadMode
{
    internal static async Task<bool> IsOnAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await SqliteDatabase.ScalarAsync(connection, null, "PRAGMA journal_mode", cancellationToken).ConfigureAwait(false) is "wal";

    /// <summary>
    /// A log left beside the file would be replayed into the backup that takes its place, and a connection that keeps it open would go on
    /// writing to it, into nowhere. SQLite leaves the mode only when no other connection is open.
    /// </summary>
    internal static async Task LeaveAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await SqliteDatabase.ExecuteAsync(connection, null, "PRAGMA wal_checkpoint(TRUNCATE)", cancellationToken).ConfigureAwait(false);
        await SqliteDatabase.ScalarAsync(connection, null, "PRAGMA journal_mode = DELETE", cancellationToken).ConfigureAwait(false);
    }

    internal static async Task EnterAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await SqliteDatabase.ScalarAsync(connection, null, "PRAGMA journal_mode = WAL", cancellationToken).ConfigureAwait(false);
}
