using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;

namespace Deployment.Toolkit.Promotion;

/// <summary>Decides which gates that don't pass a release enters past, and says what has to follow.</summary>
internal static class Bypassing
{
    /// <summary>The gates, with those marked that are skipped. None is unless the gate passes that lets it be.</summary>
    internal static IReadOnlyList<PlannedGate> Mark(IReadOnlyList<PlannedGate> gates, EnvironmentRules rules, BypassRequest? request)
    {
        if (request is null)
            return gates;

        var isHotfix = request.IsHotfix && rules.Hotfix is not null && Passes(gates, HotfixGate.Title, Codes.HotfixRefused);
        var isGlass = request.IsBreakGlass && rules.GlassKey is not null && Passes(gates, GlassGate.Title, Codes.GlassRefused);
        return [.. gates.Select(gate => gate.Outcome == GateOutcome.Passed ? gate : gate with { Bypassed = GroundOf(gate) })];

        string? GroundOf(PlannedGate gate)
        {
            // What somebody holds in the source is held, whatever gate says it.
            if (gate.Code == Codes.ReleaseOnHold)
                return null;
            if (ReleaseHoldGate.MayBreakAgain(gate))
                return isGlass ? GlassGate.Title : null;
            if (gate.Code == Codes.NotApproved)
                return isGlass ? GlassGate.Title
                    : isHotfix ? HotfixGate.Title
                    : null;
            return isHotfix && rules.Hotfix!.Skip.Items.Contains(gate.Name, StringComparer.OrdinalIgnoreCase) ? HotfixGate.Title : null;
        }
    }

    /// <summary>What is skipped; <see langword="null"/> when nothing had to be.</summary>
    internal static PlannedBypass? Of(
        DeploymentPlan plan,
        IReadOnlyList<PlannedGate> gates,
        EnvironmentRules rules,
        BypassRequest? request,
        DateTimeOffset now
    )
    {
        var skipped = gates.Where(static gate => gate.Bypassed is not null).ToList();
        if (request is null || skipped.Count == 0)
            return null;

        var isHotfix = skipped.Exists(static gate => gate.Bypassed == HotfixGate.Title);
        var isGlass = skipped.Exists(static gate => gate.Bypassed == GlassGate.Title) || (isHotfix && request.IsBreakGlass);
        List<string> follows = [];
        if (isHotfix)
            follows.Add($"a promotion of {plan.Release} to '{plan.Environment}' that skips nothing");
        if (isGlass)
            follows.Add("a review by somebody else");
        return new PlannedBypass
        {
            IsHotfix = isHotfix,
            IsBreakGlass = isGlass,
            Reason = request.Reason,
            ApprovedBy = isGlass ? [] : request.ApprovedBy,
            Bypassed = [.. skipped.Select(static gate => gate.Name)],
            MustFollow = string.Join(", and ", follows),
            Until = isHotfix ? now + rules.Hotfix!.Within : null,
        };
    }

    private static bool Passes(IReadOnlyList<PlannedGate> gates, string name, string code) =>
        gates.Any(gate => gate.Name == name && gate.Code == code && gate.Outcome == GateOutcome.Passed);
}
