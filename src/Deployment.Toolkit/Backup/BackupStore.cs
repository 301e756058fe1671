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
/// <param name="packings">What packs them.</param>
/// <param name="folder">Where they lie.</param>
/// <param name="journal">The environment's journal as it is now: backups are put in order by its length, and those that runs took known by
/// it.</param>
/// <param name="time">The clock.</param>
internal sealed class BackupStore(
    TargetDatabase database,
    BackupPackings packings,
    string folder,
    Func<CancellationToken, ValueTask<EnvironmentLedger>> journal,
    TimeProvider time
)
{
    private const string Up = "deploy up";

    private readonly BackupComparison _comparison = new(database, packings);
    private readonly BackupDescriptions _descriptions = new(folder, database.BackupExtension);
    private readonly BackupCheck _check = new(database, packings, journal);

    /// <summary>The tenant whose database it is; <see langword="null"/> for one of the app's own.</summary>
    internal string? Tenant
    {
        get => _check.Tenant;
        init => _check.Tenant = value;
    }

    /// <summary>How a backup takes the live database's place.</summary>
    internal DatabaseSwap Swap => database.Swap;

    internal DatabaseKey Key => database.Key;

    /// <summary>Their files.</summary>
    internal BackupFolder Folder { get; } = new(folder, database.BackupExtension, time);

    /// <summary>The file of a backup that is taken now.</summary>
    internal string FileOf(string name) => Folder.FileOf(name, packings.Ending);

    /// <summary>Refuses what cannot be restored as it is.</summary>
    internal Task EnsureReadableAsync(BackupInfo backup, CancellationToken cancellationToken) =>
        _check.EnsureReadableAsync(backup, cancellationToken);

    /// <summary>Refuses where what encrypts backups is missing.</summary>
    internal void EnsureKey() => packings.EnsureKey();

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

    /// <summary>The newest that holds a schema and can be read; and what is wrong with those that it was chosen over.</summary>
    internal async Task<(BackupInfo? Backup, IReadOnlyList<DeploymentMessage> PassedOver)> ChooseAsync(
        IReadOnlyList<string> schema,
        CancellationToken cancellationToken
    )
    {
        var (backups, unreadable) = ListReadable();
        var faults = unreadable.ToList();
        foreach (var candidate in backups.Where(candidate => candidate.Holds(schema)))
        {
            try
            {
                await EnsureReadableAsync(candidate, cancellationToken).ConfigureAwait(false);
                return (candidate, faults);
            }
            catch (DeploymentException e)
            {
                faults.AddRange(e.Messages);
            }
        }

        return (null, faults);
    }

    internal BackupInfo? Find(string name) =>
        _descriptions
            .Paths()
            .FirstOrDefault(path => _descriptions.EndingOf(path) is { } ending && path == Folder.FileOf(name, ending) + ".json")
            is { } found
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
        packings.EnsureKey();
        try
        {
            PrivateFolder.Ensure(folder);
            Folder.RemoveEarlier(name, file);
            Folder.SweepAbandoned();
            PrivateFile.CreateAnew(temporary);
            var context = packings.ContextOf(await SchemaAsync(cancellationToken).ConfigureAwait(false), time.GetUtcNow());
            var held = await database.CopyAsync(packings.ToWrite(temporary, context), cancellationToken).ConfigureAwait(false);
            Boundary.Reached("backup: copied");
            if (held is not null)
                told?.Invoke(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"copied, {new FileInfo(temporary).Length:N0} bytes; now the copy is restored beside the database, to verify it"
                    )
                );

            var info = new BackupInfo
            {
                Name = name,
                File = file,
                TakenAt = context.TakenAt,
                Size = new FileInfo(temporary).Length,
                Sha256 = await DurableFile.HashAsync(temporary, flush: true, cancellationToken).ConfigureAwait(false),
                KeyId = packings.KeyId,
                Release = release,
                Tenant = Tenant,
                JournalRecords = (await journal(cancellationToken).ConfigureAwait(false)).Count,
                Schema = context.Schema,
                DurationSeconds = 0,
            };
            var (schema, contents) = await VerifyAsync(packings.ToRead(info, temporary), held, cancellationToken).ConfigureAwait(false);
            // It is encrypted with what it holds, as that was before.
            if (packings.Encrypts && !schema.SequenceEqual(context.Schema, StringComparer.Ordinal))
                throw new IOException("somebody else migrated the database meanwhile.");
            var otherwise = contents is null ? null : held?.Contents.Since(contents);
            info = info with
            {
                Schema = schema,
                Contents = packings.Seal(contents?.ToString(), context),
                Otherwise = packings.Seal(otherwise is { Length: > 0 } ? otherwise : null, context),
                DurationSeconds = time.GetElapsedTime(started).TotalSeconds,
            };
            DurableFile.Replace(temporary, file);
            Boundary.Reached("backup: named");
            await PrivateFile
                .WriteAsync(file + ".json", JsonSerializer.SerializeToUtf8Bytes(info, BackupJson.Default.BackupInfo), cancellationToken)
                .ConfigureAwait(false);
            Boundary.Reached("backup: described");
            return info;
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
        var request = new SwapRequest(backup.Name, packings.ToRead(backup), backup.Sha256, terms)
        {
            SettleAsync = (connection, token) => SettleAsync(connection, backup, terms, token),
            EnsureSameAsync = (made, token) => EnsureSameAsync(backup, made, token),
            KeepLateAsync = (late, token) =>
                new BackupStore(late, packings.For(late), folder, journal, time) { Tenant = Tenant }.KeepLiveAsync(
                    terms.Before,
                    terms.Release,
                    static _ => Task.FromResult(false),
                    terms.GoOn,
                    token
                ),
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
        database.OpenCopyAsync(packings.ToRead(backup), cancellationToken);

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

    /// <summary>
    /// What would go with the live database if a backup took its place, for people; <see langword="null"/> when it holds exactly what the
    /// backup holds.
    /// </summary>
    internal async Task<string?> LossAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        if (await IsRestoredAsync(backup, cancellationToken).ConfigureAwait(false))
            return null;

        try
        {
            return BackupComparison.Loss(database.Exists ? await WrittenSinceAsync(backup, cancellationToken).ConfigureAwait(false) : null);
        }
        catch (Exception e) when (database.Dialect.IsDamage(e))
        {
            return BackupComparison.Loss(null);
        }
    }

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

        // Whenever it was accepted, others have written on until now.
        var written = await _comparison.WrittenSinceAsync(backup, connection, cancellationToken).ConfigureAwait(false);
        // What migrations alone did is none of anybody's rows, and needs no copy.
        if (terms.TakesMigrationsBack && written is { Count: 0 })
            return null;

        var loss = BackupComparison.Loss(written);
        if (!terms.AcceptsDataLoss)
            throw NotAccepted(backup, loss, terms);

        var told = await KeepLiveAsync(
                terms.Before,
                terms.Release,
                kept => _comparison.HoldsAsync(kept, connection, cancellationToken),
                terms.GoOn,
                cancellationToken
            )
            .ConfigureAwait(false);
        return $"{told}, which alone has {loss}";
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
            ? $"'deploy backup list' names the backups, 'deploy backup restore NAME{database.Key.Option} --accept-data-loss' puts one there."
            : $"{database.MendOfCopy(exception) ?? "Make room there, or correct Deployment:Directory,"} and run '{goOn}' again.";

    private async Task<(IReadOnlyList<string> Schema, TableContents? Contents)> VerifyAsync(
        BackupFile file,
        CopiedContents? held,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await database.OpenCopyAsync(file, cancellationToken).ConfigureAwait(false);
        var contents = await database.VerifyAsync(copy.Connection, held, cancellationToken).ConfigureAwait(false);
        // To be told later without being unpacked.
        if (!file.IsPlain)
            contents ??= await TableContents.TakeAsync(database.Dialect, copy.Connection, null, cancellationToken).ConfigureAwait(false);
        var history = await MigrationHistory.ReadAsync(database.Dialect, copy.Connection, null, cancellationToken).ConfigureAwait(false);
        return ([.. history.Select(static row => row.Version)], contents);
    }

    private async Task<IReadOnlyList<string>> SchemaAsync(CancellationToken cancellationToken)
    {
        if (!packings.Encrypts)
            return [];

        await using var live = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var history = await MigrationHistory.ReadAsync(database.Dialect, live, null, cancellationToken).ConfigureAwait(false);
        return [.. history.Select(static row => row.Version)];
    }
}
