namespace Deployment.Toolkit.Databases;

/// <summary>What those who look together saw of a database, for as long as they look.</summary>
internal sealed class SharedSight
{
    /// <summary>Which of the toolkit's own tables are there; <see langword="null"/> until somebody asked.</summary>
    internal IReadOnlySet<string>? OwnTables { get; set; }

    /// <summary>Whether the journal's tables are there; otherwise that is asked again.</summary>
    internal bool HasJournal { get; set; }
}
