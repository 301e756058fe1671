using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.AspNetCore.Dashboard;

/// <summary>A check's last answers as bars: as high as each took, in the colour of what it said.</summary>
internal sealed class Sparkline(HtmlText text)
{
    private const int Shown = 30;
    private const int Height = 20;

    internal Html Render(IReadOnlyList<HealthObservation> history)
    {
        if (history.Count == 0)
            return Html.Empty;

        var last = history.Skip(Math.Max(0, history.Count - Shown)).ToList();
        var longest = Math.Max(last.Max(static answer => answer.Duration.TotalSeconds), 0.001);
        var bad = last.Count(static answer => answer.Status != HealthStatus.Healthy);
        var label = string.Create(
            CultureInfo.InvariantCulture,
            $"{last.Count - bad} of the last {last.Count} answers were healthy; the longest took {longest * 1000:0} ms"
        );
        return text.Of(
            $"""<svg class="spark" viewBox="0 0 {Shown * 4} {Height}" width="{Shown * 4}" height="{Height}" role="img" aria-label="{label}">{last.Select((answer, i) => Bar(answer, i, longest))}</svg>"""
        );
    }

    private Html Bar(HealthObservation answer, int at, double longest)
    {
        var height = Math.Max(2, (int)Math.Round(Height * answer.Duration.TotalSeconds / longest));
        var tone = answer.Status switch
        {
            HealthStatus.Healthy => "good",
            HealthStatus.Degraded => "warn",
            _ => "bad",
        };
        return text.Of($"""<rect class="{tone}" x="{at * 4}" y="{Height - height}" width="3" height="{height}"/>""");
    }
}
