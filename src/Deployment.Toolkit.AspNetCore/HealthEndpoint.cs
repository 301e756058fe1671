using Deployment.Toolkit.Secrets.Masking;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.AspNetCore;

/// <summary>Answers one probe.</summary>
internal sealed class HealthEndpoint(HealthProbe probe, DeploymentHealth health, HealthEndpointOptions options, IServiceProvider services)
{
    private readonly IHostApplicationLifetime _lifetime = services.GetRequiredService<IHostApplicationLifetime>();
    private readonly bool _isDevelopment = services.GetRequiredService<IHostEnvironment>().IsDevelopment();
    private readonly HealthJson _json = new(services.GetRequiredService<SecretRedactor>().Redact);

    internal async Task AnswerAsync(HttpContext context)
    {
        HealthProbeReport report;
        try
        {
            report = await ReportAsync(context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var response = context.Response;
        response.StatusCode = report.Passes ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        var body = _json.Write(report, options.ShowDetails?.Invoke(context) ?? _isDevelopment);
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private async Task<HealthProbeReport> ReportAsync(CancellationToken cancellationToken)
    {
        // Requests that are under way are finished; whoever hands out new ones has to be told before the port is closed.
        if (probe == HealthProbe.Ready && _lifetime.ApplicationStopping.IsCancellationRequested)
            return Stopping();

        return await health.CheckAsync(probe, options.AnswerWithin, cancellationToken).ConfigureAwait(false);
    }

    private static HealthProbeReport Stopping() =>
        new()
        {
            Probe = HealthProbe.Ready,
            Passes = false,
            Status = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy,
            Checks = [],
            TotalDuration = TimeSpan.Zero,
            Reason = "the host is stopping",
        };
}
