namespace Deployment.Toolkit;

/// <summary>What became of the pending migrations on a copy of the database.</summary>
public sealed record RehearsalReport
{
    /// <summary>The environment whose database was copied.</summary>
    public required string Environment { get; init; }

    /// <summary>The release whose migrations were tried.</summary>
    public required Release Release { get; init; }

    /// <summary>Each migration that was tried, in order. After one that fails the rest is not tried: nothing could be told of it.</summary>
    public required IReadOnlyList<RehearsedMigration> Migrations { get; init; }

    /// <summary>How many were not tried.</summary>
    public int NotTried { get; init; }

    /// <summary>
    /// The hash of what the plan says of these migrations, under which the journal keeps how they went; <see langword="null"/> when nothing
    /// was tried. Of several databases each has its own; this is the first one's that has any.
    /// </summary>
    public string? PlanHash { get; init; }

    /// <summary>
    /// Whether every migration went up, and every one that has a way back went back and up again. One without a way back counts: the backup
    /// is its way.
    /// </summary>
    public bool IsProven =>
        NotTried == 0 && Migrations.All(static migration => migration.Verdict is RehearsalVerdict.Proven or RehearsalVerdict.NoWayBack);
}

/// <summary>What became of one migration.</summary>
public sealed record RehearsedMigration
{
    /// <summary>The version.</summary>
    public required string Version { get; init; }

    /// <summary>What it does.</summary>
    public required string Name { get; init; }

    /// <summary>How it went.</summary>
    public required RehearsalVerdict Verdict { get; init; }

    /// <summary>
    /// In what schema or rows differed from before, a line each: what was there begins with <c>-</c>, what is with <c>+</c>.
    /// </summary>
    public IReadOnlyList<string> Differences { get; init; } = [];

    /// <summary>What was said when it failed; <see langword="null"/> when it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>The database that it is for, where the app has several.</summary>
    public string? Database { get; init; }

    /// <summary>
    /// The tenant on a copy of whose database it was tried, for all tenants; <see langword="null"/> for a database of the app's own.
    /// </summary>
    public string? Tenant { get; init; }

    /// <summary>How long it took to go up.</summary>
    public TimeSpan Up { get; init; }

    /// <summary>How long it took to go back; zero when it did not.</summary>
    public TimeSpan Down { get; init; }
}

/// <summary>How a migration went on a copy.</summary>
public enum RehearsalVerdict
{
    /// <summary>It went up; its way back left schema and rows as they were; and it went up again to the same schema.</summary>
    Proven,

    /// <summary>It went up, and has no way back but a backup.</summary>
    NoWayBack,

    /// <summary>Its way back left another schema or other rows than there were before.</summary>
    WayBackDiffers,

    /// <summary>Its way back failed.</summary>
    WayBackFailed,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>After its way back it did not go up again, or to another schema.</summary>
    NotRepeatable,
}
