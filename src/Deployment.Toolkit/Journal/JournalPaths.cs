namespace Deployment.Toolkit.Journal;

/// <summary>
/// Where an environment's files lie. The folder's name is the environment's in lower case, so that another spelling of it in a later
/// release finds the same journal on every file system.
/// </summary>
internal sealed class JournalPaths(string root, string environment)
{
    internal string Folder { get; } = Path.Combine(root, environment.ToLowerInvariant());

    internal string Journal => Path.Combine(Folder, "journal.jsonl");

    /// <summary>The configuration that a rollback pinned, while it is.</summary>
    internal string Pinned => Path.Combine(Folder, "pinned.json");

    internal string Lock => Path.Combine(Folder, "lock");

    internal string Backups => Path.Combine(Folder, "backups");
}
