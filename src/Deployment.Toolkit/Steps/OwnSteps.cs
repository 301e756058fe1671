using Deployment.Toolkit.Registration;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Steps;

/// <summary>One of the app's own steps, as registered.</summary>
internal sealed record StepRegistration(string What, Func<IServiceProvider, DeploymentStep> Create, StepOptions Options)
{
    /// <summary>Whether the app made it, once for all attempts, and disposes it.</summary>
    internal bool IsShared { get; init; }
}

/// <summary>
/// The app's own steps while a plan is made: each once, to say its name and describe itself. They are put away before a run begins; what is
/// then done is done by others, one for each attempt.
/// </summary>
internal sealed class OwnSteps(IServiceProvider services, IReadOnlyList<StepRegistration> registrations, ILogger logger) : IAsyncDisposable
{
    private IReadOnlyList<(StepRegistration Registration, OwnScope<DeploymentStep> Own)>? _made;

    /// <summary>The steps in the order of their registration.</summary>
    /// <exception cref="DeploymentException">Some cannot be made: all such faults at once.</exception>
    internal async Task<IReadOnlyList<CatalogStep>> MakeAsync()
    {
        if (_made is null)
        {
            var made = new List<(StepRegistration, OwnScope<DeploymentStep>)>();
            var faults = new List<DeploymentMessage>();
            foreach (var registration in registrations)
            {
                try
                {
                    made.Add(
                        (
                            registration,
                            await OwnScope<DeploymentStep>
                                .OpenAsync(services, registration.What, registration.Create, logger, registration.IsShared)
                                .ConfigureAwait(false)
                        )
                    );
                }
                catch (DeploymentException e)
                {
                    faults.AddRange(e.Messages);
                }
            }

            _made = made;
            if (faults.Count > 0)
            {
                await DisposeAsync().ConfigureAwait(false);
                throw new DeploymentException(DeploymentOutcome.Refused, faults);
            }
        }

        return [.. _made.Select(pair => CatalogStep.Own(pair.Own.Made, pair.Registration, services, logger))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, own) in _made ?? [])
            await own.DisposeAsync().ConfigureAwait(false);
        _made = null;
    }
}
