using Microsoft.AspNetCore.Http;

namespace Deployment.Toolkit.AspNetCore.Dashboard.Pages;

/// <summary>What <c>deploy up</c> would do now in the app's own environment, with every gate's answer.</summary>
internal sealed class NextPage(DashboardSources sources) : DashboardPage(sources)
{
    // Gates may ask others, and a plan opens the database: who reloads does not ask them each time.
    private readonly Remembered<DeploymentResult> _plan = new(TimeSpan.FromSeconds(10), sources.Time);

    internal override string Path => "/next";

    internal override string Title => "Gates";

    internal override async Task<Html> RenderAsync(HttpContext context, string root, CancellationToken cancellationToken)
    {
        var result = await _plan
            .GetAsync(token => Get<Deployer>().PlanAsync(new PlanRequest(), token), cancellationToken)
            .ConfigureAwait(false);
        return Text.Of(
            $"""
            <h1>What would happen now</h1>
            <p class="lead">{(
                result.Plan is { } planned
                    ? $"{planned.Release} into {planned.Environment}, as this app's own binary would bring it."
                    : "There is no plan."
            )}</p>
            {(
                result.Messages.Count > 0
                    ? Text.Of(
                        $"""<section><h2>What stands in the way</h2>{Messages(result.Messages, result.Environment ?? Own)}</section>"""
                    )
                    : Html.Empty
            )}
            {(result.Plan is { } plan ? Plan(plan) : Html.Empty)}
            """
        );
    }

    private Html Plan(DeploymentPlan plan) =>
        Text.Of(
            $"""
            {(
                plan.Gates.Count == 0
                    ? Empty(
                        "No gate is asked.",
                        "Gates stand in Program.cs: promotion order comes with AddEnvironments, windows, soak times and your own with AddPromotionGate."
                    )
                    : Html.Empty
            )}
            {new PlanParts(this, Text).Render(plan)}
            {(
                plan.Steps.Count == 0
                    ? Html.Empty
                    : Text.Of(
                        $"""<section><h2>Steps</h2><ol class="list">{plan.Steps.Select(step => Text.Of($"""<li><strong>{step.Name}</strong> {step.Effect}</li>"""))}</ol></section>"""
                    )
            )}
            """
        );
}
