using System.Globalization;

namespace Deployment.Toolkit.AspNetCore.Dashboard;

/// <summary>What became of the databases of tenants: how many, and of which not all is well.</summary>
internal sealed class TenantParts(HtmlText text, Func<double, string> length)
{
    // An app may have thousands, and a page is for people.
    private const int MostShown = 100;

    /// <summary>How many came to what, in a few words.</summary>
    internal static string Summary(IEnumerable<KeyValuePair<TenantOutcome, int>> counts) =>
        string.Join(", ", counts.Select(static one => string.Create(CultureInfo.InvariantCulture, $"{one.Value} {Word(one.Key)}")));

    /// <summary>Those of a run's step: counted, and each by name with those first that want somebody.</summary>
    internal Html Render(IReadOnlyList<TenantResult> tenants, bool withEach)
    {
        if (tenants.Count == 0)
            return Html.Empty;

        var counts = tenants.CountBy(static tenant => tenant.Outcome).OrderBy(static one => one.Key);
        return text.Of($"""<p class="effect">Tenants: {Summary(counts)}</p>{(withEach ? Each(tenants) : Html.Empty)}""");
    }

    internal Html Planned(IReadOnlyList<PlannedTenants> all, RunKind kind) =>
        text.Of(
            $"""
            {all.Select(tenants => text.Of(
                $"""
                <section><h2>{(tenants.Name == "Tenants" ? tenants.Name : "Tenants: " + tenants.Name)}</h2><ul class="list">
                {(tenants.NotFound is { } why ? text.Of($"""<li>{why}</li>""") : Html.Empty)}
                {tenants.Groups.Select(group => text.Of(
                    $"""<li><strong>{Count(group.Count)}</strong> {Lack(group, kind)} <span class="hint">({string.Join(", ", group.Examples)}{(group.Count > group.Examples.Count ? ", …" : "")})</span></li>"""
                ))}
                {(tenants.Unreachable > 0 ? text.Of($"""<li><span class="sign bad">{Count(tenants.Unreachable)} could not be reached</span></li>""") : Html.Empty)}
                </ul></section>
                """
            ))}
            """
        );

    private Html Each(IReadOnlyList<TenantResult> tenants)
    {
        var shown = tenants.OrderBy(static tenant => IsWell(tenant.Outcome)).Take(MostShown).ToList();
        var more = tenants.Count > shown.Count ? text.Of($"""<p class="hint">and {tenants.Count - shown.Count} more</p>""") : Html.Empty;
        return text.Of(
            $"""
            <details><summary>{Count(tenants.Count)}</summary><div class="scroll" tabindex="0" role="region" aria-label="Tenants"><table><thead><tr><th scope="col">Tenant</th><th scope="col">State</th><th scope="col">Migrations</th><th scope="col">Took</th><th scope="col">Why</th></tr></thead><tbody>
            {shown.Select(tenant => text.Of(
                $"""<tr><th scope="row">{tenant.Id}</th><td><span class="badge {(IsWell(tenant.Outcome) ? "good" : "bad")}">{Word(tenant.Outcome)}</span></td><td>{tenant.Migrations}</td><td>{(tenant.DurationSeconds > 0 ? length(tenant.DurationSeconds) : "")}</td><td>{tenant.Error}</td></tr>"""
            ))}
            </tbody></table></div>{more}</details>
            """
        );
    }

    private static string Lack(TenantGroup group, RunKind kind)
    {
        var what = kind == RunKind.Up ? "pending" : "to undo";
        var way =
            group.IsBackedUp ? ", backed up first"
            : group.IsRestored ? ", by a backup"
            : "";
        return (group.Pending, group.Newer) switch
        {
            (0, 0) => kind == RunKind.Up ? "lack nothing" : "stay as they are",
            (0, var newer) => string.Create(CultureInfo.InvariantCulture, $"with {newer} that this release doesn't know, each"),
            (var pending, 0) => string.Create(CultureInfo.InvariantCulture, $"{pending} {what} each{way}"),
            var (pending, newer) => string.Create(
                CultureInfo.InvariantCulture,
                $"{pending} {what}, {newer} that this release doesn't know, each{way}"
            ),
        };
    }

    private static string Count(int tenants) =>
        tenants == 1 ? "1 tenant" : string.Create(CultureInfo.InvariantCulture, $"{tenants} tenants");

    private static bool IsWell(TenantOutcome outcome) => outcome is TenantOutcome.Migrated or TenantOutcome.Reverted;

    private static string Word(TenantOutcome outcome) =>
        outcome switch
        {
            TenantOutcome.NotBegun => "not begun",
            TenantOutcome.Begun => "begun",
            TenantOutcome.Migrated => "migrated",
            TenantOutcome.Failed => "failed",
            TenantOutcome.Unreachable => "out of reach",
            TenantOutcome.LeftOut => "left out",
            TenantOutcome.Reverted => "taken back",
            TenantOutcome.RevertFailed => "not taken back",
            _ => "gone",
        };
}
