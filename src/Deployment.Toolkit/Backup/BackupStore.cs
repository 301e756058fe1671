using System.Data.Common;
using System.Text.Json;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Backup;

/// <summary>
/// An environment's backups. A backup is a file and beside it a description that is written last, so that one without a description is one
/// that was never finished and is not offered.
/// </summary>
internal sealed class BackupStore(SqliteDatabase database, string folder, TimeProvider time)
{
    private const string Extension = ".db";

    /// <summary>A copy that nobody wrote to for that long is nobody's: copying writes all the time, verifying takes minutes.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    internal string FileOf(string name) => Path.Combine(folder, name + Extension);

    /// <summary>The verified backups, newest first.</summary>
    internal IReadOnlyList<BackupInfo> List()
    {
        if (!Directory.Exists(folder)) return [];

        var backups = new List<BackupInfo>();
        foreach (var description in Directory.EnumerateFiles(folder, "*" + Extension + ".json"))
        {
            var file = description[..^".json".Length];
            if (!File.Exists(file)) continue;

            backups.Add(Read(description) with { File = file });
        }

        return [.. backups.OrderByDescending(static backup => backup.TakenAt).ThenByDescending(static backup => backup.Name, StringComparer.Ordinal)];
    }

    internal BackupInfo? Find(string name) => List().FirstOrDefault(backup => string.Equals(backup.Name, name, StringComparison.Ordinal));

    /// <summary>Copies the live database, opens the copy to verify it, and only then gives it its name.</summary>
    internal async Task<BackupInfo> TakeAsync(string name, Release? release, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var file = FileOf(name);
        var temporary = file + ".tmp";
        try
        {
            PrivateFolder.Ensure(folder);
            File.Delete(file + ".json");
            SweepAbandoned();
            PrivateFile.CreateAnew(temporary);
            await using (var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false))
                await SqliteDatabase.ExecuteAsync(live, null, "VACUUM INTO @file", cancellationToken, ("@file", temporary)).ConfigureAwait(false);
            Boundary.Reached("backup: copied");

            var schema = await VerifyAsync(temporary, cancellationToken).ConfigureAwait(false);
            var info = new BackupInfo
            {
                Name = name,
                TakenAt = time.GetUtcNow(),
                Size = new FileInfo(temporary).Length,
                Sha256 = await DurableFile.HashAsync(temporary, flush: true, cancellationToken).ConfigureAwait(false),
                Release = release,
                Schema = schema,
                DurationSeconds = time.GetElapsedTime(started).TotalSeconds,
            };
            DurableFile.Replace(temporary, file);
            Boundary.Reached("backup: named");
            await PrivateFile.WriteAsync(file + ".json", JsonSerializer.SerializeToUtf8Bytes(info, BackupJson.Default.BackupInfo), cancellationToken).ConfigureAwait(false);
            Boundary.Reached("backup: described");
            return info with { File = file };
        }
        catch (Exception e) when (e is DbException || DiskFault.Is(e))
        {
            throw DeploymentException.Failed(
                Codes.BackupFailed, $"Backup '{name}' into '{folder}' failed: {Sentence.Of(e)} Nothing was migrated. "
                + DamagedDatabase.Mend(e, "Make room there, or correct Deployment:Directory, and run 'deploy up' again."), e);
        }
        finally
        {
            // Half a copy under a name that no later run uses would keep a full disk full.
            DurableFile.TryDelete(temporary);
        }
    }

    /// <summary>
    /// Puts a backup in the live database's place: copied beside it, verified, and swapped in by one rename. Connections that still have the
    /// old file open cannot write to it any more (SQLite refuses a database that was moved).
    /// </summary>
    /// <param name="backup">The backup.</param>
    /// <param name="ensureHeld">Throws when somebody else holds the environment by now, who may have migrated what this would replace.</param>
    /// <param name="cancellationToken">Cancels until the swap.</param>
    internal async Task RestoreAsync(BackupInfo backup, Action ensureHeld, CancellationToken cancellationToken)
    {
        var live = database.FilePath;
        var temporary = live + ".restoring";
        await EnsureReadableAsync(backup, cancellationToken).ConfigureAwait(false);
        try
        {
            File.Copy(backup.File, temporary, overwrite: true);
            DurableFile.CopyAccess(live, temporary);
            if (await DurableFile.HashAsync(temporary, flush: true, cancellationToken).ConfigureAwait(false) != backup.Sha256)
                throw new IOException($"the copy '{temporary}' differs from the backup.");
            Boundary.Reached("restore: copied");

            if (database.Exists && await FindDamageAsync(cancellationToken).ConfigureAwait(false) is null)
            {
                await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
                await EmptyWriteAheadLogAsync(connection, cancellationToken).ConfigureAwait(false);
                await SqliteDatabase.ExecuteAsync(connection, null, "BEGIN EXCLUSIVE", cancellationToken).ConfigureAwait(false);
                ensureHeld();
                DurableFile.Replace(temporary, live);
            }
            else
            {
                ensureHeld();
                DamagedDatabase.Replace(database, temporary);
            }

            Boundary.Reached("restore: swapped");
        }
        catch (DbException e)
        {
            throw DeploymentException.NeedsAttention(
                Codes.RestoreBlocked, $"Database '{live}' could not be replaced by backup '{backup.Name}': {Sentence.Of(e)} Stop what uses the database, then run 'deploy resume'.", e);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            DurableFile.TryDelete(temporary);
            throw DeploymentException.NeedsAttention(
                Codes.RestoreBlocked, $"Database '{live}' could not be replaced by backup '{backup.Name}': {Sentence.Of(e)} Make room or mend the permissions, then run 'deploy resume'.", e);
        }
    }

    /// <summary>Keeps the live database before another takes its place: as a backup, or byte for byte when it is damaged.</summary>
    /// <returns>What to tell of it.</returns>
    internal async Task<string> KeepLiveAsync(string name, Release? release, CancellationToken cancellationToken)
    {
        if (!database.Exists) return "there was no database to keep";

        if (await FindDamageAsync(cancellationToken).ConfigureAwait(false) is not null)
            return $"kept the damaged database as it was in {await DamagedDatabase.KeepAsync(database, folder, name, cancellationToken).ConfigureAwait(false)}";

        // An earlier attempt's holds what was there by then; what was written since is kept too.
        var free = name;
        for (var number = 2; Find(free) is { } kept; number++)
        {
            if (await IsRestoredAsync(kept, cancellationToken).ConfigureAwait(false)) return Told(free);
            free = $"{name}-{number}";
        }

        await TakeAsync(free, release, cancellationToken).ConfigureAwait(false);
        return Told(free);

        static string Told(string backup) => $"kept the database as it was as backup {backup}";
    }

    /// <summary>What is wrong with the live database, in SQLite's words; <see langword="null"/> when it is whole, or isn't there.</summary>
    internal Task<string?> FindDamageAsync(CancellationToken cancellationToken) => DamagedDatabase.FindAsync(database, database.FilePath, cancellationToken);

    /// <summary>Whether the live database holds exactly what the backup holds.</summary>
    internal async Task<bool> IsRestoredAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        try
        {
            return database.Exists && await HoldsAsync(backup, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (DamagedDatabase.IsTold(e))
        {
            return false;
        }
    }

    private async Task<bool> HoldsAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        await using var copy = await database.OpenFileAsync(backup.File, cancellationToken).ConfigureAwait(false);
        await using var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var schemas = (Was: await MigrationHistory.ReadAsync(copy, null, cancellationToken).ConfigureAwait(false), Is: await MigrationHistory.ReadAsync(live, null, cancellationToken).ConfigureAwait(false));
        if (!schemas.Was.Select(static row => row.Version).SequenceEqual(schemas.Is.Select(static row => row.Version), StringComparer.Ordinal)) return false;

        var was = await TableContents.TakeAsync(copy, null, cancellationToken).ConfigureAwait(false);
        return (await TableContents.TakeAsync(live, null, cancellationToken).ConfigureAwait(false)).Compare(was).Count == 0;
    }

    /// <summary>The tables that were written since a backup other than by migrations, with at least how many rows.</summary>
    /// <returns>The tables, or <see langword="null"/> when that was not noted and cannot be told.</returns>
    internal async Task<IReadOnlyList<(string Table, long Rows)>?> WrittenSinceAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        await using var copy = await database.OpenFileAsync(backup.File, cancellationToken).ConfigureAwait(false);
        await using var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var written = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var seen = await TableContents.TakeAsync(copy, null, cancellationToken).ConfigureAwait(false);
        // The app writes between any two migrations, and between the backup and the first: only what a migration did itself is left out.
        foreach (var row in (await MigrationHistory.ReadAsync(live, null, cancellationToken).ConfigureAwait(false)).Where(row => !backup.Schema.Contains(row.Version, StringComparer.Ordinal)))
        {
            if (row.Contents is not { } noted) return null;
            Add(TableContents.Parse(noted.Before).Compare(seen));
            seen = TableContents.Parse(noted.After);
        }

        Add((await TableContents.TakeAsync(live, null, cancellationToken).ConfigureAwait(false)).Compare(seen));
        return [.. written.Select(static pair => (pair.Key, pair.Value))];

        void Add(IReadOnlyList<(string Table, long Rows)> more)
        {
            foreach (var (table, rows) in more) written[table] = written.GetValueOrDefault(table) + rows;
        }
    }

    internal static async Task EnsureUsableAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        if (File.Exists(backup.File) && await DurableFile.HashAsync(backup.File, flush: false, cancellationToken).ConfigureAwait(false) == backup.Sha256) return;

        throw DeploymentException.Refused(
            Codes.BackupUnusable, $"Backup '{backup.Name}' is not what was verified when it was taken: '{backup.File}' is missing or has changed. Nothing was restored. Choose another from 'deploy backup list'.");
    }

    /// <summary>Also when its bytes are what they were, the app may read them in another way than when it was taken: with another password.</summary>
    internal async Task EnsureReadableAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        await EnsureUsableAsync(backup, cancellationToken).ConfigureAwait(false);
        if (await DamagedDatabase.FindAsync(database, backup.File, cancellationToken).ConfigureAwait(false) is { } damage)
        {
            throw DeploymentException.Refused(
                Codes.BackupUnusable,
                $"Backup '{backup.Name}' cannot be read: {damage} Nothing was restored. If it is encrypted, correct the connection string's password; otherwise choose another from 'deploy backup list'.");
        }
    }

    private async Task<IReadOnlyList<string>> VerifyAsync(string file, CancellationToken cancellationToken)
    {
        await using var copy = await database.OpenFileAsync(file, cancellationToken).ConfigureAwait(false);
        var answer = await SqliteDatabase.ScalarAsync(copy, null, "PRAGMA integrity_check", cancellationToken).ConfigureAwait(false) as string;
        if (answer != "ok") throw new IOException($"the copy does not verify: {answer}.");
        return [.. (await MigrationHistory.ReadAsync(copy, null, cancellationToken).ConfigureAwait(false)).Select(static row => row.Version)];
    }

    // What killed processes left: a fresh one may be another backup that is being taken, which needs no lock.
    private void SweepAbandoned()
    {
        var latest = time.GetUtcNow().UtcDateTime - Abandoned;
        foreach (var half in Directory.EnumerateFiles(folder, "*.tmp").Where(half => File.GetLastWriteTimeUtc(half) < latest)) DurableFile.TryDelete(half);
    }

    // A write-ahead log left beside the file would be replayed into the backup that takes its place.
    private static async Task EmptyWriteAheadLogAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (await SqliteDatabase.ScalarAsync(connection, null, "PRAGMA journal_mode", cancellationToken).ConfigureAwait(false) is not "wal") return;

        await SqliteDatabase.ExecuteAsync(connection, null, "PRAGMA wal_checkpoint(TRUNCATE)", cancellationToken).ConfigureAwait(false);
        await SqliteDatabase.ScalarAsync(connection, null, "PRAGMA journal_mode = DELETE", cancellationToken).ConfigureAwait(false);
    }

    private static BackupInfo Read(string description)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(description), BackupJson.Default.BackupInfo)!;
        }
        catch (JsonException e)
        {
            throw DeploymentException.Refused(
                Codes.BackupUnusable, $"Description '{description}' of a backup cannot be read: {Sentence.Of(e)} Put it back, or move it and its backup out of the folder.", e);
        }
    }
}
