using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Backup;

/// <summary>
/// An environment's backups. A backup is a file and beside it a description that is written last, so that one without a description is one
/// that was never finished and is not offered.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="folder">Where they lie.</param>
/// <param name="journal">The environment's journal as it is now: backups are put in order by its length, and those that runs took known by
/// it.</param>
/// <param name="time">The clock.</param>
internal sealed class BackupStore(
    TargetDatabase database,
    string folder,
    Func<CancellationToken, ValueTask<EnvironmentLedger>> journal,
    TimeProvider time
)
{
    /// <summary>A copy that nobody wrote to for that long is nobody's: copying writes all the time, verifying takes minutes.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private const string Up = "deploy up";

    private readonly BackupComparison _comparison = new(database);
    private readonly BackupDescriptions _descriptions = new(folder, database.BackupExtension);

    /// <summary>How a backup takes the live database's place.</summary>
    internal DatabaseSwap Swap => database.Swap;

    internal string FileOf(string name) => Path.Combine(folder, name + database.BackupExtension);

    /// <summary>The verified backups, newest first.</summary>
    internal IReadOnlyList<BackupInfo> List() =>
        BackupDescriptions.InOrder(_descriptions.Paths().Select(_descriptions.Read).OfType<BackupInfo>());

    /// <summary>Those that can be read, newest first, and those that can't: one damaged description must not hide the others.</summary>
    internal (IReadOnlyList<BackupInfo> Backups, IReadOnlyList<DeploymentMessage> Faults) ListReadable()
    {
        var backups = new List<BackupInfo>();
        var faults = new List<DeploymentMessage>();
        foreach (var description in _descriptions.Paths())
        {
            try
            {
                if (_descriptions.Read(description) is { } backup)
                    backups.Add(backup);
            }
            catch (DeploymentException e)
            {
                faults.AddRange(e.Messages);
            }
        }

        return (BackupDescriptions.InOrder(backups), faults);
    }

    internal BackupInfo? Find(string name) =>
        _descriptions.Paths().FirstOrDefault(description => description == FileOf(name) + ".json") is { } found
            ? _descriptions.Read(found)
            : null;

    /// <summary>Copies the live database, opens the copy to verify it, and only then gives it its name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="release">Whose database it is.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="told">Told what it is at, where that takes long.</param>
    /// <param name="goOn">The command that whoever takes it runs again when it failed.</param>
    internal async Task<BackupInfo> TakeAsync(
        string name,
        Release? release,
        CancellationToken cancellationToken,
        Action<string>? told = null,
        string goOn = Up
    )
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
            var held = await database.CopyAsync(temporary, cancellationToken).ConfigureAwait(false);
            Boundary.Reached("backup: copied");
            if (held is not null)
                told?.Invoke(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"copied, {new FileInfo(temporary).Length:N0} bytes; now the copy is restored beside the database, to verify it"
                    )
                );

            var (schema, contents) = await VerifyAsync(temporary, held, cancellationToken).ConfigureAwait(false);
            var info = new BackupInfo
            {
                Name = name,
                TakenAt = time.GetUtcNow(),
                Size = new FileInfo(temporary).Length,
                Sha256 = await DurableFile.HashAsync(temporary, flush: true, cancellationToken).ConfigureAwait(false),
                Release = release,
                JournalRecords = (await journal(cancellationToken).ConfigureAwait(false)).Count,
                Schema = schema,
                Contents = contents?.ToString(),
                Otherwise = contents is not null && held?.Contents.Since(contents) is { Length: > 0 } otherwise ? otherwise : null,
                DurationSeconds = time.GetElapsedTime(started).TotalSeconds,
            };
            DurableFile.Replace(temporary, file);
            Boundary.Reached("backup: named");
            await PrivateFile
                .WriteAsync(file + ".json", JsonSerializer.SerializeToUtf8Bytes(info, BackupJson.Default.BackupInfo), cancellationToken)
                .ConfigureAwait(false);
            Boundary.Reached("backup: described");
            return info with { File = file };
        }
        catch (Exception e) when (e is DbException || DiskFault.Is(e))
        {
            throw DeploymentException.Failed(
                Codes.BackupFailed,
                $"Backup '{name}' into '{folder}' failed: {Sentence.Of(e)} Nothing was {(goOn == Up ? "migrated" : "changed")}. "
                    + Mend(e, goOn),
                e
            );
        }
        finally
        {
            // Half a copy under a name that no later run uses would keep a full disk full.
            DurableFile.TryDelete(temporary);
        }
    }

    /// <summary>Puts a backup in the live database's place.</summary>
    /// <returns>What to tell of what was kept of the database as it was; <see langword="null"/> when nothing had to be.</returns>
    internal async Task<string?> RestoreAsync(BackupInfo backup, RestoreTerms terms, CancellationToken cancellationToken)
    {
        await EnsureReadableAsync(backup, cancellationToken).ConfigureAwait(false);
        var request = new SwapRequest(backup.Name, backup.File, backup.Sha256, terms)
        {
            SettleAsync = (connection, token) => SettleAsync(connection, backup, terms, token),
            EnsureSameAsync = (made, token) => EnsureSameAsync(backup, made, token),
            SettleDamagedAsync = token =>
                terms.AcceptsDataLoss
                    ? KeepDamagedAsync(terms.Before, token)
                    : throw NotAccepted(backup, "what the damaged database still holds", terms),
        };
        return await Swap.ReplaceAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Keeps the live database as a backup before something of it goes. Whoever calls holds its write lock: nobody commits until then.
    /// </summary>
    /// <param name="name">The backup's name; a number is added where an earlier attempt's holds something else.</param>
    /// <param name="release">Whose database it is.</param>
    /// <param name="suffices">Whether an earlier attempt's holds all that would go.</param>
    /// <param name="goOn">The command that goes on when it failed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What to tell of it.</returns>
    internal async Task<string> KeepLiveAsync(
        string name,
        Release? release,
        Func<BackupInfo, Task<bool>> suffices,
        string goOn,
        CancellationToken cancellationToken
    )
    {
        var free = name;
        for (var number = 2; Find(free) is { } kept; number++)
        {
            if (await suffices(kept).ConfigureAwait(false))
                return Told(free);
            free = $"{name}-{number}";
        }

        await TakeAsync(free, release, cancellationToken, goOn: goOn).ConfigureAwait(false);
        return Told(free);

        static string Told(string backup) => $"kept the database as it was as backup {backup}";
    }

    /// <summary>Opens a backup, so that it can be read like the database.</summary>
    internal Task<OpenedCopy> OpenAsync(BackupInfo backup, CancellationToken cancellationToken) =>
        database.OpenCopyAsync(backup.File, cancellationToken);

    /// <summary>Keeps a database that is damaged or gone, byte for byte.</summary>
    /// <returns>What to tell of it.</returns>
    internal async Task<string> KeepDamagedAsync(string name, CancellationToken cancellationToken) =>
        database.Exists
            ? $"kept the damaged database as it was in "
                + $"{await database.KeepDamagedAsync(folder, name, cancellationToken).ConfigureAwait(false)}"
            : "there was no database to keep";

    /// <summary>
    /// What is wrong with the live database, in the database's words; <see langword="null"/> when it is whole, or isn't there.
    /// </summary>
    internal Task<string?> FindDamageAsync(CancellationToken cancellationToken) => database.FindDamageAsync(null, cancellationToken);

    /// <summary>Whether the live database holds exactly what the backup holds.</summary>
    internal async Task<bool> IsRestoredAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        try
        {
            return database.Exists && await HoldsAsync(backup, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (database.Dialect.IsDamage(e))
        {
            return false;
        }
    }

    private async Task<bool> HoldsAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        await using var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await _comparison.HoldsAsync(backup, live, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// What was written since a backup other than by migrations: tables, with at least how many rows, and what else changed.
    /// </summary>
    /// <returns>That, or <see langword="null"/> when it was not noted and cannot be told.</returns>
    internal async Task<IReadOnlyList<(string Table, long Rows)>?> WrittenSinceAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        await using var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await _comparison.WrittenSinceAsync(backup, live, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string?> SettleAsync(
        DbConnection connection,
        BackupInfo backup,
        RestoreTerms terms,
        CancellationToken cancellationToken
    )
    {
        if (await _comparison.HoldsAsync(backup, connection, cancellationToken).ConfigureAwait(false))
            return null;
        if (terms.AcceptsDataLoss)
            return await KeepLiveAsync(
                    terms.Before,
                    terms.Release,
                    kept => _comparison.HoldsAsync(kept, connection, cancellationToken),
                    terms.GoOn,
                    cancellationToken
                )
                .ConfigureAwait(false);
        if (!terms.TakesMigrationsBack)
            throw NotAccepted(backup, "what the database holds by now and it doesn't", terms);

        var written = await _comparison.WrittenSinceAsync(backup, connection, cancellationToken).ConfigureAwait(false);
        return written is { Count: 0 }
            ? null
            : throw NotAccepted(
                backup,
                written is null ? "what may have been written since" : DataLoss.Describe(written) + " that were written since",
                terms
            );
    }

    private async Task EnsureSameAsync(BackupInfo backup, DbConnection made, CancellationToken cancellationToken)
    {
        if (!await _comparison.HoldsAsync(backup, made, cancellationToken).ConfigureAwait(false))
            throw new IOException("what was made of it differs from what it held when it was taken.");
    }

    private static DeploymentException NotAccepted(BackupInfo backup, string what, RestoreTerms terms) =>
        DeploymentException.NeedsAttention(
            Codes.DataLossNotAccepted,
            $"Restoring backup '{backup.Name}' would lose {what}. Nothing was restored. Save that first, then run '{terms.Accept}'."
        );

    private string Mend(Exception exception, string goOn) =>
        database.Dialect.IsDamage(exception)
            ? "'deploy backup list' names the backups, 'deploy backup restore NAME --accept-data-loss' puts one in its place."
            : $"{database.MendOfCopy(exception) ?? "Make room there, or correct Deployment:Directory,"} and run '{goOn}' again.";

    private async Task EnsureUsableAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        // Whoever puts another file there writes its description too; what the run recorded they can't write without the journal's key.
        if (
            (await journal(cancellationToken).ConfigureAwait(false)).HashOfBackup(backup.Name) is { } recorded
            && !recorded.Equals(backup.Sha256, StringComparison.OrdinalIgnoreCase)
        )
        {
            throw DeploymentException.Refused(
                Codes.BackupUnusable,
                $"Backup '{backup.Name}' is not the one that run {backup.Name} took: the journal knows it by another SHA-256 than its "
                    + $"description in '{backup.File}.json' has. Nothing was restored. "
                    + "Put both files back as they were, or choose another from 'deploy backup list'."
            );
        }

        if (
            File.Exists(backup.File)
            && await DurableFile.HashAsync(backup.File, flush: false, cancellationToken).ConfigureAwait(false) == backup.Sha256
        )
            return;

        throw DeploymentException.Refused(
            Codes.BackupUnusable,
            $"Backup '{backup.Name}' is not what was verified when it was taken: '{backup.File}' is missing or has changed. Nothing was "
                + $"restored. Choose another from 'deploy backup list'."
        );
    }

    /// <summary>
    /// Also when its bytes are what they were, the app may read them in another way than when it was taken: with another password.
    /// </summary>
    internal async Task EnsureReadableAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        await EnsureUsableAsync(backup, cancellationToken).ConfigureAwait(false);
        if (await database.FindDamageAsync(backup.File, cancellationToken).ConfigureAwait(false) is { } damage)
        {
            throw DeploymentException.Refused(
                Codes.BackupUnusable,
                $"Backup '{backup.Name}' cannot be read: {damage} Nothing was restored. If it is encrypted, correct the connection "
                    + $"string's password; otherwise choose another from 'deploy backup list'."
            );
        }
    }

    private async Task<(IReadOnlyList<string> Schema, TableContents? Contents)> VerifyAsync(
        string file,
        CopiedContents? held,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await database.OpenCopyAsync(file, cancellationToken).ConfigureAwait(false);
        var contents = await database.VerifyAsync(copy.Connection, held, cancellationToken).ConfigureAwait(false);
        var history = await MigrationHistory.ReadAsync(database.Dialect, copy.Connection, null, cancellationToken).ConfigureAwait(false);
        return ([.. history.Select(static row => row.Version)], contents);
    }

    private void SweepAbandoned()
    {
        foreach (var half in LeftOvers().Where(static file => file.Name.EndsWith(".tmp", StringComparison.Ordinal)))
            DurableFile.TryDelete(half.FullName);
    }

    /// <summary>
    /// What killed processes left: half copies, and copies that were never described or are no longer. A fresh one may be a backup that is
    /// being taken, which needs no lock.
    /// </summary>
    internal IReadOnlyList<FileInfo> LeftOvers()
    {
        if (!Directory.Exists(folder))
            return [];

        var latest = time.GetUtcNow().UtcDateTime - Abandoned;
        var entries = new DirectoryInfo(folder).EnumerateFileSystemInfos().ToList();
        // By name: a description that can't be followed or read describes all the same.
        var names = entries.Select(static entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        bool IsHalf(string name) =>
            name.EndsWith(".tmp", StringComparison.Ordinal)
            || (name.EndsWith(database.BackupExtension, StringComparison.Ordinal) && !names.Contains(name + ".json"));
        return
        [
            .. entries
                .OfType<FileInfo>()
                .Where(file => file.LinkTarget is null && IsHalf(file.Name) && file.LastWriteTimeUtc < latest)
                .OrderBy(static file => file.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Removes a backup: the description first, so that at no moment one is offered whose file is gone.</summary>
    internal void Remove(BackupInfo backup)
    {
        File.Delete(backup.File + ".json");
        DurableFile.FlushDirectory(folder);
        Boundary.Reached("prune: no longer offered");
        File.Delete(backup.File);
        DurableFile.FlushDirectory(folder);
        Boundary.Reached("prune: removed");
    }

    /// <summary>Whether either of its two files is a link: what that leads to may be somebody else's.</summary>
    internal static bool IsLinked(BackupInfo backup) =>
        new FileInfo(backup.File).LinkTarget is not null || new FileInfo(backup.File + ".json").LinkTarget is not null;

    /// <summary>Refuses a folder into which others could have put something.</summary>
    internal void CheckFolder() => PrivateFolder.Check(folder);
}
