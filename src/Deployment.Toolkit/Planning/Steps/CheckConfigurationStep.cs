using Deployment.Toolkit.Options;


namespace Deployment.Toolkit.Planning.Steps;

internal sealed class CheckConfigurationStep(DeploymentParts parts) : DeploymentStep
{
    public override string Name => DeploymentSteps.CheckConfiguration;

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StepDescription("validate the app's options") { ChangesNothing = true });

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        var faults = ConfigurationCheck.Errors(parts.Services);
        return faults.Count == 0 ? Task.CompletedTask : throw new DeploymentException(DeploymentOutcome.Failed, faults);
    }
}
