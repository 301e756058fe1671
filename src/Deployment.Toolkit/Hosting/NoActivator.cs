namespace Deployment.Toolkit.Hosting;

internal sealed class NoActivator : ReleaseActivator
{
    public override string Description => "nothing to do: the platform starts the binary";

    public override bool HasEffect => false;

    public override Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}
