namespace Deployment.Toolkit.KillApp;

/// <summary>What any verb may be asked, for tests that do the same with several of them: each takes what it knows.</summary>
internal sealed record VerbRequest
{
    internal string? Release { get; init; }

    internal string? To { get; init; }

    internal bool DryRun { get; init; }

    internal bool AcceptDataLoss { get; init; }

    internal bool SettingsOnly { get; init; }

    internal bool Online { get; init; }

    internal TimeSpan OnlineTimeout { get; init; } = new CheckRequest().OnlineTimeout;

    internal TimeSpan Grace { get; init; } = new RenewSecretRequest().Grace;

    internal bool KeepOld { get; init; }

    internal IReadOnlyList<string> MarkDone { get; init; } = [];

    internal IReadOnlyList<string> MarkNotDone { get; init; } = [];

    internal TimeSpan? LockTimeout { get; init; }

    internal string? ClaimedOperator { get; init; }

    internal IProgress<DeploymentProgress>? Progress { get; init; }

    public static implicit operator CheckRequest(VerbRequest all) =>
        new() { Release = all.Release, SettingsOnly = all.SettingsOnly, Online = all.Online, OnlineTimeout = all.OnlineTimeout };

    public static implicit operator PlanRequest(VerbRequest all) => new() { Release = all.Release };

    public static implicit operator UpRequest(VerbRequest all) => all.With(new UpRequest { Release = all.Release });

    public static implicit operator PromoteRequest(VerbRequest all) => all.With(new PromoteRequest { Release = all.Release });

    public static implicit operator ResumeRequest(VerbRequest all) => all.With(new ResumeRequest { AcceptDataLoss = all.AcceptDataLoss, MarkDone = all.MarkDone, MarkNotDone = all.MarkNotDone });

    public static implicit operator AbortRequest(VerbRequest all) => all.With(new AbortRequest { AcceptDataLoss = all.AcceptDataLoss, MarkDone = all.MarkDone, MarkNotDone = all.MarkNotDone });

    public static implicit operator RollbackRequest(VerbRequest all) => all.With(new RollbackRequest { To = all.To, AcceptDataLoss = all.AcceptDataLoss, DryRun = all.DryRun });

    public static implicit operator RestoreRequest(VerbRequest all) => all.With(new RestoreRequest { AcceptDataLoss = all.AcceptDataLoss, DryRun = all.DryRun });

    public static implicit operator RenewSecretRequest(VerbRequest all) => all.With(new RenewSecretRequest { Grace = all.Grace, KeepOld = all.KeepOld, DryRun = all.DryRun });

    public static implicit operator RetireSecretRequest(VerbRequest all) => all.With(new RetireSecretRequest { DryRun = all.DryRun });

    private T With<T>(T request)
        where T : DeploymentRequest => (T)(request with { LockTimeout = LockTimeout, ClaimedOperator = ClaimedOperator, Progress = Progress });
}
