using Deployment.Toolkit.Backup.Encryption;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Backup;

/// <summary>The files of an environment's backups.</summary>
/// <param name="folder">Where they lie.</param>
/// <param name="extension">What a backup's name ends in as far as the database says.</param>
/// <param name="time">The clock.</param>
internal sealed class BackupFolder(string folder, string extension, TimeProvider time)
{
    /// <summary>A copy that nobody wrote to for that long is nobody's: copying writes all the time, verifying takes minutes.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    internal string FileOf(string name, string ending) => Path.Combine(folder, name + ending);

    // A name has one backup, however it is packed.
    internal void RemoveEarlier(string name, string file)
    {
        foreach (var earlier in BackupEnding.Of(extension).Select(ending => FileOf(name, ending)))
        {
            File.Delete(earlier + ".json");
            if (earlier != file)
                File.Delete(earlier);
        }
    }

    /// <summary>Takes away what a killed process left unpacked.</summary>
    internal void SweepUnpacked() => HeldFolder.Sweep(folder, BackupFile.ScratchPrefix);

    internal void SweepAbandoned()
    {
        SweepUnpacked();
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
            || (
                BackupEnding.Of(extension).Any(ending => name.EndsWith(ending, StringComparison.Ordinal)) && !names.Contains(name + ".json")
            );
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
    internal void Check() => PrivateFolder.Check(folder);
}
