namespace Deployment.Toolkit;

/// <summary>What a run does.</summary>
public enum RunKind
{
    /// <summary>Brings a release into an environment.</summary>
    Up,

    /// <summary>Brings an environment back to a verified release.</summary>
    Rollback,

    /// <summary>Puts a backup in the place of the live database.</summary>
    Restore,

    /// <summary>Has a secret's issuer make a new one and takes it into use.</summary>
    Renew,

    /// <summary>Ends what a renewed secret was before.</summary>
    Retire,
}

/// <summary>
/// What will be done, computed before anything runs. <c>deploy plan</c> prints it; <c>deploy up</c> freezes it into the journal and
/// executes that.
/// </summary>
public sealed record DeploymentPlan
{
    /// <summary>What the run does.</summary>
    public required RunKind Kind { get; init; }

    /// <summary>The environment's declared name.</summary>
    public required string Environment { get; init; }

    /// <summary>
    /// What tells the environment from another of the same name elsewhere: the hash of its journal's first record. <see langword="null"/>
    /// while the journal is empty, and in plans from before it was kept.
    /// </summary>
    public string? EnvironmentId { get; init; }

    /// <summary>
    /// The stamps of the databases that it was made for, in the order of their declaration; <see langword="null"/> when none bore one.
    /// </summary>
    public IReadOnlyList<string>? Stamps { get; init; }

    /// <summary>The release that the environment will have afterwards.</summary>
    public required Release Release { get; init; }

    /// <summary>The release that is verified in the environment now.</summary>
    public Release? PreviousRelease { get; init; }

    /// <summary>The steps, in order.</summary>
    public IReadOnlyList<PlannedStep> Steps { get; init; } = [];

    /// <summary>The migrations, in the order in which they will be applied (or, in a rollback, undone).</summary>
    public IReadOnlyList<PlannedMigration> Migrations { get; init; } = [];

    /// <summary>What must hold before anything runs, and whether it does.</summary>
    public IReadOnlyList<PlannedGate> Gates { get; init; } = [];

    /// <summary>How the configuration differs from the last verified release's.</summary>
    public ConfigurationDifference Configuration { get; init; } = new();

    /// <summary>
    /// Of an app with several databases, what the plan means for each, in the order of their declaration; <see langword="null"/> where
    /// there is one at most, of which the plan itself speaks. Then <see cref="SchemaBefore"/>, <see cref="SchemaAfter"/> and
    /// <see cref="Backup"/> are empty, and <see cref="SchemaWayBack"/> is the way back that asks most.
    /// </summary>
    public IReadOnlyList<PlannedDatabase>? Databases { get; init; }

    /// <summary>
    /// What the plan means for databases of tenants, whose migrations are not among <see cref="Migrations"/>; <see langword="null"/> where
    /// the app has none, or nothing is done to them.
    /// </summary>
    public IReadOnlyList<PlannedTenants>? Tenants { get; init; }

    /// <summary>The versions of the migrations that are applied now, in the order in which they were.</summary>
    public IReadOnlyList<string> SchemaBefore { get; init; } = [];

    /// <summary>The versions that will be applied afterwards.</summary>
    public IReadOnlyList<string> SchemaAfter { get; init; } = [];

    /// <summary>How the schema goes back.</summary>
    public SchemaWayBack SchemaWayBack { get; init; }

    /// <summary>
    /// The name of the backup to go back to; <see langword="null"/> for the one that the run takes itself, which bears the run's id.
    /// </summary>
    public string? Backup { get; init; }

    /// <summary>Whether rows that were written since the backup may be lost, because the caller accepted it.</summary>
    public bool AcceptsDataLoss { get; init; }

    /// <summary>The name of the secret that is renewed or retired; <see langword="null"/> in other plans.</summary>
    public string? Secret { get; init; }

    /// <summary>
    /// Whether only migrations are applied or undone, outside of a release's deployment; <see langword="null"/> in all other plans.
    /// </summary>
    public bool? MigrationsOnly { get; init; }

    /// <summary>Why somebody wants it; <see langword="null"/> where nobody is asked.</summary>
    public string? Reason { get; init; }

    /// <summary>What is skipped on somebody's word, and what has to follow; <see langword="null"/> when nothing is.</summary>
    public PlannedBypass? Bypass { get; init; }

    /// <summary>What a person should know before it runs.</summary>
    public IReadOnlyList<string> Risks { get; init; } = [];

    /// <summary>SHA-256 over everything else in the plan, in lower-case hexadecimal.</summary>
    public string Hash { get; init; } = "";
}

/// <summary>How the schema goes back.</summary>
public enum SchemaWayBack
{
    /// <summary>There is none: a migration has no way back and no backup can be taken.</summary>
    None,

    /// <summary>No migration is involved.</summary>
    Nothing,

    /// <summary>By the down scripts, newest first; rows written since are kept.</summary>
    DownScripts,

    /// <summary>By putting a backup in place, because a migration has no way back of its own; rows written since are lost.</summary>
    RestoreBackup,
}

/// <summary>One step of a plan.</summary>
public sealed record PlannedStep
{
    /// <summary>The step's name; unique in the plan.</summary>
    public required string Name { get; init; }

    /// <summary>What it will do, in one line.</summary>
    public required string Effect { get; init; }

    /// <summary>How it is taken back; <see langword="null"/> when there is nothing to take back.</summary>
    public string? WayBack { get; init; }

    /// <summary>
    /// Why it cannot be taken back; <see langword="null"/> when it can. Past such a step only the way forward is offered.
    /// </summary>
    public string? Irreversible { get; init; }

    /// <summary>Whether it only looks.</summary>
    public bool ChangesNothing { get; init; }

    /// <summary>Whether it may run again after it was interrupted.</summary>
    public bool IsIdempotent { get; init; }

    /// <summary>Whether the run goes back when it fails; otherwise the failure is reported and the run goes on.</summary>
    public bool IsRequired { get; init; } = true;

    /// <summary>How long one attempt may take, in seconds.</summary>
    public double TimeoutSeconds { get; init; }

    /// <summary>How often it is tried again after a failure.</summary>
    public int Retries { get; init; }

    /// <summary>The step whose effect this one takes back, in a rollback; <see langword="null"/> for a step of its own.</summary>
    public string? Reverts { get; init; }

    /// <summary>What the step begins with: in a rollback what the reverted step saved when it ran.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init; } = new Dictionary<string, string>();

    /// <summary>SHA-256 over what the effect depends on, in lower-case hexadecimal.</summary>
    public string InputHash { get; init; } = "";
}

/// <summary>One migration of a plan.</summary>
public sealed record PlannedMigration
{
    /// <summary>The version as written in its name, for example <c>0003</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The name without version and extension, for example <c>add_quality</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The content's checksum with its algorithm, for example <c>sha256-v1:9f86d0…</c>.</summary>
    public required string Checksum { get; init; }

    /// <summary>Whether it can be undone without a backup.</summary>
    public required bool HasWayBack { get; init; }

    /// <summary>Why it cannot be taken back at all; <see langword="null"/> when it can.</summary>
    public string? Irreversible { get; init; }

    /// <summary>
    /// Of a repeatable script, the checksum of what was applied before it, to which its way back leads; <see langword="null"/> when nothing
    /// was.
    /// </summary>
    public string? Before { get; init; }

    /// <summary>The database that it is for, where the app has several.</summary>
    public string? Database { get; init; }
}

/// <summary>How a gate answered.</summary>
public enum GateOutcome
{
    /// <summary>There is too little to tell; also what a gate says that nobody asked.</summary>
    Inconclusive,

    /// <summary>It holds.</summary>
    Passed,

    /// <summary>It does not hold.</summary>
    Failed,

    /// <summary>It could not be found out.</summary>
    Errored,
}

/// <summary>Something that must hold before a run begins.</summary>
public sealed record PlannedGate
{
    /// <summary>For example <c>promotion order</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How it answers now.</summary>
    public required GateOutcome Outcome { get; init; }

    /// <summary>Why, and what would turn it green.</summary>
    public required string Reason { get; init; }

    /// <summary>The code of the message with which it refuses.</summary>
    public required string Code { get; init; }

    /// <summary>
    /// On what ground the release enters although it does not hold: <c>hotfix</c> or <c>break-glass</c>; <see langword="null"/> where it
    /// has to.
    /// </summary>
    public string? Bypassed { get; init; }

    /// <summary>
    /// What was looked at, by name, for whoever reads the journal later; <see langword="null"/> where the reason says it all.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Evidence { get; init; }
}

/// <summary>How two configuration snapshots differ; keys only, never values.</summary>
public sealed record ConfigurationDifference
{
    /// <summary>The hash of the snapshot that the plan was made with.</summary>
    public string Hash { get; init; } = "";

    /// <summary>Keys that are new.</summary>
    public IReadOnlyList<string> Added { get; init; } = [];

    /// <summary>Keys whose value changed.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];

    /// <summary>Keys that are gone.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>
    /// Keys of which it cannot be told whether their values differ: what was recorded stands under a key of the journal that is not here.
    /// </summary>
    public IReadOnlyList<string> CannotCompare { get; init; } = [];
}
