namespace Deployment.Toolkit.AspNetCore.Dashboard;

/// <summary>What entered past gates and has yet to be made good: hotfixes, and what was done behind the glass.</summary>
internal sealed class DebtParts(DashboardPage page, HtmlText text, string root)
{
    /// <summary>In an environment's lane, in a line each.</summary>
    internal Html Lines(EnvironmentStatus environment) =>
        text.Of(
            $"""
            {environment.Hotfixes.Select(debt =>
                text.Of(
                    $"""<p>{Hotfix(debt)} {debt.Release.ToString()}: {debt.Reason} <span class="hint">{(debt.IsOverdue ? "was due" : "due")} {page.Moment(debt.Until)}</span></p>"""
                )
            )}{environment.Unreviewed.Select(glass =>
                text.Of($"""<p>{page.Badge(Tone.Bad, "glass broken")} {glass.Release.ToString()}: {glass.Reason} {page.Moment(glass.At)}</p>""")
            )}
            """
        );

    /// <summary>All of them, with what has to be done; nothing where there is none.</summary>
    internal Html Render(IReadOnlyList<EnvironmentStatus> all)
    {
        var rows = all.SelectMany(environment => environment.Hotfixes.Select(debt => Row(environment, debt)))
            .Concat(all.SelectMany(environment => environment.Unreviewed.Select(glass => Row(environment, glass))))
            .ToList();
        return rows.Count == 0
            ? Html.Empty
            : text.Of(
                $"""
                <section><h2>What has to follow</h2>
                <div class="scroll" tabindex="0" role="region" aria-label="What has to follow"><table><thead><tr><th scope="col">Release</th><th scope="col">Environment</th><th scope="col">What happened</th><th scope="col">Until</th><th scope="col">What has to follow</th></tr></thead><tbody>
                {rows}
                </tbody></table></div>
                </section>
                """
            );
    }

    private Html Row(EnvironmentStatus environment, HotfixDebt debt) =>
        text.Of(
            $"""
            <tr><th scope="row">{debt.Release.ToString()}</th><td>{environment.Name}</td><td class="told">{Hotfix(debt)} {debt.Reason}<br><span class="hint">Run {Run(
                environment,
                debt.Run
            )} by {debt.By}. Skipped: {string.Join(", ", debt.Bypassed)}. Approved by: {(
                debt.ApprovedBy.Count == 0 ? "nobody" : string.Join(", ", debt.ApprovedBy)
            )}.</span></td><td>{Until(debt)}</td><td class="told">{debt.MustFollow}.{(
                debt.IsOverdue ? " No further hotfix enters until then." : ""
            )}</td></tr>

            """
        );

    private Html Row(EnvironmentStatus environment, UnreviewedGlass glass) =>
        text.Of(
            $"""
            <tr><th scope="row">{glass.Release.ToString()}</th><td>{environment.Name}</td><td class="told">{page.Badge(
                Tone.Bad,
                "glass broken"
            )} {glass.Reason}<br><span class="hint">Run {Run(environment, glass.Run)} by {glass.By}, {page.Moment(
                glass.At
            )}.</span></td><td>nothing enters</td><td class="told">Somebody else runs <code>deploy review {glass.Run} --environment {environment.Name} --reason "…"</code></td></tr>

            """
        );

    private Html Hotfix(HotfixDebt debt) => debt.IsOverdue ? page.Badge(Tone.Bad, "hotfix overdue") : page.Badge(Tone.Warn, "hotfix");

    private Html Until(HotfixDebt debt) => debt.IsOverdue ? text.Of($"""since {page.Moment(debt.Until)}""") : page.Moment(debt.Until);

    private Html Run(EnvironmentStatus environment, string run) =>
        text.Of($"""<a class="id" href="{root}/runs/{Uri.EscapeDataString(environment.Name)}/{Uri.EscapeDataString(run)}">{run}</a>""");
}
