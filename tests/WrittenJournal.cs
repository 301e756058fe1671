using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Deployment.Toolkit;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Testing;

/// <summary>Lines of a journal as sessions write them, made in memory and without waiting: as many as somebody wants.</summary>
internal sealed class WrittenJournal
{
    private static readonly string[] s_steps = ["check-configuration", "back-up", "migrate", "activate", "verify-health", "mark-verified"];

    private readonly JournalHolder _holder = new("deploy", "build-7", 4711, DateTimeOffset.UnixEpoch);
    private readonly bool _summarizes;
    private DateTimeOffset _now = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _fence;
    private int _runs;

    internal WrittenJournal(JournalKey key, bool summarizes = true)
    {
        (Key, _summarizes) = (key, summarizes);
        Ledger = EnvironmentLedger.OfSession(new JournalContent([], 0, 0, null, new JournalTrust(key)), key);
    }

    /// <summary>The migrations that every release finds; each brings one of its own.</summary>
    internal IReadOnlyList<string>? Schema { get; init; } = ["0001", "0002"];

    internal JournalKey Key { get; }

    /// <summary>When the next record is written, less seven seconds.</summary>
    internal DateTimeOffset Now { get => _now; set => _now = value; }

    internal EnvironmentLedger Ledger { get; }

    internal List<JournalRecord> Records { get; } = [];

    internal List<byte[]> Lines { get; } = [];

    internal string? OpenRun { get; private set; }

    /// <summary>Takes the lock, and summarizes as a session does.</summary>
    internal void Lock(string verb, IReadOnlyList<string>? givenUp = null, string? oldKey = null)
    {
        _fence++;
        Add(null, JournalKinds.LockTaken, new LockTaken(verb, _holder, oldKey, Key.Id, GivenUp: givenUp), JournalJson.Default.LockTaken);
        if (_summarizes && Ledger.Count - Ledger.LastSummary >= JournalSession.SummarizedAfter) Summarize();
    }

    internal void Summarize() => Add(null, JournalKinds.StateSummarized, PresentState.Of(Ledger), JournalJson.Default.PresentState);

    /// <summary>A whole run as the engine writes it.</summary>
    internal string Run(RunKind kind, Release release, RunState state, string? secret = null, int settings = 20)
    {
        Lock(kind.ToString());
        var id = string.Create(CultureInfo.InvariantCulture, $"{_now.UtcDateTime:yyyyMMdd-HHmmss}-{_runs++:x4}");
        var plan = new DeploymentPlan
        {
            Kind = kind,
            Environment = "Production",
            Release = release,
            PreviousRelease = Ledger.Current?.Evidence.Release,
            Steps = [.. s_steps.Select(static step => new PlannedStep { Name = step, Effect = $"does what '{step}' does", WayBack = step == "migrate" ? "takes it back" : null, TimeoutSeconds = 60 })],
            SchemaBefore = Schema ?? [],
            SchemaAfter = SchemaOf(release),
            Backup = kind == RunKind.Restore ? id : null,
            Secret = secret,
            Hash = new string('a', 64),
        };
        OpenRun = id;
        Add(id, JournalKinds.RunPlanned, new RunPlanned(plan, _holder.Operator, Configuration(settings)), JournalJson.Default.RunPlanned);
        if (state == RunState.Unfinished)
        {
            Add(id, JournalKinds.StepIntent, new StepIntent("back-up", StepDirection.Forward, 1), JournalJson.Default.StepIntent);
            return id;
        }

        foreach (var step in s_steps)
        {
            Add(id, JournalKinds.StepIntent, new StepIntent(step, StepDirection.Forward, 1), JournalJson.Default.StepIntent);
            if (step == "back-up") Add(id, JournalKinds.StepNoted, new StepNoted(step, EnvironmentLedger.BackupHash, new string('b', 64)), JournalJson.Default.StepNoted);
            if (step == "mark-verified" && state == RunState.Succeeded && kind is not RunKind.Retire) Verify(id, release, settings);
            Add(id, JournalKinds.StepResult, new StepResult(step, StepDirection.Forward, 1, state == RunState.Succeeded || step != "verify-health", 0.25), JournalJson.Default.StepResult);
        }

        End(state);
        return id;
    }

    internal void Verify(string run, Release release, int settings) =>
        Add(run, JournalKinds.ReleaseVerified, new ReleaseVerified(release, SchemaOf(release), Configuration(settings)), JournalJson.Default.ReleaseVerified);

    internal void Resume()
    {
        Lock("resume");
        Add(OpenRun, JournalKinds.RunResumed, new RunResumed("resume", _holder.Operator), JournalJson.Default.RunResumed);
    }

    internal void End(RunState state)
    {
        Add(OpenRun, JournalKinds.RunEnded, new RunEnded(state, []), JournalJson.Default.RunEnded);
        if (state is not (RunState.Unfinished or RunState.NeedsAttention)) OpenRun = null;
    }

    internal void Add<T>(string? run, string kind, T data, JsonTypeInfo<T> type)
    {
        _now += TimeSpan.FromSeconds(7);
        var line = JournalLine.Write(Ledger.Count + 1, _now, _fence, run, kind, data, type, Ledger.LastHash, Key);
        var record = JournalLine.Read(line.AsMemory(0, line.Length - 1)).Record! with { IsAuthentic = true, End = Ledger.Bytes + line.Length, Length = line.Length };
        Lines.Add(line);
        Records.Add(record);
        Ledger.Apply(record);
    }

    private IReadOnlyList<string> SchemaOf(Release release) => Schema is null ? [] : [.. Schema, release.Version];

    private static RecordedConfiguration Configuration(int settings) =>
        new(new string('c', 64), Enumerable.Range(0, settings).ToDictionary(static i => $"Content:Setting{i}", static i => $"{i:x32}"))
        {
            KeyId = "k",
            Values = Enumerable.Range(0, settings).ToDictionary(static i => $"Content:Setting{i}", static i => $"value {i}"),
        };
}
