namespace Deployment.Toolkit.CommandLine.Tests;

/// <summary>A step that does what a test says.</summary>
internal sealed class WarmUp : DeploymentStep
{
    internal static readonly AsyncLocal<Func<CancellationToken, Task>?> Work = new();

    public override string Name => "warm up";

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        context.Write("warming");
        return Work.Value?.Invoke(cancellationToken) ?? Task.CompletedTask;
    }
}

/// <summary>A step whose way back fails.</summary>
internal sealed class OneWay : DeploymentStep
{
    public override string Name => "one way";

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task RevertAsync(StepContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("the door is shut");
}
