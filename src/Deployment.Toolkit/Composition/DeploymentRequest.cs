namespace Deployment.Toolkit;

/// <summary>What every verb of a <see cref="Deployer"/> takes that writes into the journal.</summary>
public abstract record DeploymentRequest
{
    private protected DeploymentRequest() { }

    /// <summary>
    /// How long to wait for the environment's lock; zero refuses at once. Default: the setting <c>Deployment:LockTimeout</c>, else 5
    /// minutes.
    /// </summary>
    public TimeSpan? LockTimeout { get; init; }

    /// <summary>
    /// Who whoever asks says they are. It is recorded as claimed, beside the operating system's user and not in its place. At most 128
    /// letters, digits, blanks, '.', '-', '_', '@' and '+'. Default <see langword="null"/>: nobody says anything.
    /// </summary>
    public string? ClaimedOperator { get; init; }

    /// <summary>Is told what happens while it happens.</summary>
    public IProgress<DeploymentProgress>? Progress { get; init; }
}

/// <summary>What <see cref="Deployer.CheckAsync"/> checks.</summary>
public sealed record CheckRequest
{
    /// <summary>The release, as <c>version</c> or <c>version+commit</c>. Default: the entry assembly's informational version.</summary>
    public string? Release { get; init; }

    /// <summary>
    /// Whether only the binary and its settings are looked at: for a build server, which has neither the environment's journal nor its
    /// database. Default <see langword="false"/>.
    /// </summary>
    public bool SettingsOnly { get; init; }

    /// <summary>
    /// Whether everything that the app depends on is tried for real. Default <see langword="false"/>: nothing is contacted.
    /// </summary>
    public bool Online { get; init; }

    /// <summary>How long each of them may take; above zero, at most an hour. It is enforced. Default 10 seconds.</summary>
    public TimeSpan OnlineTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>What <see cref="Deployer.PlanAsync"/> plans.</summary>
public sealed record PlanRequest
{
    /// <summary>The release, as <c>version</c> or <c>version+commit</c>. Default: the entry assembly's informational version.</summary>
    public string? Release { get; init; }
}

/// <summary>What <see cref="DeploymentDatabase.LintMigrationsAsync"/> judges.</summary>
public sealed record LintMigrationsRequest
{
    /// <summary>
    /// The version from which on every migration is judged, each by itself, and the database is not asked. Default
    /// <see langword="null"/>: the pending ones, as the one run that <c>up</c> would make of them.
    /// </summary>
    public string? From { get; init; }

    /// <summary>
    /// Whether every migration is judged, each by itself, and the database is not asked. Default <see langword="false"/>.
    /// </summary>
    public bool All { get; init; }

    /// <summary>The weight from which on a finding refuses. Default <see cref="MessageSeverity.Error"/>.</summary>
    public MessageSeverity FailOn { get; init; } = MessageSeverity.Error;
}

/// <summary>What <see cref="Deployer.UpAsync"/> brings.</summary>
public sealed record UpRequest : DeploymentRequest
{
    /// <summary>The release, as <c>version</c> or <c>version+commit</c>. Default: the entry assembly's informational version.</summary>
    public string? Release { get; init; }
}

/// <summary>How <see cref="Deployer.ResumeAsync"/> and <see cref="Deployer.AbortAsync"/> take up an unfinished run.</summary>
public abstract record RecoveryRequest : DeploymentRequest
{
    private protected RecoveryRequest() { }

    /// <summary>Whether rows written since a backup may be lost by restoring it. Default <see langword="false"/>.</summary>
    public bool AcceptDataLoss { get; init; }

    /// <summary>Steps in doubt that a person found done.</summary>
    public IReadOnlyList<string> MarkDone { get; init; } = [];

    /// <summary>Steps in doubt that a person found not done.</summary>
    public IReadOnlyList<string> MarkNotDone { get; init; } = [];
}

/// <summary>How <see cref="Deployer.ResumeAsync"/> goes on.</summary>
public sealed record ResumeRequest : RecoveryRequest;

/// <summary>How <see cref="Deployer.AbortAsync"/> goes back.</summary>
public sealed record AbortRequest : RecoveryRequest;

/// <summary>What a verb takes that can also only be planned.</summary>
public abstract record PlannableRequest : DeploymentRequest
{
    private protected PlannableRequest() { }

    /// <summary>Whether to plan only. Default <see langword="false"/>.</summary>
    public bool DryRun { get; init; }
}

/// <summary>Where <see cref="Deployer.RollbackAsync"/> goes back to.</summary>
public sealed record RollbackRequest : PlannableRequest
{
    /// <summary>The release to go back to. Default: the newest verified one before the present.</summary>
    public string? To { get; init; }

    /// <summary>Whether rows written since a backup may be lost by restoring it. Default <see langword="false"/>.</summary>
    public bool AcceptDataLoss { get; init; }
}

/// <summary>How <see cref="Deployer.RestoreAsync"/> restores a backup.</summary>
public sealed record RestoreRequest : PlannableRequest
{
    /// <summary>Whose backup, where the app has several databases. Default <see langword="null"/>: that of its only one.</summary>
    public string? Database { get; init; }

    /// <summary>
    /// The id of the tenant whose backup it is, and whose database it takes the place of. Default <see langword="null"/>: it is of one of
    /// the app's own databases.
    /// </summary>
    public string? Tenant { get; init; }

    /// <summary>Whether rows written since the backup may be lost by restoring it. Default <see langword="false"/>.</summary>
    public bool AcceptDataLoss { get; init; }
}

/// <summary>
/// Which backups <see cref="DeploymentDatabase.PruneBackupsAsync"/> keeps. Each rule keeps; only what none of them keeps, and nothing
/// needs, is removed.
/// </summary>
public sealed record PruneBackupsRequest : PlannableRequest
{
    /// <summary>How many of the newest are kept whatever their age, those taken by hand among them; at least 1. Default 10.</summary>
    public int Keep { get; init; } = 10;

    /// <summary>For how long each is kept whatever their number. Default <see langword="null"/>: their age counts nothing.</summary>
    public TimeSpan? KeepFor { get; init; }
}

/// <summary>How <see cref="Deployer.RenewSecretAsync"/> renews a secret.</summary>
public sealed record RenewSecretRequest : PlannableRequest
{
    /// <summary>
    /// For how long the version before stays readable as <c>secret://name@previous</c>; at most 365 days. Default: 24 hours.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Whether the old credential stays valid at its issuer until <c>deploy secrets retire</c>. Default <see langword="false"/>.
    /// </summary>
    public bool KeepOld { get; init; }
}

/// <summary>How <see cref="Deployer.RetireSecretAsync"/> ends an old credential.</summary>
public sealed record RetireSecretRequest : PlannableRequest;

/// <summary>Asks for the old part of a journal to be brought into a file.</summary>
public sealed record ArchiveJournalRequest : DeploymentRequest
{
    /// <summary>The file; one that is there is not overwritten.</summary>
    public required string File { get; init; }

    /// <summary>How many of the newest runs stay in the journal; <see langword="null"/> when their number doesn't matter.</summary>
    public int? Keep { get; init; }

    /// <summary>Runs that ended from then on stay in the journal; <see langword="null"/> when their age doesn't matter.</summary>
    public DateTimeOffset? Before { get; init; }
}
