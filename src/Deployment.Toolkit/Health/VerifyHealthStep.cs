using System.Globalization;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Health;

internal sealed class VerifyHealthStep(HealthGate health) : DeploymentStep
{
    public override string Name => DeploymentSteps.VerifyHealth;

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken)
    {
        var count = health.Checks.Count;
        return ValueTask.FromResult(
            new StepDescription(
                count == 0
                    ? $"nothing to ask: {health.NothingBecause ?? "no health check belongs to the gate"}"
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"wait until {count} health check{(count == 1 ? " agrees" : "s agree")}, at most {health.Limit.TotalSeconds:0.#} s"
                    )
            )
            {
                ChangesNothing = true,
            }
        );
    }

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        // A binary whose checks were registered otherwise when the plan was made.
        if (health.Faults is { Count: > 0 } faults)
            throw new DeploymentException(DeploymentOutcome.Failed, faults);

        var report = await health.WaitAsync(context.Write, cancellationToken).ConfigureAwait(false);
        if (!health.Passes(report))
        {
            throw DeploymentException.Failed(
                Codes.Unhealthy,
                $"Release {context.Release} is not healthy in '{context.Environment.Name}': {HealthGate.Describe(report)}. Mend that "
                    + $"and run {(context.Plan.Kind == RunKind.Renew ? $"'deploy secrets renew {context.Plan.Secret}'" : "'deploy up'")} again; 'deploy health' asks the same checks."
            );
        }

        context.Write(HealthGate.Describe(report));
    }
}
