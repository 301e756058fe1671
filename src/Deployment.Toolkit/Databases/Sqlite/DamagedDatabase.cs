using System.Data.Common;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>A database file that SQLite can't read any more: it can neither be copied nor locked through a connection.</summary>
internal static class DamagedDatabase
{
    // What SQLite keeps beside a database and would replay into whatever stands in its place.
    private static readonly string[] Logs = ["-wal", "-journal", "-shm"];

    private static readonly string[] Words = ["database disk image is malformed", "malformed database schema", "file is not a database"];

    /// <summary>What is wrong with a file, in SQLite's words; <see langword="null"/> when it is whole, or isn't there.</summary>
    internal static async Task<string?> FindAsync(SqliteDatabase database, string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            return null;

        try
        {
            await using var connection = await database.OpenFileAsync(file, cancellationToken).ConfigureAwait(false);
            var answer =
                await Sql.ScalarAsync(connection, null, "PRAGMA quick_check(1)", cancellationToken).ConfigureAwait(false) as string;
            // The first line may only say which database.
            return answer is null or "ok" ? null : answer.Split('\n')[^1].TrimEnd('.') + ".";
        }
        catch (DbException e) when (SqliteDialect.IsUnread(e))
        {
            // Only the app can order that table's key.
            return null;
        }
        catch (Exception e) when (IsTold(e))
        {
            return Sentence.Of(e as DbException ?? e.InnerException!);
        }
    }

    /// <summary>Whether SQLite says that the file is damaged, not that it is locked or can't be reached.</summary>
    /// <remarks>By the words of <c>sqlite3_errstr</c> for SQLITE_CORRUPT and SQLITE_NOTADB, which every driver hands on; the numbers stand
    /// elsewhere in each.</remarks>
    internal static bool IsTold(Exception exception) =>
        (exception as DbException ?? exception.InnerException as DbException) is { } told
        && Array.Exists(Words, words => told.Message.Contains(words, StringComparison.Ordinal));

    /// <summary>What to do about a database's error.</summary>
    /// <param name="option">What chooses the database on a command line.</param>
    internal static string Mend(string option) =>
        $"'deploy backup list' names the backups, 'deploy backup restore NAME{option} --accept-data-loss' puts one in its place.";

    /// <summary>Keeps the file and its logs byte for byte, under names that <c>sqlite3 FILE .recover</c> takes together.</summary>
    /// <returns>The file.</returns>
    internal static async Task<string> KeepAsync(SqliteDatabase database, string folder, string name, CancellationToken cancellationToken)
    {
        PrivateFolder.Ensure(folder);
        var live = database.RealPath;
        var hash = await DurableFile.HashAsync(live, flush: false, cancellationToken).ConfigureAwait(false);
        var kept = Path.Combine(folder, name + ".damaged");
        for (var number = 2; File.Exists(kept); number++)
        {
            // By an attempt that was interrupted after it.
            if (await DurableFile.HashAsync(kept, flush: false, cancellationToken).ConfigureAwait(false) == hash)
                return kept;
            kept = Path.Combine(folder, $"{name}-{number}.damaged");
        }

        // The database last: where it is, everything is.
        foreach (var part in (IEnumerable<string>)[.. Logs, ""])
        {
            if (!File.Exists(live + part))
                continue;

            var temporary = $"{kept}{part}.tmp";
            PrivateFile.CreateAnew(temporary);
            await using (var from = new FileStream(live + part, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
            await using (var to = PrivateFile.OpenOrCreate(temporary))
                await from.CopyToAsync(to, cancellationToken).ConfigureAwait(false);
            await DurableFile.HashAsync(temporary, flush: true, cancellationToken).ConfigureAwait(false);
            DurableFile.Replace(temporary, kept + part);
        }

        return kept;
    }

    /// <summary>Puts a file in the place of one that is damaged or gone.</summary>
    internal static void Replace(SqliteDatabase database, string file)
    {
        foreach (var log in Logs)
            File.Delete(database.RealPath + log);
        DurableFile.Replace(file, database.RealPath);
    }
}
