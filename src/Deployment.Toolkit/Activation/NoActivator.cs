namespace Deployment.Toolkit.Activation;

internal sealed class NoActivator : ReleaseActivator
{
    internal static readonly ActivatorRegistration Registration = new("Activator", static _ => new NoActivator());

    public override string Description => "nothing to do: the platform starts the binary";

    public override bool HasEffect => false;

    public override Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}
