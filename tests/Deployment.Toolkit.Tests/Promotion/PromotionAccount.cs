using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Promotion;

namespace Deployment.Toolkit.Tests.Promotion;

/// <summary>A second account of who may enter what, kept beside the engine's and by other means: plain lists of what happened.</summary>
internal sealed class PromotionAccount(Place[] places)
{
    private readonly PromotionWorld _world = new(places);
    private readonly List<Given> _given = [];
    private readonly HashSet<(string Place, Release Release)> _verified = [];
    private readonly Dictionary<string, Release> _live = [];
    private readonly HashSet<(string Place, Release Release)> _held = [];
    private readonly HashSet<(string Place, string Who)> _out = [];
    private readonly List<(string Place, string Run, string By)> _glass = [];
    private readonly Dictionary<string, OwedAccount> _debts = places.ToDictionary(static place => place.Name, static _ => new OwedAccount());

    private sealed record Given(string Place, Release Release, int Configuration, Release? Over, string Who, bool IsHotfix, DateTimeOffset At, bool IsReal, ReleaseApproved Record)
    {
        internal bool IsGone { get; set; }
    }

    /// <returns>Whether something entered, where somebody wanted that, and its plan.</returns>
    internal (bool? Entered, DeploymentPlan? Plan) Do(int what, Place place, Release release, string who, int more)
    {
        var name = place.Name;
        switch (what)
        {
            case <= 5:
                return Promote(place, release, who, more);
            case <= 10:
                // In a third of the cases the one that is asked about is the one that is to enter next.
                Approve(place, release, who, isHotfix: more % 3 == 0, isForged: more == 11);
                break;
            case 11:
                _world.Revoke(name, who);
                foreach (var given in _given.Where(given => given.Place == name && given.Who == who)) given.IsGone = true;
                break;
            case 12 when place.IsSigned && _given.Count > 0:
                // Word for word what somebody signed once, in this journal or another, in another place of it.
                var copied = _given[more % _given.Count];
                _world.Write(name, copied.Record);
                break;
            case 13:
                _world.Jump(TimeSpan.FromHours(more - 5));
                break;
            case 14:
                _world.Jump(TimeSpan.FromHours((more - 3) * 6));
                break;
            case 15:
                var isHeld = _held.Add((name, release));
                if (!isHeld) _held.Remove((name, release));
                _world.Hold(name, release, isHeld);
                break;
            case 16:
                _world.Configuration[name] = more % 2;
                break;
            case 17:
                _world.OwnGate = (GateOutcome)(more < 8 ? 1 : more - 8);
                break;
            case 18 when place.IsSigned && who != "anna":
                _world.Remove(name, who);
                _out.Add((name, who));
                break;
            case 19 when _glass.FindIndex(glass => glass.Place == name) is >= 0 and var at:
                _world.Review(name, _glass[at].Run, who);
                if (who != _glass[at].By && !(place.IsSigned && _out.Contains((name, who)))) _glass.RemoveAt(at);
                break;
            case 20 when _debts[name].MayGoBack(release):
                RollBack(name, release);
                break;
        }

        return default;
    }

    private void RollBack(string name, Release release)
    {
        _world.RollBack(name, release);
        GoLive(name, release);
        _debts[name].RollBack(release, _world.Now);
        AssertOwed(name);
    }

    private void GoLive(string name, Release release)
    {
        _live[name] = release;
        foreach (var given in _given.Where(given => given.Place == name && given.Release == release)) given.IsGone = true;
    }

    private void AssertOwed(string name) => Assert.Equal(_debts[name].Owed, _world.Ledger(name).Promotion.Debts.Select(static debt => (debt.Due.Run, debt.Due.Until)));

    private void Approve(Place place, Release release, string who, bool isHotfix, bool isForged)
    {
        var name = place.Name;
        var record = _world.Approve(name, release, who, isHotfix, isForged);
        _given.Add(new Given(name, release, _world.Configuration.GetValueOrDefault(name), _live.GetValueOrDefault(name), who, isHotfix, _world.Now, !(isForged && place.IsSigned), record));
    }

    private (bool? Entered, DeploymentPlan? Plan) Promote(Place place, Release release, string who, int more)
    {
        var name = place.Name;
        var (isHotfix, isGlass, hasKey) = (more is 3 or 4 or 5 or 8 or 9, more is 6 or 7 or 8, more != 7);
        var by = Counting(place, release, who, isHotfix: true).FirstOrDefault() ?? PromotionWorld.People[more % 4];
        var bypass = isHotfix || isGlass ? new BypassRequest(isHotfix, isGlass, "orders are lost", more == 5 ? [] : [by]) : null;
        var may = May(place, release, who, bypass, hasKey);

        var (run, plan, gates) = _world.Promote(name, release, who, bypass, hasKey, succeeds: more != 11);

        Assert.True(may == (run is not null), $"{place}: {release} by {who} with {bypass}: the account says {may}, the gates {string.Join("; ", gates.Select(static gate => $"{gate.Name} {gate.Outcome} {gate.Bypassed}: {gate.Reason}"))}");
        if (run is null) return (false, null);

        // Whatever was skipped stands in the plan with its reason, and nothing else is called so.
        var skipped = gates.Where(static gate => gate.Outcome != GateOutcome.Passed).Select(static gate => gate.Name).ToList();
        Assert.Equal(skipped, plan!.Bypass?.Bypassed ?? []);
        Assert.True(plan.Bypass is null || plan.Bypass is { Reason: "orders are lost", MustFollow.Length: > 0 });
        Assert.True(place.From is null || _verified.Contains((place.From, release)) || plan.Bypass is { IsHotfix: true, Until: not null } hotfix && hotfix.Bypassed.Contains("promotion order"));
        if (plan.Bypass is { IsBreakGlass: true }) _glass.Add((name, run, who));
        if (more == 11) return (true, plan);

        _verified.Add((name, release));
        GoLive(name, release);
        _debts[name].Enter(run, release, plan.Bypass is { IsHotfix: true }, plan.Bypass is null, _world.Now);
        AssertOwed(name);
        return (true, plan);
    }

    private bool May(Place place, Release release, string who, BypassRequest? bypass, bool hasKey)
    {
        var name = place.Name;
        if (_held.Contains((name, release)) || (place.From is { } source && _held.Contains((source, release))) || _glass.Exists(glass => glass.Place == name)) return false;

        var isGlass = bypass is { IsBreakGlass: true } && place.HasGlass && hasKey;
        if (bypass is { IsBreakGlass: true } && !isGlass) return false;

        var isHotfix = bypass is { IsHotfix: true };
        if (isHotfix)
        {
            if (!place.AllowsHotfix || _debts[name].Owed.Any(debt => debt.Until <= _world.Now)) return false;
            if (!isGlass && !Counting(place, release, who, isHotfix: true).Intersect(bypass!.ApprovedBy).Any()) return false;
        }

        var isOrdered = place.From is null || _verified.Contains((place.From, release));
        var isApproved = Counting(place, release, who, isHotfix: false).Count >= place.Approvals;
        return (isOrdered || isHotfix) && (_world.OwnGate == GateOutcome.Passed || isHotfix) && (isApproved || isHotfix || isGlass);
    }

    private List<string> Counting(Place place, Release release, string promoter, bool isHotfix) =>
        [.. _given
            .Where(given => given.Place == place.Name && given.Release == release && given.IsHotfix == isHotfix && given.IsReal && !given.IsGone)
            .Where(given => given.Configuration == _world.Configuration.GetValueOrDefault(place.Name) && given.Over == _live.GetValueOrDefault(place.Name))
            .Where(given => given.At <= _world.Now && _world.Now < given.At + TimeSpan.FromHours(24))
            .Where(given => given.Who != promoter && given.Who != PromotionWorld.AuthorOf(release) && !(place.IsSigned && _out.Contains((place.Name, given.Who))))
            .Select(static given => given.Who).Distinct()];
}
