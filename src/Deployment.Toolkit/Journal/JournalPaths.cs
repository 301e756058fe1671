using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Journal;

/// <summary>
/// Where an environment's files lie. The folder's name is the environment's in lower case, so that another spelling of it in a later
/// release finds the same journal on every file system.
/// </summary>
internal sealed class JournalPaths(string root, string environment)
{
    /// <summary>What the folder of all journals is called where no setting names another.</summary>
    internal const string RootName = ".deployment";
    internal const string LockName = "lock";
    internal const string HeadName = "head.json";
    internal const string JournalName = "journal.jsonl";
    internal const string StayedName = "journal.stayed.jsonl";

    internal string Folder { get; } = Path.Combine(root, environment.ToLowerInvariant());

    /// <summary>The first of the files that lines are in; the others are named after it.</summary>
    internal string Journal => Path.Combine(Folder, JournalName);

    /// <summary>The lines that stayed when those around them went to an archive.</summary>
    internal string Stayed => Path.Combine(Folder, StayedName);

    /// <summary>The configuration that a rollback pinned, while it is.</summary>
    internal string Pinned => Path.Combine(Folder, "pinned.json");

    internal string Lock => Path.Combine(Folder, LockName);

    internal string Backups => Path.Combine(Folder, "backups");

    /// <summary>Notices that are on their way.</summary>
    internal string Outbox => Path.Combine(Folder, "outbox");

    /// <summary>The key of MACs and fingerprints.</summary>
    internal string Key => Path.Combine(Folder, JournalKey.FileName);

    /// <summary>How far the journal had come when a command ended.</summary>
    internal string Head => Path.Combine(Folder, HeadName);

    /// <summary>Makes the folder so that only this user may enter it.</summary>
    /// <exception cref="DeploymentException">It, or the folder of all journals, is another user's, or others may write it.</exception>
    internal void EnsureFolder()
    {
        PrivateFolder.Ensure(root, isShared: IsShared());
        PrivateFolder.Ensure(Folder);
    }

    /// <summary>Refuses folders into which others could have put something.</summary>
    internal void CheckFolder()
    {
        PrivateFolder.Check(root);
        PrivateFolder.Check(Folder);
    }

    /// <summary>Why nothing can be kept there.</summary>
    internal DeploymentException NotWritable(Exception cause) =>
        DeploymentException.Refused(
            Codes.JournalNotWritable,
            $"Journal folder '{Folder}' cannot be written: {Sentence.Of(cause)} Nothing was changed. Make room there, let the "
                + "deploying user write there, or name another folder with the setting Deployment:Directory; then run the command again.",
            cause
        );

    // A setting may name a folder that an app is served from: closing it would take the app down. Its environments' folders are closed all
    // the same.
    private bool IsShared() =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(root)) != RootName
        && Directory.Exists(root)
        && Directory.EnumerateFileSystemEntries(root).Any(static entry => !File.Exists(Path.Combine(entry, LockName)));
}
