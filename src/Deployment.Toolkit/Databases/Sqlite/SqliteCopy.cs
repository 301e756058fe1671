using System.Data.Common;
using System.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>Copies a database while others work with it.</summary>
internal static class SqliteCopy
{
    private const string Log = "-wal";

    /// <summary>Fills a file that is there and empty.</summary>
    internal static Task TakeAsync(SqliteDatabase database, BackupFile file, CancellationToken cancellationToken) =>
        file.IsPlain
            ? TakeAsync(database, file.Path, cancellationToken)
            : UnpackedCopy.PackAsync(file, plain => TakeAsync(database, plain, cancellationToken), cancellationToken);

    private static async Task TakeAsync(SqliteDatabase database, string file, CancellationToken cancellationToken)
    {
        await using var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Sql.ExecuteAsync(live, null, "VACUUM INTO @file", cancellationToken, ("@file", file)).ConfigureAwait(false);
        }
        catch (DbException e) when (SqliteDialect.IsUnread(e))
        {
            await CopyBytesAsync(database, live, file, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fails unless SQLite finds the copy whole, as far as it can look without a collation that only the app registers.</summary>
    internal static async Task VerifyAsync(DbConnection copy, CancellationToken cancellationToken)
    {
        foreach (var check in (string[])["PRAGMA integrity_check", "PRAGMA quick_check"])
        {
            try
            {
                var answer = await Sql.ScalarAsync(copy, null, check, cancellationToken).ConfigureAwait(false) as string;
                if (answer != "ok")
                    throw new IOException($"the copy does not verify: {answer}.");
                return;
            }
            catch (DbException e) when (SqliteDialect.IsUnread(e))
            {
                // The next one looks at less.
            }
        }
    }

    // VACUUM builds every index anew, for which it needs the app's own collations; a copy of the bytes doesn't. While a transaction reads,
    // nobody changes the file's pages or begins its log anew.
    private static async Task CopyBytesAsync(SqliteDatabase database, DbConnection live, string file, CancellationToken cancellationToken)
    {
        await Sql.ExecuteAsync(live, null, "BEGIN", cancellationToken).ConfigureAwait(false);
        await Sql.ScalarAsync(live, null, "SELECT count(*) FROM sqlite_master", cancellationToken).ConfigureAwait(false);
        await CopyAsync(database.RealPath, file, cancellationToken).ConfigureAwait(false);
        if (File.Exists(database.RealPath + Log))
        {
            PrivateFile.CreateAnew(file + Log);
            await CopyAsync(database.RealPath + Log, file + Log, cancellationToken).ConfigureAwait(false);
        }

        await Sql.ExecuteAsync(live, null, "ROLLBACK", cancellationToken).ConfigureAwait(false);

        // What is in the log goes into the file, which is then a whole backup by itself.
        await using var copy = await database.OpenFileAsync(file, cancellationToken).ConfigureAwait(false);
        if (await WriteAheadMode.IsOnAsync(copy, cancellationToken).ConfigureAwait(false))
            await WriteAheadMode.LeaveAsync(copy, cancellationToken).ConfigureAwait(false);
    }

    // In another process: on Unix a process that closes a file loses all its locks on it, also those of SQLite's other connections.
    private static async Task CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            File.Copy(from, to, overwrite: true);
            return;
        }

        using var copying = Process.Start(
            new ProcessStartInfo("cp", ["--", from, to]) { RedirectStandardError = true, UseShellExecute = false }
        )!;
        var error = await copying.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        await copying.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        if (copying.ExitCode != 0)
            throw new IOException($"'{from}' could not be copied to '{to}': {error.Trim()}");
    }
}
