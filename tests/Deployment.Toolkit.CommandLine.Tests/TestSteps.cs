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

/// <summary>A step that cannot be taken back and is interrupted when a test says so.</summary>
[Irreversible("it was sent")]
internal sealed class Notice : DeploymentStep
{
    public override string Name => "notice";

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => WarmUp.Work.Value?.Invoke(cancellationToken) ?? Task.CompletedTask;
}

/// <summary>A step that fails without having done anything, and can tell.</summary>
internal sealed class NeverBegan : DeploymentStep
{
    public override string Name => "never began";

    public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("no answer");

    public override Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult(ProbeOutcome.NotDone);
}
