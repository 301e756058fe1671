namespace Deployment.Toolkit.Pinning;

/// <summary>Takes the configuration as it is set into use again, where a rollback had pinned an earlier one.</summary>
internal sealed class UnpinConfigurationStep(PinnedConfiguration pin) : DeploymentStep
{
    internal const string StepName = "unpin configuration";

    public override string Name => StepName;

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(
            new StepDescription($"use the configuration as it is set, not as it was pinned for {pin.Release}") { WayBack = "pin it again" }
        );

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        pin.Lift(context.RunId);
        return Task.CompletedTask;
    }

    public override Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(pin.Exists ? ProbeOutcome.NotDone : ProbeOutcome.Done);

    public override Task RevertAsync(StepContext context, CancellationToken cancellationToken)
    {
        pin.PutBack(context.RunId);
        return Task.CompletedTask;
    }
}
