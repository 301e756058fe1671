using Deployment.Toolkit.Evidence;

namespace Deployment.Toolkit.Promotion;

/// <summary>The gates that the engine itself asks. The evidence is in the journals.</summary>
internal static class BuiltInGates
{
    // The engine's own read journals, and backups as large as databases are: slow disks are no reason to be in doubt.
    private static readonly PromotionGateOptions Patient = new() { Timeout = TimeSpan.FromMinutes(5) };
    private static readonly PromotionGateOptions MorePatient = new() { Timeout = TimeSpan.FromHours(1) };

    internal static IEnumerable<PromotionGateRegistration> Of(GateSources sources)
    {
        var (environment, graph, ledgerOf, time) = sources;
        var rules = graph.RulesOf(environment);
        if (environment.PromotedFrom is { } source)
            yield return Of(new PromotionOrderGate(sources.Migrations, graph.Get(source), ledgerOf, sources.Trusted));
        yield return Of(new ReleaseHoldGate(ledgerOf, rules.Approvals?.Signed == true));
        if (rules.Soak is { } soak && environment.PromotedFrom is { } from)
            yield return Of(new SoakGate(soak, graph.Get(from), sources.Migrations, ledgerOf, sources.Trusted, time));
        if (rules.RequiresRehearsal)
            yield return Of(new RehearsalGate(sources.Migrations, ledgerOf));
        if (rules.Tests is { } tests)
            yield return Of(new TestsGate(tests.Names, graph, ledgerOf));
        if (rules.Window is { } window)
            yield return Of(new WindowGate(window, time));
        if (rules.RequiresParity)
            yield return Of(
                new FoundFaultsGate(
                    "configuration",
                    "The configuration",
                    sources.Configuration,
                    environment.PromotedFrom is { } beside
                        ? $"deploy config parity {beside} {environment.Name}"
                        : $"deploy check --environment {environment.Name}"
                )
            );
        if (sources.Isolation is { } isolation)
            yield return Of(
                new FoundFaultsGate(
                    "isolation",
                    "The isolation from other environments",
                    () => isolation,
                    $"deploy isolation --environment {environment.Name}"
                )
            );
        if (rules.RequiresCleanMigrations)
            yield return Of(
                new FoundFaultsGate(
                    "migrations lint",
                    "The migrations",
                    sources.Lint,
                    $"deploy migrations lint --environment {environment.Name} --fail-on warning"
                )
            );
        if (rules.RequiresHealth)
            yield return Of(new HealthBeforeGate(rules.HealthAddress, sources.Health, ledgerOf, time));
        if (rules.BackupAge is { } age)
            yield return Of(new BackupGate(age, sources.Backups, sources.WithoutBackups, time), MorePatient);
        foreach (var command in rules.Commands.Items)
            yield return Of(new CommandGate(command, sources.ContentRoot, time), new PromotionGateOptions { Timeout = command.Timeout });
        if (rules.Checklist.Items.Count > 0)
            yield return Of(new ChecklistGate(rules.Checklist.Items, ledgerOf));
        if (rules.Approvals is { } approvals)
            yield return Of(new ApprovalGate(approvals, sources.Promoter, sources.Planned, sources.Authors, ledgerOf, time));
        if (sources.Bypass is { IsHotfix: true } hotfix)
            yield return Of(new HotfixGate(rules, hotfix, sources));
        if (sources.Bypass is { IsBreakGlass: true })
            yield return Of(new GlassGate(rules, sources.GlassKey));
    }

    private static PromotionGateRegistration Of(PromotionGate gate, PromotionGateOptions? options = null) =>
        new(gate.Name, _ => gate, options ?? Patient);
}
