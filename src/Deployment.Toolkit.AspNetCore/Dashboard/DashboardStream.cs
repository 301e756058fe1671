using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.AspNetCore.Dashboard;

/// <summary>
/// Tells open pages, by server-sent events, that something is otherwise than they show. What that is they fetch: an event holds nothing
/// but a number.
/// </summary>
internal sealed class DashboardStream(IServiceProvider services)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // However many pages are open, the journals are read once in a period.
    private readonly Remembered<long> _stamp = new(Period * 0.9, services.GetRequiredService<TimeProvider>());

    internal async Task SendAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        if (HttpMethods.IsHead(context.Request.Method))
            return;

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
        );
        using var timer = new PeriodicTimer(Period, services.GetRequiredService<TimeProvider>());
        try
        {
            long? last = null;
            do
            {
                var stamp = await _stamp.GetAsync(StampAsync, ends.Token).ConfigureAwait(false);
                // A comment keeps proxies from closing what is silent.
                await response
                    .WriteAsync(stamp == last ? ":\n\n" : string.Create(CultureInfo.InvariantCulture, $"data: {stamp}\n\n"), ends.Token)
                    .ConfigureAwait(false);
                await response.Body.FlushAsync(ends.Token).ConfigureAwait(false);
                last = stamp;
            } while (await timer.WaitForNextTickAsync(ends.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The page was closed, or the app ends.
        }
    }

    private async Task<long> StampAsync(CancellationToken cancellationToken)
    {
        var hash = new HashCode();
        foreach (
            var environment in await services
                .GetRequiredService<DeploymentHistory>()
                .GetStatusAsync(null, cancellationToken)
                .ConfigureAwait(false)
        )
        {
            hash.Add(environment.Release);
            hash.Add(environment.Frozen);
            hash.Add(environment.Holds.Count);
            hash.Add((environment.Hotfixes.Count, environment.Hotfixes.Count(static debt => debt.IsOverdue), environment.Unreviewed.Count));
            hash.Add(environment.LockedBy);
            hash.Add(environment.Fault?.Text);
            hash.Add(environment.LastRun?.Id);
            hash.Add(environment.LastRun?.LastRecordAt);
            hash.Add(environment.LastRun?.State);
            hash.Add(environment.OpenRun?.IsUnderWay);
            foreach (var step in environment.OpenRun?.Steps ?? [])
                hash.Add((step.Name, step.State, step.Attempts, Ended(step)));
        }

        foreach (var check in services.GetService<DeploymentHealth>()?.Checks ?? [])
            hash.Add((check.Name, check.State, check.IsFlapping));
        return hash.ToHashCode();
    }

    private static int Ended(RunStep step) => step.Tenants.Count(static tenant => tenant.Outcome != TenantOutcome.Begun);
}
