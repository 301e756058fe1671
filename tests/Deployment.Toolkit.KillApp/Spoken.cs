namespace Deployment.Toolkit.KillApp;

internal sealed class Spoken : IProgress<DeploymentProgress>
{
    public void Report(DeploymentProgress value) => Console.WriteLine($"{value.Kind} {value.Text}");
}
