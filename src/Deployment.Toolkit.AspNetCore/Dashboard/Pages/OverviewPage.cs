using System.Globalization;
using Deployment.Toolkit.Execution;
using Microsoft.AspNetCore.Http;

namespace Deployment.Toolkit.AspNetCore.Dashboard.Pages;

/// <summary>The environments as lanes in the order of promotion.</summary>
internal sealed class OverviewPage(DashboardSources sources) : DashboardPage(sources)
{
    internal override string Path => "";

    internal override string Title => "Overview";

    internal override async Task<Html> RenderAsync(HttpContext context, string root, CancellationToken cancellationToken)
    {
        var all = await History.GetStatusAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var lanes = InOrder(all);
        var debts = new DebtParts(this, Text, root);
        var secrets = all.SelectMany(static environment => environment.Secrets.Select(secret => (environment.Name, Secret: secret)))
            .ToList();
        return Text.Of(
            $"""
            <h1>Environments</h1>
            <div class="lanes">
            {lanes.Select(environment => Lane(environment, all, debts, root))}
            </div>
            {all.Where(static environment => environment.OpenRun is not null).Select(environment => Open(environment.OpenRun!, root))}
            {debts.Render(lanes)}
            <section><h2>Secrets that are due</h2>
            {(
                secrets.Count == 0
                    ? Empty("None is due.", "Sealed secrets show here 14 days before they expire, and when they are to be rotated.")
                    : Due(secrets)
            )}
            </section>
            """
        );
    }

    // What nothing is promoted from comes first, then what is promoted from it, and so on; the graph has no circles.
    private static List<EnvironmentStatus> InOrder(IReadOnlyList<EnvironmentStatus> all)
    {
        var ordered = new List<EnvironmentStatus>(all.Count);
        foreach (var first in all.Where(environment => all.All(other => other.Name != environment.PromotedFrom)))
            Add(first);
        return ordered;

        void Add(EnvironmentStatus environment)
        {
            ordered.Add(environment);
            foreach (var next in all.Where(other => other.PromotedFrom == environment.Name))
                Add(next);
        }
    }

    private Html Lane(EnvironmentStatus environment, IReadOnlyList<EnvironmentStatus> all, DebtParts debts, string root)
    {
        var waiting = all.FirstOrDefault(other => other.Name == environment.PromotedFrom)?.Release;
        // A hotfix is ahead of what it is promoted from.
        var isBehind =
            waiting is not null
            && waiting != environment.Release
            && environment.Fault is null
            && environment.Hotfixes.All(debt => debt.Release != environment.Release);
        return Text.Of(
            $"""
            <article class="lane" aria-labelledby="lane-{environment.Name}">
            <header><h2 id="lane-{environment.Name}">{environment.Name}</h2>{(
                environment.IsProtected ? Badge(Tone.Plain, "protected") : Html.Empty
            )}</header>
            {(environment.PromotedFrom is { } from ? Text.Of($"""<p class="from">promoted from {from}</p>""") : Html.Empty)}
            {(environment.Fault is { } fault ? Messages([fault], environment.Name) : Live(environment))}
            {(
                isBehind
                    ? Text.Of(
                        $"""<p class="pending">{Badge(Tone.Busy, "pending")} {waiting!.ToString()} is verified in {environment.PromotedFrom}</p>"""
                    )
                    : Html.Empty
            )}
            {(environment.Frozen is { } frozen ? Text.Of($"""<p>{Badge(Tone.Warn, "frozen")} {frozen}</p>""") : Html.Empty)}
            {environment.Holds.Select(hold =>
                Text.Of($"""<p>{Badge(Tone.Warn, "on hold")} {hold.Release.ToString()}: {hold.Reason} {Moment(hold.Since)}</p>""")
            )}
            {debts.Lines(environment)}
            {Databases(environment)}
            {(
                environment.LastRun is { } last
                    ? Text.Of($"""<p class="last">Last run {RunLink(last, root)} {StateOf(last)} {Moment(last.LastRecordAt)}</p>""")
                    : Html.Empty
            )}
            </article>

            """
        );
    }

    private Html Live(EnvironmentStatus environment) =>
        environment.Release is { } release
            ? Text.Of(
                $"""<p class="release">{release.ToString()}</p><p class="since">verified {(environment.VerifiedAt is { } at ? Moment(at) : Html.Empty)}</p>"""
            )
            : Text.Of(
                $"""<p class="release none">no release yet</p><p class="since">{(environment.LastRun is null ? "No run is recorded here. Journals of environments on other machines lie there." : "No run has been verified.")}</p>"""
            );

    private Html Databases(EnvironmentStatus environment)
    {
        // An app's only database has no name.
        var known = environment
            .Databases.Where(static database => database.Applied is not null || database.Tenants.Count > 0)
            .Select(database =>
                Text.Of(
                    $"""<li><strong>{(database.Name.Length == 0 ? "Database" : database.Name)}</strong> {string.Join("; ", Standing(database))}</li>"""
                )
            )
            .ToList();
        return known.Count == 0 ? Html.Empty : Text.Of($"""<ul class="databases">{known}</ul>""");
    }

    private static IEnumerable<string> Standing(DatabaseStatus database)
    {
        if (database.Applied is { } applied)
            yield return $"{applied} applied"
                + (database.Pending is > 0 and var pending ? $", {pending.ToString(CultureInfo.InvariantCulture)} pending" : "");
        if (database.Tenants.Count > 0)
            yield return "tenants: " + TenantParts.Summary(database.Tenants);
    }

    private Html Open(DeploymentRun run, string root) =>
        Text.Of(
            $"""
            <section class="run"><h2>{KindOf(run.Kind)} {run.Release.ToString()} in {run.Environment}</h2>
            <p>{RunLink(run, root)} {StateOf(run)} begun {Moment(run.StartedAt)} by {run.StartedBy}</p>
            {new RunSteps(Text, Length).Progress(run)}
            {new RunSteps(Text, Length).Render(run, withOutput: false)}
            {(
                run.IsUnderWay
                    ? Html.Empty
                    : Text.Of(
                        $"""<p>Nobody works on it. {(RunWays.Commands(run).Count > 1 ? "Go on, or take it back" : "Go on")}:</p>{Command(string.Join('\n', RunWays.Commands(run)))}"""
                    )
            )}
            </section>

            """
        );

    private Html Due(List<(string Environment, SecretDue Secret)> secrets) =>
        Text.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="Secrets that are due"><table><thead><tr><th scope="col">Secret</th><th scope="col">Environment</th><th scope="col">When</th><th scope="col">What to do</th></tr></thead><tbody>
            {secrets.Select(due =>
                Text.Of(
                    $"""<tr><th scope="row">{due.Secret.Name}</th><td>{due.Environment}</td><td>{Moment(due.Secret.At)}</td><td>{due.Secret.Text}</td></tr>"""
                )
            )}
            </tbody></table></div>
            """
        );
}
