using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Deployment.Toolkit.AspNetCore.Dashboard.Pages;

/// <summary>How deployments went in the last thirty days, by environment.</summary>
internal sealed class FiguresPage(DashboardSources sources) : DashboardPage(sources)
{
    private const int Days = 30;

    internal override string Path => "/figures";

    internal override string Title => "Figures";

    internal override async Task<Html> RenderAsync(HttpContext context, string root, CancellationToken cancellationToken)
    {
        var rows = new List<Html>();
        foreach (var environment in History.Environments)
            rows.Add(await RowAsync(environment.Name, cancellationToken).ConfigureAwait(false));
        return Text.Of(
            $"""
            <h1>Figures</h1>
            <p class="lead">The last {Days} days, from the journals; of a younger one, since it began.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Figures"><table><thead><tr><th scope="col">Environment</th><th scope="col">Measured over</th><th scope="col">Deployments</th><th scope="col">Succeeded</th><th scope="col">Changes that failed</th><th scope="col">Took, median</th><th scope="col">Rollbacks</th><th scope="col">of which succeeded</th><th scope="col">Time to restore, median</th></tr></thead><tbody>
            {rows}
            </tbody></table></div>
            """
        );
    }

    private async Task<Html> RowAsync(string environment, CancellationToken cancellationToken)
    {
        DeliveryFigures figures;
        try
        {
            figures = await History.GetRunFiguresAsync(environment, TimeSpan.FromDays(Days), cancellationToken).ConfigureAwait(false);
        }
        catch (DeploymentException e)
        {
            return Text.Of($"""<tr><th scope="row">{environment}</th><td colspan="8">{Messages(e.Messages, environment)}</td></tr>""");
        }

        return Text.Of(
            $"""<tr><th scope="row">{environment}</th><td>{Time(figures.To - figures.From)}</td><td>{figures.Deployments}</td><td>{Percent(figures.SuccessPercent)}</td><td>{Percent(figures.ChangeFailurePercent)}</td><td>{Time(figures.MedianDuration)}</td><td>{figures.Rollbacks}</td><td>{Percent(figures.RollbackSuccessPercent)}</td><td>{Time(figures.Recovery)}</td></tr>"""
        );
    }

    private static string Percent(double? share) => share is { } known ? known.ToString("0.#", CultureInfo.InvariantCulture) + " %" : "–";

    private static string Time(TimeSpan? length) => length is { } known ? Length(known.TotalSeconds) : "–";
}
