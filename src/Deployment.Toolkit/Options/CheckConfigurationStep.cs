namespace Deployment.Toolkit.Options;

internal sealed class CheckConfigurationStep(IServiceProvider services) : DeploymentStep
{
    public override string Name => DeploymentSteps.CheckConfiguration;

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StepDescription("validate the app's options") { ChangesNothing = true });

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        var faults = ConfigurationCheck.Errors(services);
        return faults.Count == 0 ? Task.CompletedTask : throw new DeploymentException(DeploymentOutcome.Failed, faults);
    }
}
