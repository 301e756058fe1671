namespace Deployment.Toolkit.Journal;

/// <summary>A step of a run as its records tell it.</summary>
internal sealed class StepLog(PlannedStep planned)
{
    internal PlannedStep Planned { get; } = planned;

    internal StepState State { get; private set; }

    internal int Attempts { get; private set; }

    /// <summary>Attempts since the last time that somebody said to try again; what retries are counted by.</summary>
    internal int AttemptsInTurn { get; private set; }

    internal double DurationSeconds { get; private set; }

    /// <summary>When it was done last, whatever became of that; <see langword="null"/> when it never was.</summary>
    internal DateTimeOffset? DoneAt { get; private set; }

    // Why it failed, and why its way back did: the one is no reason to forget the other.
    private DeploymentMessage? _cause;
    private DeploymentMessage? _backError;

    /// <summary>Why it failed, and behind that why its way back does, as long as it does.</summary>
    internal IReadOnlyList<DeploymentMessage> Errors => [.. new[] { ToldCause, _backError }.OfType<DeploymentMessage>()];

    // Of one place the same is told once, as it is now.
    private DeploymentMessage? ToldCause =>
        _cause == _backError
        || (
            _backError is { File: { } file } back
            && _cause is { } cause
            && (cause.Code, cause.File, cause.Line) == (back.Code, file, back.Line)
        )
            ? null
            : _cause;

    internal bool Abandoned { get; private set; }

    internal IReadOnlyList<string> Output { get; private set; } = [];

    private readonly Dictionary<string, TenantResult> _tenants = new(StringComparer.Ordinal);

    // What of a tenant's database may not be as it was before the run; a begin that nothing was told of counts as one that did something.
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);

    // The hash of each one's backup, where something vouches for it.
    private readonly Dictionary<string, string?> _backups = new(StringComparer.Ordinal);

    /// <summary>What became of tenants last, in the order in which they were first told of.</summary>
    internal IReadOnlyCollection<TenantResult> Tenants => _tenants.Values;

    /// <summary>The tenants of whose database something may be to take back.</summary>
    internal IEnumerable<string> TouchedTenants => _touched.Union(_begun);

    internal Dictionary<string, string> Data { get; } = new(planned.Data, StringComparer.Ordinal);

    /// <summary>
    /// Keys of <see cref="Data"/> whose record no key of this machine vouches for: nothing may be ended or undone by them alone.
    /// </summary>
    internal HashSet<string> Unproven { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it was ever begun and is more than a look.</summary>
    internal bool MayHaveChangedSomething => Attempts > 0 && !Planned.ChangesNothing;

    /// <summary>
    /// Whether some of its effect may be there although it counts as not begun: it failed and is to be tried again, or its probe could not
    /// tell.
    /// </summary>
    internal bool MayHaveEffect { get; private set; }

    /// <summary>Whether it counts as taken back because nothing of its effect was there.</summary>
    internal bool HadNoEffect { get; private set; }

    internal void Begin(StepDirection direction)
    {
        MayHaveEffect = true;
        // An earlier attempt was cut off in them: whatever this one tells, it may not be all.
        _touched.UnionWith(_begun);
        _begun.Clear();
        if (direction == StepDirection.Back && State is not StepState.RevertInDoubt)
            AttemptsInTurn = 0;
        Attempts++;
        AttemptsInTurn++;
        State = direction == StepDirection.Forward ? StepState.InDoubt : StepState.RevertInDoubt;
    }

    internal void Note(StepNoted note, bool isAuthentic) => Keep(note.Key, note.Value, isAuthentic);

    internal void End(StepResult result, bool isAuthentic, DateTimeOffset at)
    {
        if (result is { Direction: StepDirection.Forward, Succeeded: true })
            DoneAt = at;
        DurationSeconds += result.DurationSeconds;
        // A way back that went well does not unsay why it was needed, only why it did not go well before.
        if (result.Direction == StepDirection.Forward)
            _cause = result.Error;
        _backError = result.Direction == StepDirection.Back ? result.Error : null;
        Abandoned = result.Abandoned;
        if (result.Direction == StepDirection.Forward || result.Output is { Count: > 0 })
            Output = result.Output ?? [];
        foreach (var (key, value) in result.Data ?? new Dictionary<string, string>())
            Keep(key, value, isAuthentic);
        HadNoEffect = false;
        State = (result.Direction, result.Succeeded, result.WillRetry) switch
        {
            (_, true, _) when result.Kept => StepState.Kept,
            (StepDirection.Forward, true, _) => StepState.Done,
            (StepDirection.Forward, false, true) => StepState.Pending,
            (StepDirection.Forward, false, false) => Planned.IsRequired ? StepState.Failed : StepState.Tolerated,
            (StepDirection.Back, true, _) => StepState.Reverted,
            (StepDirection.Back, false, true) => StepState.RevertInDoubt,
            _ => StepState.RevertFailed,
        };
    }

    /// <summary>The backup that was taken of a tenant's database before it was migrated; <see langword="null"/> when none was.</summary>
    internal (string Name, string? Sha256)? BackupOf(string tenant) =>
        _tenants.GetValueOrDefault(tenant)?.Backup is { } name ? (name, _backups.GetValueOrDefault(tenant)) : null;

    internal void Add(IReadOnlyList<TenantResult> tenants, bool isAuthentic = true)
    {
        foreach (var told in tenants)
        {
            // A later word about it says nothing of its backup.
            var tenant = told.Backup is null
                ? told with
                {
                    Backup = _tenants.GetValueOrDefault(told.Id)?.Backup,
                    BackupSha256 = _tenants.GetValueOrDefault(told.Id)?.BackupSha256,
                }
                : told;
            _tenants[tenant.Id] = tenant;
            if (told.Backup is not null)
                _backups[tenant.Id] = isAuthentic ? told.BackupSha256 : null;
            if (tenant.Outcome == TenantOutcome.Begun)
                _begun.Add(tenant.Id);
            else
                _begun.Remove(tenant.Id);
            if (tenant.Outcome is TenantOutcome.Migrated or TenantOutcome.Failed)
                _touched.Add(tenant.Id);
            else if (tenant.Outcome is TenantOutcome.Reverted or TenantOutcome.Gone)
                _touched.Remove(tenant.Id);
        }
    }

    private void Keep(string key, string value, bool isAuthentic)
    {
        if (isAuthentic)
            Unproven.Remove(key);
        else
            Unproven.Add(key);
        Data[key] = value;
    }

    internal void Resolve(StepResolved resolved, DateTimeOffset at)
    {
        if (resolved is { Direction: StepDirection.Forward, Outcome: ProbeOutcome.Done })
            DoneAt = at;
        MayHaveEffect = resolved.Outcome != ProbeOutcome.NotDone;
        HadNoEffect = resolved is { Direction: StepDirection.Back, Outcome: ProbeOutcome.NotDone } && State != StepState.RevertInDoubt;
        State = (resolved.Direction, resolved.Outcome) switch
        {
            (StepDirection.Forward, ProbeOutcome.Done) => StepState.Done,
            (StepDirection.Forward, _) => StepState.Pending,
            (_, ProbeOutcome.NotDone) => StepState.Reverted,
            _ => StepState.Done,
        };
        if (State == StepState.Reverted)
            _backError = null;
    }

    internal void TryAgain(StepDirection direction)
    {
        AttemptsInTurn = 0;
        if (direction == StepDirection.Forward && State == StepState.Failed)
            State = StepState.Pending;
        if (direction == StepDirection.Back && State == StepState.RevertFailed)
            State = StepState.Done;
    }

    internal RunStep ToStep() =>
        new()
        {
            Name = Planned.Name,
            State = State,
            Attempts = Attempts,
            DurationSeconds = DurationSeconds,
            Effect = Planned.Effect,
            HadNoEffect = HadNoEffect,
            Error = ToldCause?.Text,
            WayBackError = _backError?.Text,
            Output = Output,
            Tenants = [.. _tenants.Values],
        };
}
