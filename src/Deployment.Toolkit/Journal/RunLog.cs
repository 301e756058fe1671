using System.Text.Json;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Journal;

/// <summary>
/// A run as its records tell it. The engine decides what comes next from this alone, in the first process and in every later one.
/// </summary>
internal sealed class RunLog
{
    private readonly Dictionary<string, StepLog> _steps;
    private readonly List<RunResumption> _resumptions = [];

    internal RunLog(JournalRecord planned)
    {
        var payload = Read(planned, RecordData.RunPlanned);
        Id = planned.Run!;
        Plan = payload.Plan;
        StartedBy = payload.By;
        Claimed = payload.Claimed;
        Configuration = payload.Configuration;
        StartedAt = LastRecordAt = planned.Time;
        Steps = [.. Plan.Steps.Select(static step => new StepLog(step))];
        _steps = Steps.ToDictionary(static step => step.Planned.Name, StringComparer.Ordinal);
    }

    internal string Id { get; }

    /// <summary>The frozen plan, with what a person has accepted since.</summary>
    internal DeploymentPlan Plan { get; private set; }

    internal string StartedBy { get; }

    internal string? Claimed { get; }

    /// <summary>The configuration when the plan was frozen; <see langword="null"/> when it was not recorded.</summary>
    internal RecordedConfiguration? Configuration { get; }

    internal DateTimeOffset StartedAt { get; }

    internal DateTimeOffset LastRecordAt { get; private set; }

    internal IReadOnlyList<StepLog> Steps { get; }

    /// <summary>
    /// The steps in the order in which they are taken back: the last first. Where a backup is restored, the release that was live before
    /// goes live right behind that, not before it: what it wrote in between would be lost.
    /// </summary>
    internal IReadOnlyList<StepLog> StepsBack
    {
        get
        {
            var back = Steps.Reverse().ToList();
            if (
                Plan is not { Kind: RunKind.Up }
                || (Plan.SchemaWayBack != SchemaWayBack.RestoreBackup && !(Plan.Tenants ?? []).Any(static tenants => tenants.IsRestored()))
                || Find(DeploymentSteps.Activate) is not { } activate
            )
                return back;

            var first = back.FindIndex(static step => IsMigration(step.Planned.Name));
            if (first < 0)
                return back;

            // Of several databases those that scripts take back follow: what is live until then needs their schema.
            List<StepLog> moved = [.. back.Where(step => IsMigration(step.Planned.Name) && IsRestored(step.Planned.Name)), activate];
            var place = back.Take(first).Count(step => !moved.Contains(step));
            back.RemoveAll(moved.Contains);
            back.InsertRange(place, moved);
            return back;
        }
    }

    private static bool IsMigration(string step) =>
        step == DeploymentSteps.Migrate || step.StartsWith(DatabaseKey.StepPrefix(DeploymentSteps.Migrate), StringComparison.Ordinal);

    private bool IsRestored(string step) =>
        (Plan.Tenants ?? []).Any(tenants => tenants.IsRestored() && step == DatabaseKey.StepPrefix(DeploymentSteps.Migrate) + tenants.Name)
        || (
            Plan.Databases is not { } databases
                ? Plan.SchemaWayBack == SchemaWayBack.RestoreBackup && step == DeploymentSteps.Migrate
                : databases.Any(database =>
                    database.SchemaWayBack == SchemaWayBack.RestoreBackup
                    && step == DatabaseKey.StepPrefix(DeploymentSteps.Migrate) + database.Name
                )
        );

    internal RunState State { get; private set; }

    internal StepDirection Direction { get; private set; }

    /// <summary>When it began to go back; <see langword="null"/> while it goes forward.</summary>
    internal DateTimeOffset? TurnedAt { get; private set; }

    internal IReadOnlyList<DeploymentMessage> Messages { get; private set; } = [];

    internal bool IsOpen => State is RunState.Unfinished or RunState.NeedsAttention;

    /// <summary>The first step whose effect cannot be taken back and is, or may be, there.</summary>
    internal StepLog? PointOfNoReturn =>
        Steps.FirstOrDefault(static step => step.Planned.Irreversible is not null && step.State is StepState.Done or StepState.Tolerated);

    internal StepLog? Find(string step) => _steps.GetValueOrDefault(step);

    internal void Apply(JournalRecord record)
    {
        LastRecordAt = record.Time;
        switch (record.Kind)
        {
            case JournalKinds.StepIntent:
                var intent = Read(record, RecordData.StepIntent);
                StepOf(record, intent.Step).Begin(intent.Direction);
                break;
            case JournalKinds.StepNoted:
                var note = Read(record, RecordData.StepNoted);
                StepOf(record, note.Step).Note(note, record.IsAuthentic);
                break;
            case JournalKinds.StepResult:
                var result = Read(record, RecordData.StepResult);
                StepOf(record, result.Step).End(result, record.IsAuthentic, record.Time);
                break;
            case JournalKinds.TenantsTold:
                var told = Read(record, RecordData.TenantsTold);
                StepOf(record, told.Step).Add(told.Tenants, record.IsAuthentic);
                break;
            case JournalKinds.StepResolved:
                var resolved = Read(record, RecordData.StepResolved);
                StepOf(record, resolved.Step).Resolve(resolved, record.Time);
                break;
            case JournalKinds.RunTurned:
                Direction = StepDirection.Back;
                TurnedAt ??= record.Time;
                break;
            case JournalKinds.RunResumed:
                State = RunState.Unfinished;
                var resumed = Read(record, RecordData.RunResumed);
                _resumptions.Add(
                    new RunResumption
                    {
                        Verb = resumed.Verb,
                        By = resumed.By,
                        At = record.Time,
                    }
                );
                if (resumed.AcceptsDataLoss)
                    Plan = Plan with { AcceptsDataLoss = true };
                Messages = [];
                foreach (var step in Steps)
                    step.TryAgain(Direction);
                break;
            case JournalKinds.RunEnded:
                var ended = Read(record, RecordData.RunEnded);
                (State, Messages) = (ended.State, ended.Messages);
                break;
        }
    }

    /// <summary>Takes in what somebody found, in a copy that only shows what would come of it.</summary>
    internal void Try(StepResolved resolved) => _steps[resolved.Step].Resolve(resolved, LastRecordAt);

    /// <summary>The run as it is told: what it names to run next brings the same release into the same environment.</summary>
    internal DeploymentRun ToRun() =>
        new()
        {
            Id = Id,
            Kind = Plan.Kind,
            Environment = Plan.Environment,
            Release = Plan.Release,
            PreviousRelease = Plan.PreviousRelease,
            State = State,
            IsGoingBack = Direction == StepDirection.Back,
            StartedBy = StartedBy,
            ClaimedOperator = Claimed,
            StartedAt = StartedAt,
            LastRecordAt = LastRecordAt,
            PlanHash = Plan.Hash,
            Plan = Plan,
            Resumptions = [.. _resumptions],
            Messages = [.. Messages.Select(message => message with { Text = Completed(message.Text) })],
            Steps = [.. Steps.Select(step => Completed(step.ToStep()))],
        };

    // Of this binary's own release nobody has to say which it is, and once it is mended it is another.
    private string Completed(string text) =>
        NamedCommands.Complete(
            text,
            Plan.Environment,
            Plan.Kind == RunKind.Up && Plan.Release.ToFullString() is var release && release != AppAssembly.EntryRelease ? release : null
        );

    private RunStep Completed(RunStep step) =>
        step with
        {
            Error = step.Error is { } error ? Completed(error) : null,
            WayBackError = step.WayBackError is { } stuck ? Completed(stuck) : null,
            Tenants = [.. step.Tenants.Select(tenant => tenant.Error is { } why ? tenant with { Error = Completed(why) } : tenant)],
        };

    /// <exception cref="DeploymentException">The record lacks something, or holds what it cannot.</exception>
    internal static T Read<T>(JournalRecord record, Func<JsonElement, T> read)
        where T : class
    {
        try
        {
            return read(record.Data);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw NotUnderstood(record, e);
        }
    }

    internal static DeploymentException NotUnderstood(JournalRecord record, Exception e) =>
        DeploymentException.Refused(
            Codes.JournalRecordUnreadable,
            $"Record {record.Sequence} of kind '{record.Kind}' in the journal cannot be understood: {Sentence.Of(e)} If a newer release "
                + $"wrote it, use that one's binary; otherwise put back a copy of the file from before the change.",
            e
        );

    /// <exception cref="DeploymentException">The record is about a step that the run's plan doesn't have.</exception>
    private StepLog StepOf(JournalRecord record, string step) =>
        Find(step) ?? throw NotUnderstood(record, new KeyNotFoundException($"Run {Id} has no step '{step}'."));
}
