using System.Globalization;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Evidence;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Deployment.Toolkit.Tests.Promotion;

/// <summary>What one place of the graph asks.</summary>
internal sealed record Place(string Name, string? From, int Approvals, bool IsSigned, bool AllowsHotfix, bool HasGlass);

/// <summary>Environments in memory whose gates, counts, bypasses and records are the engine's own; only processes and databases are left out.</summary>
internal sealed class PromotionWorld
{
    internal static readonly string[] People = ["anna", "ben", "carol", "dora"];

    private static readonly Dictionary<string, SealedKey> s_keys = People.Append("glass").ToDictionary(static name => name, static _ => SealedKey.Generate());

    private readonly Dictionary<string, JournalSession> _sessions = [];
    private readonly EnvironmentGraph _graph = new();
    private readonly SettableClock _clock = new();
    private int _runs;

    internal PromotionWorld(IReadOnlyList<Place> places)
    {
        Places = places;
        var builder = new EnvironmentsBuilder(_graph);
        foreach (var place in places) builder.Add(place.Name, e => Declare(e, place));
        foreach (var place in places)
        {
            _sessions[place.Name] = JournalSession.TryOpenAsync(new MemoryJournal(), "test", Holder("anna"), JournalKey.Throwaway, _clock, default).GetAwaiter().GetResult()!;
            foreach (var person in place.IsSigned ? People : [])
            {
                var added = new ApproverAdded(person, [], [], person) { Key = PointOf(person), SignedBy = "anna" };
                Append(place.Name, JournalKinds.ApproverAdded, added with { Signature = Sign("anna", SignedWords.Of(added, place.Name, LastHash(place.Name))) }, JournalJson.Default.ApproverAdded);
            }
        }
    }

    internal IReadOnlyList<Place> Places { get; }

    internal DateTimeOffset Now => _clock.GetUtcNow();

    internal GateOutcome OwnGate { get; set; } = GateOutcome.Passed;

    /// <summary>Of each environment what its configuration is like.</summary>
    internal Dictionary<string, int> Configuration { get; } = [];

    internal EnvironmentLedger Ledger(string place) => _sessions[place].Ledger;

    internal void Jump(TimeSpan by) => _clock.Jump(by);

    internal static string AuthorOf(Release release) => People[release.Version.Length % People.Length];

    internal ReleaseApproved Approve(string place, Release release, string who, bool isHotfix, bool isForged = false)
    {
        var declared = Places.Single(each => each.Name == place);
        var approved = new ReleaseApproved(
            // No two places give the same one, as none do that are made at random: what is copied from another place is not taken back with it.
            string.Create(CultureInfo.InvariantCulture, $"{Places.ToList().IndexOf(declared):x4}{Ledger(place).Count:x12}"), release, ApprovedPlan.HashOf(Planned(place, release), isHotfix), who, who, Now + TimeSpan.FromHours(24))
        { Approver = declared.IsSigned ? who : null };
        if (declared.IsSigned)
            approved = approved with { Signature = Sign(isForged ? People.First(other => other != who) : who, SignedWords.Of(approved, place, LastHash(place))) };
        Write(place, approved);
        return approved;
    }

    internal void Write(string place, ReleaseApproved approved) => Append(place, JournalKinds.ReleaseApproved, approved, JournalJson.Default.ReleaseApproved);

    internal void Revoke(string place, string who) => Append(
        place, JournalKinds.ApprovalRevoked, new ApprovalRevoked([.. Ledger(place).Promotion.Approvals.Where(approval => approval.Given.Account == who).Select(static approval => approval.Given.Id)], "no", who), JournalJson.Default.ApprovalRevoked);

    internal void Remove(string place, string who)
    {
        var removed = new ApproverRemoved(who, "left", "anna") { SignedBy = "anna" };
        Append(place, JournalKinds.ApproverRemoved, removed with { Signature = Sign("anna", SignedWords.Of(removed, place, LastHash(place))) }, JournalJson.Default.ApproverRemoved);
    }

    internal void Hold(string place, Release release, bool isHeld)
    {
        if (isHeld) Append(place, JournalKinds.ReleaseHeld, new ReleaseHeld(release, "bad", "anna"), JournalJson.Default.ReleaseHeld);
        else Append(place, JournalKinds.HoldReleased, new HoldReleased(release, "good", "anna"), JournalJson.Default.HoldReleased);
    }

    internal void Review(string place, string run, string who)
    {
        var review = new GlassReviewed(run, "fine", who, who) { Approver = who };
        Append(place, JournalKinds.GlassReviewed, review with { Signature = Sign(who, SignedWords.Of(review, place, LastHash(place))) }, JournalJson.Default.GlassReviewed);
    }

    /// <returns>The run, its plan, or why nothing was begun.</returns>
    internal (string? Run, DeploymentPlan? Plan, IReadOnlyList<PlannedGate> Gates) Promote(string place, Release release, string who, BypassRequest? bypass, bool hasGlassKey, bool succeeds)
    {
        var environment = _graph.Get(place);
        var rules = _graph.RulesOf(environment);
        var planned = Planned(place, release);
        var sources = new GateSources(environment, _graph, (asked, _) => ValueTask.FromResult(Ledger(asked.Name)), _clock)
        {
            Migrations = [],
            Planned = planned,
            Bypass = bypass,
            GlassKey = hasGlassKey ? PointOf("glass") : null,
            Promoter = new Actor(who, null, who) { Key = PointOf(who) },
            Authors = new CommitAuthors([AuthorOf(release)], "/", _clock),
            Trusted = new TrustedEvidence(new DeclaredEvidenceKeys(), _clock),
            ContentRoot = "/",
            Health = new HealthGate(null!, new HealthGateOptions()),
            Configuration = static () => [],
            Lint = static () => [],
        };
        var gates = Bypassing.Mark(
            new PromotionGates(s_none, [new PromotionGateRegistration("own", _ => new Own(this), new PromotionGateOptions())], _clock, NullLogger.Instance, static text => text)
                .AskAsync(BuiltInGates.Of(sources), new PromotionContext { Release = release, Environment = environment }, default).GetAwaiter().GetResult(),
            rules,
            bypass);
        if (PromotionGates.Refusals(gates).Count > 0) return (null, null, gates);

        var plan = PlanHash.Seal(planned with { Gates = gates, Bypass = Bypassing.Of(planned, gates, rules, bypass, Now) });
        var run = string.Create(CultureInfo.InvariantCulture, $"run-{_runs++}");
        var session = _sessions[place];
        if (plan.Bypass is { IsBreakGlass: true } glass)
        {
            var broken = new GlassBroken(run, release, glass.Reason, who, who, "") { Approver = who };
            Append(place, JournalKinds.GlassBroken, broken with { Signature = Sign("glass", SignedWords.Of(broken, place, LastHash(place))) }, JournalJson.Default.GlassBroken);
        }

        Run(session, run, plan, who, succeeds);
        return (run, plan, gates);
    }

    /// <summary>Enters as it says, whatever the gates answer.</summary>
    internal string Enter(string place, Release release, bool isHotfix, bool isGlass)
    {
        var bypass = new PlannedBypass { IsHotfix = isHotfix, IsBreakGlass = isGlass, Reason = "orders are lost", MustFollow = "more", Until = isHotfix ? Now + OwedAccount.Within : null };
        var run = string.Create(CultureInfo.InvariantCulture, $"run-{_runs++}");
        Run(_sessions[place], run, PlanHash.Seal(Planned(place, release) with { Bypass = isHotfix || isGlass ? bypass : null }), "anna", succeeds: true);
        return run;
    }

    internal void RollBack(string place, Release release) =>
        Run(_sessions[place], string.Create(CultureInfo.InvariantCulture, $"run-{_runs++}"), PlanHash.Seal(Planned(place, release) with { Kind = RunKind.Rollback }), "anna", succeeds: true);

    private static void Run(JournalSession session, string run, DeploymentPlan plan, string who, bool succeeds)
    {
        session.AppendAsync(run, JournalKinds.RunPlanned, new RunPlanned(plan, who), JournalJson.Default.RunPlanned).GetAwaiter().GetResult();
        if (succeeds)
        {
            MarkVerifiedStep.FollowAsync(session, plan, run).GetAwaiter().GetResult();
            session.AppendAsync(run, JournalKinds.ReleaseVerified, new ReleaseVerified(plan.Release, [], new RecordedConfiguration("", new Dictionary<string, string>())) { Migrations = [] }, JournalJson.Default.ReleaseVerified).GetAwaiter().GetResult();
        }

        session.AppendAsync(run, JournalKinds.RunEnded, new RunEnded(succeeds ? RunState.Succeeded : RunState.RolledBack, []), JournalJson.Default.RunEnded).GetAwaiter().GetResult();
    }

    private static readonly ServiceProvider s_none = new ServiceCollection().BuildServiceProvider();

    private static void Declare(EnvironmentBuilder environment, Place place)
    {
        if (place.From is { } from) environment.PromotedFrom(from);
        if (place.Approvals > 0) environment.RequireApprovals(place.Approvals, a => (a.MustBeSigned, a.ExpireAfter) = (place.IsSigned, TimeSpan.FromHours(24)));
        if (place.AllowsHotfix) environment.AllowHotfix(static h => (h.MaySkip, h.Within) = (["promotion order", "own"], TimeSpan.FromHours(48)));
        if (place.HasGlass) environment.GlassKey(s_keys["glass"].PublicKey!);
    }

    private DeploymentPlan Planned(string place, Release release) => new()
    {
        Kind = RunKind.Up,
        Environment = place,
        Release = release,
        PreviousRelease = Ledger(place).Current?.Evidence.Release,
        Configuration = new ConfigurationDifference { Hash = string.Create(CultureInfo.InvariantCulture, $"configuration {Configuration.GetValueOrDefault(place)}") },
        Steps = [new PlannedStep { Name = "activate", Effect = "put it live" }],
    };

    private void Append<T>(string place, string kind, T data, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => _sessions[place].AppendAsync(null, kind, data, type).GetAwaiter().GetResult();

    private string LastHash(string place) => Ledger(place).LastHash;

    private static string Sign(string who, byte[] hash) => SignedWords.Sign(s_keys[who].Signing!, hash);

    private static string PointOf(string who) => Convert.ToBase64String(s_keys[who].Signing!.PublicKey);

    private static JournalHolder Holder(string who) => new(who, "host", 1, DateTimeOffset.UnixEpoch);

    private sealed class Own(PromotionWorld world) : PromotionGate
    {
        public override string Name => "own";

        public override Task<PromotionAnswer> EvaluateAsync(PromotionContext context, CancellationToken cancellationToken) => world.OwnGate switch
        {
            GateOutcome.Passed => Task.FromResult(PromotionAnswer.Passed("open")),
            GateOutcome.Failed => Task.FromResult(PromotionAnswer.Failed("closed")),
            GateOutcome.Inconclusive => Task.FromResult(PromotionAnswer.Inconclusive("unknown")),
            _ => throw new InvalidOperationException("broken"),
        };
    }

    private sealed class SettableClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 21, 3, 43, 51, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        internal void Jump(TimeSpan by) => _now += by;
    }
}
