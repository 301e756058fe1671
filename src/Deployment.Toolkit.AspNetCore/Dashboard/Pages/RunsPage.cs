using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Deployment.Toolkit.AspNetCore.Dashboard.Pages;

/// <summary>The runs of all environments or one, newest first, by state and release.</summary>
internal sealed class RunsPage(DashboardSources sources) : DashboardPage(sources)
{
    private const int PageSize = 50;

    // A filter that nothing fits must not read the history of years for everybody who types it.
    private const int MostLooked = 5_000;

    internal override string Path => "/runs";

    internal override string Title => "History";

    internal override async Task<Html> RenderAsync(HttpContext context, string root, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        string? environment = query["environment"];
        string? state = query["state"];
        string? release = query["release"];
        // What is no number is the first page.
        var skip = int.TryParse(query["skip"], NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? Math.Min(given, MostLooked)
            : 0;
        var (runs, total, faults) = await FindAsync(environment, state, release, skip + PageSize + 1, cancellationToken)
            .ConfigureAwait(false);
        var shown = runs.Skip(skip).Take(PageSize).ToList();
        return Text.Of(
            $"""
            <h1>History</h1>
            {Filters(environment, state, release, root)}
            {faults.Select(fault => Messages(fault.Told, fault.Environment))}
            {Table(shown, total, root)}
            {(
                runs.Count > skip + PageSize
                    ? Text.Of(
                        $"""<p><a class="more" href="{root}/runs?environment={Uri.EscapeDataString(environment ?? "")}&amp;state={Uri.EscapeDataString(state ?? "")}&amp;release={Uri.EscapeDataString(release ?? "")}&amp;skip={skip + PageSize}">Older runs</a></p>"""
                    )
                    : Html.Empty
            )}
            """
        );
    }

    private async Task<(
        List<DeploymentRun> Runs,
        int Total,
        List<(string Environment, IReadOnlyList<DeploymentMessage> Told)> Faults
    )> FindAsync(string? environment, string? state, string? release, int most, CancellationToken cancellationToken)
    {
        var (found, total, faults) = (new List<DeploymentRun>(), 0, new List<(string, IReadOnlyList<DeploymentMessage>)>());
        foreach (var declared in History.Environments)
        {
            if (!string.IsNullOrEmpty(environment) && !declared.Name.Equals(environment, StringComparison.OrdinalIgnoreCase))
                continue;
            var (looked, fit) = (0, 0);
            try
            {
                // The journal is read from its end, and no further than this page needs it.
                await foreach (var run in History.GetNewestRunsAsync(declared.Name, null, cancellationToken).ConfigureAwait(false))
                {
                    total++;
                    if (++looked > MostLooked || fit == most)
                        break;
                    if (
                        (string.IsNullOrEmpty(state) || run.State.ToString().Equals(state, StringComparison.OrdinalIgnoreCase))
                        && (string.IsNullOrEmpty(release) || run.Release.ToString().Contains(release, StringComparison.OrdinalIgnoreCase))
                    )
                    {
                        fit++;
                        found.Add(run);
                    }
                }
            }
            catch (DeploymentException e)
            {
                // The others' are shown all the same.
                faults.Add((declared.Name, e.Messages));
            }
        }

        return ([.. found.OrderByDescending(static run => run.StartedAt)], total, faults);
    }

    private Html Filters(string? environment, string? state, string? release, string root) =>
        Text.Of(
            $"""
            <form class="filters" method="get" action="{root}/runs">
            <label>Environment <select name="environment"><option value="">all</option>{History.Environments.Select(declared =>
                Option(declared.Name, declared.Name, environment)
            )}</select></label>
            <label>State <select name="state"><option value="">all</option>{Enum.GetNames<RunState>().Select(name =>
                Option(name, Words(name), state)
            )}</select></label>
            <label>Release <input name="release" value="{release}" autocomplete="off" spellcheck="false"></label>
            <button type="submit">Filter</button>
            </form>
            """
        );

    private Html Option(string value, string shown, string? chosen) =>
        value.Equals(chosen, StringComparison.OrdinalIgnoreCase)
            ? Text.Of($"""<option value="{value}" selected>{shown}</option>""")
            : Text.Of($"""<option value="{value}">{shown}</option>""");

    private static string Words(string name) =>
        string.Concat(name.Select(static (c, i) => i > 0 && char.IsUpper(c) ? " " + char.ToLowerInvariant(c) : c.ToString()))
            .ToLowerInvariant();

    private Html Table(List<DeploymentRun> runs, int total, string root) =>
        runs.Count == 0
            ? total == 0
                ? Empty("Nothing has been deployed yet.", "The first run shows here.", $"deploy up --environment {Own}")
                : Empty("No run fits.", "Choose another state, or leave the release empty.")
            : Text.Of(
                $"""
                <div class="scroll" tabindex="0" role="region" aria-label="Runs"><table><thead><tr><th scope="col">Run</th><th scope="col">State</th><th scope="col">Environment</th><th scope="col">What</th><th scope="col">Begun</th><th scope="col">Took</th><th scope="col">By</th></tr></thead><tbody>
                {runs.Select(run =>
                    Text.Of(
                        $"""<tr><th scope="row">{RunLink(run, root)}</th><td>{StateOf(run)}</td><td>{run.Environment}</td><td>{KindOf(run.Kind)} {run.Release.ToString()}</td><td>{Moment(run.StartedAt)}</td><td>{Length((run.LastRecordAt - run.StartedAt).TotalSeconds)}</td><td>{run.StartedBy}</td></tr>"""
                    )
                )}
                </tbody></table></div>
                """
            );
}
