namespace Deployment.Toolkit;

/// <summary>What becomes of one backup when they are pruned.</summary>
public sealed record BackupDecision
{
    /// <summary>Its name; the file's where it is none that could be restored.</summary>
    public required string Name { get; init; }

    /// <summary>The file's full path.</summary>
    public required string File { get; init; }

    /// <summary>When it was taken (UTC); <see langword="null"/> where it is none that could be restored.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>The file's size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>
    /// The release whose database it holds; <see langword="null"/> before the first, and where it is none that could be restored.
    /// </summary>
    public Release? Release { get; init; }

    /// <summary>The database that it is of, where the app has several.</summary>
    public string? Database { get; init; }

    /// <summary>The tenant whose database it is of; <see langword="null"/> for a database of the app's own.</summary>
    public string? Tenant { get; init; }

    /// <summary>Whether it is removed; in a dry run, whether it would be.</summary>
    public required bool IsRemoved { get; init; }

    /// <summary>Why it is removed or kept, as a clause.</summary>
    public required string Reason { get; init; }
}
