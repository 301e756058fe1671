namespace Deployment.Toolkit.AspNetCore.Dashboard;

/// <summary>What a plan holds beside its steps: gates, migrations, ways back, configuration, risks.</summary>
internal sealed class PlanParts(DashboardPage page, HtmlText text)
{
    internal Html Render(DeploymentPlan plan) =>
        text.Of(
            $"""
            {Gates(plan.Gates)}
            {WaysBack(plan)}
            {Migrations(plan)}
            {new TenantParts(text, DashboardPage.Length).Planned(plan.Tenants ?? [], plan.Kind)}
            {Configuration(plan.Configuration)}
            {Risks(plan.Risks)}
            """
        );

    internal Html Gates(IReadOnlyList<PlannedGate> gates) =>
        gates.Count == 0
            ? Html.Empty
            : text.Of(
                $"""<section><h2>Gates</h2><ul class="gates">{gates.Select(gate => text.Of($"""<li>{page.Answer(gate.Outcome)} <strong>{gate.Name}</strong> <span>{gate.Reason}</span></li>"""))}</ul></section>"""
            );

    private Html WaysBack(DeploymentPlan plan)
    {
        var schemas = plan.Databases is { } several
            ? several.Select(database => text.Of($"""<dt>Schema of {database.Name}</dt><dd>{Way(database.SchemaWayBack)}</dd>"""))
            : [text.Of($"""<dt>Schema</dt><dd>{Way(plan.SchemaWayBack)}</dd>""")];
        return text.Of(
            $"""
            <section><h2>Way back</h2><dl class="facts">{schemas}
            {plan.Steps.Where(static step => step.WayBack is not null || step.Irreversible is not null).Select(step =>
                text.Of($"""<dt>{step.Name}</dt><dd>{step.WayBack ?? "none: " + step.Irreversible}</dd>""")
            )}
            </dl></section>
            """
        );
    }

    private static string Way(SchemaWayBack way) =>
        way switch
        {
            SchemaWayBack.DownScripts => "by the down scripts, newest first; rows written since are kept",
            SchemaWayBack.RestoreBackup => "by putting a backup in place; rows written since are lost",
            SchemaWayBack.Nothing => "nothing to take back",
            _ => "there is none",
        };

    private Html Migrations(DeploymentPlan plan) =>
        plan.Migrations.Count == 0
            ? Html.Empty
            : text.Of(
                $"""<section><h2>Migrations</h2><ul class="list">{plan.Migrations.Select(migration => text.Of($"""<li>{(migration.Database is { } database ? text.Of($"""{database}: """) : Html.Empty)}<code>{migration.Version}</code> {migration.Name} {page.WayBackOf(migration.HasWayBack, migration.Irreversible)}</li>"""))}</ul></section>"""
            );

    private Html Configuration(ConfigurationDifference difference)
    {
        var lines = difference
            .Added.Select(key => text.Of($"""<li><span class="sign good">added</span> <code>{key}</code></li>"""))
            .Concat(difference.Changed.Select(key => text.Of($"""<li><span class="sign warn">changed</span> <code>{key}</code></li>""")))
            .Concat(difference.Removed.Select(key => text.Of($"""<li><span class="sign bad">removed</span> <code>{key}</code></li>""")))
            .ToList();
        return lines.Count == 0 ? Html.Empty : text.Of($"""<section><h2>Configuration</h2><ul class="list">{lines}</ul></section>""");
    }

    private Html Risks(IReadOnlyList<string> risks) =>
        risks.Count == 0
            ? Html.Empty
            : text.Of(
                $"""<section><h2>Risks</h2><ul class="list">{risks.Select(risk => text.Of($"""<li>{risk}</li>"""))}</ul></section>"""
            );
}
