using Microsoft.AspNetCore.Http;

namespace Deployment.Toolkit.AspNetCore.Dashboard.Pages;

/// <summary>The migrations of the app and of its databases' histories, database by database, and those of tenants.</summary>
internal sealed class MigrationsPage(DashboardSources sources) : DashboardPage(sources)
{
    // Tenants are asked one by one: who reloads doesn't ask them each time.
    private readonly Remembered<IReadOnlyList<MigrationState>> _states = new(TimeSpan.FromSeconds(10), sources.Time);

    internal override string Path => "/migrations";

    internal override string Title => "Migrations";

    internal override async Task<Html> RenderAsync(HttpContext context, string root, CancellationToken cancellationToken)
    {
        var states = await _states
            .GetAsync(token => Get<DeploymentDatabase>().GetMigrationsAsync(token), cancellationToken)
            .ConfigureAwait(false);
        var databases = states.GroupBy(static state => state.Database, StringComparer.Ordinal).ToList();
        return Text.Of(
            $"""
            <h1>Migrations</h1>
            {(
                states.Count == 0 ? Empty("There is none.", "Write the first one:", "deploy migrations add create_items")
                : databases.Count == 1 ? Text.Of($"""{Lead([.. states])}{Table([.. states], "Migrations")}""")
                : Text.Of($"""{databases.Select(database => Database(database.Key ?? "", [.. database]))}""")
            )}
            """
        );
    }

    private Html Database(string name, List<MigrationState> states) =>
        Text.Of($"""<section><h2>{name}</h2>{Lead(states)}{Table(states, "Migrations of " + name)}</section>""");

    private Html Lead(List<MigrationState> states)
    {
        var applied = states.Count(static state => state.IsApplied);
        var first = states[0];
        if (first.Tenants is not { } tenants)
            return Text.Of($"""<p class="lead">{applied} applied, {states.Count - applied} pending.</p>""");

        return tenants == 0
            ? Text.Of($"""<p class="lead">There is no tenant yet.</p>""")
            : Text.Of(
                $"""<p class="lead">{(tenants == 1 ? "1 tenant" : $"{tenants} tenants")}: {applied} applied in every one, {states.Count - applied} pending in some.{(first.UnreachableTenants > 0 ? Text.Of($""" {Badge(Tone.Bad, $"{first.UnreachableTenants} out of reach")}""") : Html.Empty)}</p>"""
            );
    }

    private Html Table(List<MigrationState> states, string label)
    {
        var isOfTenants = states[0].Tenants is not null;
        return Text.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{label}"><table><thead><tr><th scope="col">Version</th><th scope="col">State</th><th scope="col">Name</th>{(
                isOfTenants ? Text.Of($"""<th scope="col">Tenants</th>""") : Html.Empty
            )}<th scope="col">Way back</th></tr></thead><tbody>
            {Enumerable.Reverse(states).Select(state =>
                Text.Of(
                    $"""<tr><th scope="row"><code>{state.Version}</code></th><td>{StateOf(state)}</td><td>{state.Name}</td>{(isOfTenants ? Text.Of($"""<td>{state.AppliedTenants ?? 0} of {state.Tenants ?? 0}</td>""") : Html.Empty)}<td>{WayBackOf(state.HasWayBack, null)}</td></tr>"""
                )
            )}
            </tbody></table></div>
            """
        );
    }

    private Html StateOf(MigrationState state) =>
        state switch
        {
            { IsKnown: false } => Badge(Tone.Warn, "applied, not in this app"),
            { IsApplied: true } => Badge(Tone.Good, "applied"),
            { AppliedTenants: > 0 } => Badge(Tone.Warn, "pending in some"),
            { IsChanged: true } => Badge(Tone.Busy, "pending, an earlier content is applied"),
            _ => Badge(Tone.Busy, "pending"),
        };
}
