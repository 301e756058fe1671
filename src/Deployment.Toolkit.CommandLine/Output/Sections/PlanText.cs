namespace Deployment.Toolkit.CommandLine.Output;

internal static class PlanText
{
    private const int ShownHash = 12;

    internal static void Write(Page page, DeploymentPlan plan, bool isWhole)
    {
        if (!isWhole)
        {
            // What it would have done is of no interest now; which gates stand open is.
            if (plan.Gates.Count > 0)
                Gates(page, plan.Gates);
            return;
        }

        page.Title("Steps");
        var rows = new List<Shown[]>(plan.Steps.Count);
        foreach (var step in plan.Steps)
            rows.Add([step.Name, step.Effect, page.Ink.Faint(WayBack(step))]);
        page.Rows(rows);
        if (plan.Migrations.Count > 0)
            Migrations(page, plan);
        foreach (var tenants in plan.Tenants ?? [])
            Tenants(page, plan, tenants);
        if (plan.Gates.Count > 0)
            Gates(page, plan.Gates);
        if (plan.Bypass is { } bypass)
        {
            page.Title("Skipped");
            page.Line($"  {page.Ink.Warn("!")}  {string.Join(", ", bypass.Bypassed)}: {bypass.Reason}");
            page.Line($"     has to follow{(bypass.Until is { } until ? $" until {Format.Minute(until)}" : "")}: {bypass.MustFollow}");
        }

        Configuration(page, plan.Configuration);
        if (plan.Risks.Count > 0)
        {
            page.Title("Risks");
            foreach (var risk in plan.Risks)
                page.Line($"  {page.Ink.Warn("!")}  {risk}");
        }

        page.Line();
        page.Line(page.Ink.Faint($"plan {(plan.Hash.Length > ShownHash ? plan.Hash[..ShownHash] : plan.Hash)}"));
    }

    private static string WayBack(PlannedStep step) =>
        step.Irreversible is { } reason ? $"no way back: {reason}"
        : step.WayBack is { } wayBack ? $"way back: {wayBack}"
        : step.ChangesNothing ? "changes nothing"
        : "";

    private static void Migrations(Page page, DeploymentPlan plan)
    {
        page.Title(plan.Kind == RunKind.Up ? "Migrations to apply" : "Migrations to undo");
        Rows(page, plan.Migrations);
    }

    private static void Tenants(Page page, DeploymentPlan plan, PlannedTenants tenants)
    {
        page.Title($"Tenants '{tenants.Name}'");
        if (tenants.NotFound is not null)
            page.Line($"  {page.Doubt}  who they are is found out in the run, behind other databases");
        var told = tenants.Unreachable;
        foreach (var group in tenants.Groups)
        {
            told += group.Count;
            var mark =
                group.Newer > 0 ? page.Doubt
                : group.Pending > 0 ? page.Idle
                : page.Good;
            var copied =
                group.IsBackedUp ? ", backed up first"
                : group.IsRestored ? ", by a backup"
                : "";
            page.Line($"  {mark}  {Format.Count(group.Count, "tenant")}: {State(plan, group)}{copied} {page.Ink.Faint(Examples(group))}");
        }

        if (told < tenants.Count)
            page.Line($"  {page.Idle}  {tenants.Count - told} more, which stand otherwise");
        if (tenants.Unreachable > 0)
            page.Line($"  {page.Doubt}  {Format.Count(tenants.Unreachable, "tenant")}: can't be reached");
        Rows(page, tenants.Migrations);
    }

    private static string State(DeploymentPlan plan, TenantGroup group)
    {
        var what =
            group.Pending > 0 ? $"{group.Pending} {(plan.Kind == RunKind.Up ? "pending" : "to undo")}{(group.Count > 1 ? " each" : "")}"
            : group.Newer > 0 ? ""
            : "nothing to do";
        return group.Newer == 0 ? what
            : what.Length == 0 ? $"newer by {group.Newer}"
            : $"{what}, and newer by {group.Newer}";
    }

    private static string Examples(TenantGroup group) =>
        $"({string.Join(", ", group.Examples)}{(group.Count > group.Examples.Count ? ", …" : "")})";

    private static void Rows(Page page, IReadOnlyList<PlannedMigration> migrations)
    {
        var rows = new List<Shown[]>(migrations.Count);
        foreach (var migration in migrations)
            rows.Add([
                Format.Migration(migration.Version, migration.Name, migration.Database),
                migration.Irreversible is { } reason ? $"irreversible: {reason}"
                : migration.HasWayBack ? "has a way back"
                : "no way back of its own",
            ]);
        page.Rows(rows);
    }

    private static void Gates(Page page, IReadOnlyList<PlannedGate> gates)
    {
        page.Title("Gates");
        var rows = new List<Shown[]>(gates.Count);
        foreach (var gate in gates)
        {
            var mark = gate.Outcome switch
            {
                GateOutcome.Passed => page.Good,
                GateOutcome.Failed => page.Bad,
                _ => page.Doubt,
            };
            rows.Add([
                $"{mark}  {gate.Name}",
                gate.Outcome == GateOutcome.Passed ? gate.Reason
                : gate.Bypassed is { } ground ? $"{Format.Words(gate.Outcome)}, skipped ({ground}): {gate.Reason}"
                : $"{Format.Words(gate.Outcome)}, see {gate.Code} below",
            ]);
        }

        page.Rows(rows);
    }

    private static void Configuration(Page page, ConfigurationDifference difference)
    {
        if (difference.Added.Count + difference.Changed.Count + difference.Removed.Count + difference.CannotCompare.Count == 0)
            return;

        page.Title("Configuration");
        Keys(page, page.Ink.Good("+"), difference.Added);
        Keys(page, page.Ink.Warn("~"), difference.Changed);
        Keys(page, page.Ink.Bad("-"), difference.Removed);
        if (difference.CannotCompare.Count > 0)
            page.Line(
                $"  {page.Doubt}  cannot compare {difference.CannotCompare.Count} values: the key of the journal under which they were "
                    + $"recorded is not here"
            );
    }

    // The first deployment adds every key, the machine's own variables among them.
    private static void Keys(Page page, Shown mark, IReadOnlyList<string> keys)
    {
        const int shown = 20;
        for (var i = 0; i < Math.Min(keys.Count, shown); i++)
            page.Line($"  {mark}  {keys[i]}");
        if (keys.Count > shown)
            page.Line($"  {mark}  and {keys.Count - shown} more; --output json has them all");
    }
}
