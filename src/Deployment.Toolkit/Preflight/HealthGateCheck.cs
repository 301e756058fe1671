namespace Deployment.Toolkit.Preflight;

/// <summary>Whether the health gate asks anything.</summary>
internal sealed class HealthGateCheck : PreflightCheck
{
    internal override ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken) =>
        ValueTask.FromResult(
            intention is { Kind: RunKind.Up or RunKind.Renew, IsNothingToDo: false, IsMigrationsOnly: false, Parts: { } parts }
                ? parts.Health.Faults
                : []
        );
}
