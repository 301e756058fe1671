namespace Deployment.Toolkit.Steps;

/// <summary>
/// What takes another step's effect away, as a step of its own: doing it is the other's way back, and its way back is to do the other
/// again. The other sees the release whose effect it was, as in the run that brought it.
/// </summary>
internal sealed class RevertingStep(DeploymentStep reverted) : DeploymentStep
{
    public override string Name => NameFor(reverted.Name);

    public override bool IsIdempotent => reverted.IsIdempotent;

    internal static string NameFor(string reverted) => "revert " + reverted;

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) =>
        reverted.RevertAsync(context.Reversed(), cancellationToken);

    public override Task RevertAsync(StepContext context, CancellationToken cancellationToken) =>
        reverted.ExecuteAsync(context.Reversed(), cancellationToken);

    public override async Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) =>
        Other(await reverted.ProbeAsync(context.Reversed(), cancellationToken).ConfigureAwait(false));

    internal override Task<string?> ObjectionAsync(StepContext context, ProbeOutcome found, CancellationToken cancellationToken) =>
        reverted.ObjectionAsync(context.Reversed(), Other(found), cancellationToken);

    private static ProbeOutcome Other(ProbeOutcome outcome) =>
        outcome switch
        {
            ProbeOutcome.Done => ProbeOutcome.NotDone,
            ProbeOutcome.NotDone => ProbeOutcome.Done,
            _ => ProbeOutcome.Unknown,
        };
}
