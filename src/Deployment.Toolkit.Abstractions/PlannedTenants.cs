namespace Deployment.Toolkit;

/// <summary>What a plan means for the databases of an app's tenants, which have one set of migrations.</summary>
public sealed record PlannedTenants
{
    /// <summary>What they were declared as.</summary>
    public required string Name { get; init; }

    /// <summary>How many were found.</summary>
    public int Count { get; init; }

    /// <summary>
    /// Those of which the same is to be told, the most first. At most ten; of the others <see cref="Count"/> alone tells.
    /// </summary>
    public IReadOnlyList<TenantGroup> Groups { get; init; } = [];

    /// <summary>How many of those that were found could not be asked.</summary>
    public int Unreachable { get; init; }

    /// <summary>What some of them lack, in the order in which it is applied; of a rollback, what some of them lose.</summary>
    public IReadOnlyList<PlannedMigration> Migrations { get; init; } = [];

    /// <summary>The versions that each has afterwards, whoever comes in between too.</summary>
    public IReadOnlyList<string> Versions { get; init; } = [];

    /// <summary>SHA-256 over the migrations of these versions, by which another binary is told.</summary>
    public string Contents { get; init; } = "";

    /// <summary>
    /// Of a rollback: the tenants, by id, whose databases go back by a backup, each with that backup's name; <see langword="null"/> when
    /// none does.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Backups { get; init; }

    /// <summary>Whether those that were migrated stay so when the run goes back.</summary>
    public bool KeepsMigrated { get; init; }

    /// <summary>
    /// Why it can't be told yet who they are: where they are written down is itself migrated in this run. Otherwise <see langword="null"/>.
    /// </summary>
    public string? NotFound { get; init; }
}

/// <summary>Tenants of which the same is to be told.</summary>
public sealed record TenantGroup
{
    /// <summary>How many.</summary>
    public required int Count { get; init; }

    /// <summary>How many migrations each of them lacks; of a rollback, how many are undone in each.</summary>
    public required int Pending { get; init; }

    /// <summary>How many migrations each of them has that this release doesn't know.</summary>
    public int Newer { get; init; }

    /// <summary>
    /// Whether the database of each is backed up before it is migrated, because what it lacks has no way back of its own.
    /// </summary>
    public bool IsBackedUp { get; init; }

    /// <summary>
    /// Of a rollback: whether the database of each goes back by a backup, because what is undone has no way back of its own.
    /// </summary>
    public bool IsRestored { get; init; }

    /// <summary>Some of them, at most three.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];
}

/// <summary>What became of a tenant's database.</summary>
public enum TenantOutcome
{
    /// <summary>It was not come to: the step had stopped before.</summary>
    NotBegun,

    /// <summary>It was about to be migrated, and nothing is told of its end: its own history tells.</summary>
    Begun,

    /// <summary>Its migrations were applied.</summary>
    Migrated,

    /// <summary>A migration failed.</summary>
    Failed,

    /// <summary>It could not be reached, so nothing was done to it.</summary>
    Unreachable,

    /// <summary>The same, and the run went on without it, as declared.</summary>
    LeftOut,

    /// <summary>What the run had applied was taken back; also what a rollback undid.</summary>
    Reverted,

    /// <summary>Its way back failed.</summary>
    RevertFailed,

    /// <summary>It had been migrated, and is no tenant any more.</summary>
    Gone,
}

/// <summary>What became of one tenant's database in a run.</summary>
public sealed record TenantResult
{
    /// <summary>The tenant's id, fit for a terminal.</summary>
    public required string Id { get; init; }

    /// <summary>What became of it.</summary>
    public required TenantOutcome Outcome { get; init; }

    /// <summary>How many migrations were applied or undone.</summary>
    public int Migrations { get; init; }

    /// <summary>How long it took, in seconds.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>Why it failed, or was left out; bounded, with secrets redacted.</summary>
    public string? Error { get; init; }

    /// <summary>
    /// The name of the backup that was taken of it before it was migrated; <see langword="null"/> when none was.
    /// </summary>
    public string? Backup { get; init; }

    /// <summary>
    /// SHA-256 of that backup's file, in lower-case hexadecimal; <see langword="null"/> when none was taken.
    /// </summary>
    public string? BackupSha256 { get; init; }
}
