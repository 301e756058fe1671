using Microsoft.AspNetCore.Http;

namespace Deployment.Toolkit.AspNetCore.Dashboard.Pages;

/// <summary>What is known of every health check, without asking it, and what it answered lately.</summary>
internal sealed class HealthPage(DashboardSources sources) : DashboardPage(sources)
{
    internal override string Path => "/health";

    internal override string Title => "Health";

    internal override Task<Html> RenderAsync(HttpContext context, string root, CancellationToken cancellationToken)
    {
        var checks = Get<DeploymentHealth>().Checks;
        return Task.FromResult(
            Text.Of(
                $"""
                <h1>Health</h1>
                {(
                    checks.Count == 0
                        ? Empty(
                            "No health check is registered.",
                            "Register one in Program.cs: builder.Services.AddHealthChecks().AddCheck(…)."
                        )
                        : Table(checks)
                )}
                """
            )
        );
    }

    private Html Table(IReadOnlyList<CheckedHealth> checks) =>
        Text.Of(
            $"""
            <p class="lead">{checks.Count(static check =>
                check.State is HealthCheckState.Up
            )} of {checks.Count} are up. Checks answer when a probe asks them.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Health checks"><table><thead><tr><th scope="col">Check</th><th scope="col">State</th><th scope="col">Since</th><th scope="col">Role</th><th scope="col">Last answers</th><th scope="col">Took</th><th scope="col">What it says</th></tr></thead><tbody>
            {checks.Select(Row)}
            </tbody></table></div>
            """
        );

    private Html Row(CheckedHealth check) =>
        Text.Of(
            $"""
            <tr><th scope="row">{check.Name}</th><td>{StateOf(check)}{(
                check.IsFlapping ? Badge(Tone.Warn, "flapping") : Html.Empty
            )}</td><td>{(
                check.State == HealthCheckState.Unknown ? Html.Empty : Moment(check.Since)
            )}</td><td>{check.Role.ToString().ToLowerInvariant()}</td><td>{new Sparkline(Text).Render(check.History)}</td><td>{(
                check.History.Count == 0 ? "" : Length(check.Duration.TotalSeconds)
            )}</td><td>{Said(check)}</td></tr>

            """
        );

    private Html Said(CheckedHealth check) =>
        check.RootCauses.Count > 0 ? Text.Of($"""fails for {string.Join(", ", check.RootCauses)}""") : Text.Of($"{check.Description}");

    private Html StateOf(CheckedHealth check) =>
        check.State switch
        {
            HealthCheckState.Up when check.Status == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Degraded => Badge(
                Tone.Warn,
                "degraded"
            ),
            HealthCheckState.Up => Badge(Tone.Good, "up"),
            HealthCheckState.Down => Badge(Tone.Bad, "down"),
            HealthCheckState.Doubtful => Badge(Tone.Warn, "doubtful"),
            HealthCheckState.Recovering => Badge(Tone.Busy, "recovering"),
            HealthCheckState.Starting => Badge(Tone.Busy, "starting"),
            _ => Badge(Tone.Plain, "not asked yet"),
        };
}
