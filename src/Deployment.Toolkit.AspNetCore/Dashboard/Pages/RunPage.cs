using Deployment.Toolkit.Execution;
using Microsoft.AspNetCore.Http;

namespace Deployment.Toolkit.AspNetCore.Dashboard.Pages;

/// <summary>All that is kept of one run.</summary>
internal sealed class RunPage(DashboardSources sources) : DashboardPage(sources)
{
    internal override string Path => "/runs/{environment}/{run}";

    internal override string Title => "Run";

    internal override bool IsInNavigation => false;

    internal override async Task<Html> RenderAsync(HttpContext context, string root, CancellationToken cancellationToken)
    {
        var run = await History
            .GetRunAsync(
                (string)context.Request.RouteValues["run"]!,
                (string)context.Request.RouteValues["environment"]!,
                cancellationToken
            )
            .ConfigureAwait(false);
        var steps = new RunSteps(Text, Length);
        return Text.Of(
            $"""
            <p class="crumb"><a href="{root}/runs">History</a></p>
            <h1>{KindOf(run.Kind)} {run.Release.ToString()} in {run.Environment}</h1>
            <p>{StateOf(run)} <code>{run.Id}</code></p>
            <dl class="facts">
            <dt>Begun</dt><dd>{Moment(run.StartedAt)} by {run.StartedBy}{(
                run.ClaimedOperator is { } claimed ? Text.Of($", who claimed to be {claimed}") : Html.Empty
            )}</dd>
            <dt>{(run.State == RunState.Unfinished ? "Last record" : "Ended")}</dt><dd>{Moment(run.LastRecordAt)}, after {Length(
                (run.LastRecordAt - run.StartedAt).TotalSeconds
            )}</dd>
            <dt>Release before</dt><dd>{run.PreviousRelease?.ToString() ?? "none"}</dd>
            {run.Resumptions.Select(taken => Text.Of($"""<dt>{taken.Verb}</dt><dd>{Moment(taken.At)} by {taken.By}</dd>"""))}
            <dt>Plan</dt><dd><code>{run.PlanHash}</code></dd>
            </dl>
            {(
                run.Messages.Count > 0
                    ? Text.Of($"""<section><h2>What it said</h2>{Messages(run.Messages, run.Environment)}</section>""")
                    : Html.Empty
            )}
            {(
                run is { State: RunState.NeedsAttention } or { State: RunState.Unfinished, IsUnderWay: false }
                    ? Text.Of(
                        $"""<section><h2>What comes next</h2>{Command(string.Join('\n', RunWays.Commands(run)))}</section>"""
                    )
                    : Html.Empty
            )}
            <section><h2>Steps</h2>{steps.Progress(run)}{steps.Render(run, withOutput: true)}</section>
            {(run.Plan is { } plan ? new PlanParts(this, Text).Render(plan) : Html.Empty)}
            """
        );
    }
}
