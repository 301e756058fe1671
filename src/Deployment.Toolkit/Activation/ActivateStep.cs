namespace Deployment.Toolkit.Activation;

internal sealed class ActivateStep(ScopedActivator activator) : DeploymentStep
{
    public override string Name => DeploymentSteps.Activate;

    public override bool IsIdempotent => true;

    public override async ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (description, hasEffect) = await activator.DescribeAsync().ConfigureAwait(false);
        return hasEffect
            ? new StepDescription($"put {context.Release} live{(context.Plan.Kind == RunKind.Renew ? " again" : "")}: {description}")
            {
                WayBack = context.Plan.Kind == RunKind.Up && context.PreviousRelease is { } previous ? $"put {previous} live again" : null,
                Inputs = new Dictionary<string, string> { ["activator"] = description },
            }
            : new StepDescription(description) { ChangesNothing = true };
    }

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) =>
        activator.ActivateAsync(context.Release, context, cancellationToken);

    // In a renewal the release is live before and after: whether it was put live again can't be told from that.
    public override async Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) =>
        context.Plan.Kind == RunKind.Renew
        || await activator.CurrentAsync(context, cancellationToken).ConfigureAwait(false) is not { } current
            ? ProbeOutcome.Unknown
        : current == context.Release ? ProbeOutcome.Done
        : ProbeOutcome.NotDone;

    public override async Task RevertAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.PreviousRelease is { } previous)
            await activator.ActivateAsync(previous, context, cancellationToken).ConfigureAwait(false);
        else
        {
            context.Write("no release was verified here before, so none was put live again");
            context.Keep();
        }
    }
}
