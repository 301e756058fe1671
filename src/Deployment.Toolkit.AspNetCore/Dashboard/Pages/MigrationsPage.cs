using Microsoft.AspNetCore.Http;

namespace Deployment.Toolkit.AspNetCore.Dashboard.Pages;

/// <summary>The migrations of the app and of its database's history.</summary>
internal sealed class MigrationsPage(DashboardSources sources) : DashboardPage(sources)
{
    private readonly Remembered<IReadOnlyList<MigrationState>> _states = new(TimeSpan.FromSeconds(2), sources.Time);

    internal override string Path => "/migrations";

    internal override string Title => "Migrations";

    internal override async Task<Html> RenderAsync(HttpContext context, string root, CancellationToken cancellationToken)
    {
        var states = await _states
            .GetAsync(token => Get<DeploymentDatabase>().GetMigrationsAsync(token), cancellationToken)
            .ConfigureAwait(false);
        var pending = states.Count(static state => !state.IsApplied);
        return Text.Of(
            $"""
            <h1>Migrations</h1>
            {(
                states.Count == 0
                    ? Empty("There is none.", "Write the first one:", "deploy migrations add create_items")
                    : Text.Of($"""<p class="lead">{states.Count - pending} applied, {pending} pending.</p>{Table(states)}""")
            )}
            """
        );
    }

    private Html Table(IReadOnlyList<MigrationState> states)
    {
        // An app with several databases has the same versions in more than one.
        var isOfSeveral = states.Any(static state => state.Database is not null);
        return Text.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="Migrations"><table><thead><tr>{(
                isOfSeveral ? Text.Of($"""<th scope="col">Database</th>""") : Html.Empty
            )}<th scope="col">Version</th><th scope="col">Name</th><th scope="col">State</th><th scope="col">Way back</th></tr></thead><tbody>
            {states.Reverse().Select(state =>
                Text.Of(
                    $"""<tr>{(isOfSeveral ? Text.Of($"""<td>{state.Database}</td>""") : Html.Empty)}<th scope="row"><code>{state.Version}</code></th><td>{state.Name}</td><td>{StateOf(state)}</td><td>{WayBackOf(state.HasWayBack, null)}</td></tr>"""
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
            _ => Badge(Tone.Busy, "pending"),
        };
}
