using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>
/// Healthy once what an app does before it serves has been done. That is begun when somebody asks for the first time, once, and goes on
/// whoever stops waiting; where it failed, who asks next begins it again.
/// </summary>
internal sealed class WarmUpCheck(Func<IServiceProvider, CancellationToken, Task> warmUp, IServiceProvider services) : IHealthCheck
{
    private readonly Lock _gate = new();
    private Task? _running;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_running is { IsCompletedSuccessfully: true })
                return Task.FromResult(HealthCheckResult.Healthy("warm"));

            var failed = _running is { IsCompleted: true } ? _running.Exception?.GetBaseException() : null;
            if (_running is null or { IsCompleted: true })
                _running = Task.Run(RunAsync, CancellationToken.None);
            return Task.FromResult(
                failed is null
                    ? new HealthCheckResult(context.Registration.FailureStatus, "warming up")
                    : new HealthCheckResult(context.Registration.FailureStatus, $"warming up again: {failed.Message}", failed)
            );
        }
    }

    private async Task RunAsync()
    {
        var scope = services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var stopping = scope.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
            await warmUp(scope.ServiceProvider, stopping).ConfigureAwait(false);
        }
    }
}
