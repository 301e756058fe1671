namespace Deployment.Toolkit.Journal;

/// <summary>Reads what the journal of an environment tells, for those that are made by the app's services.</summary>
internal sealed class LedgerReader(
    Func<DeploymentEnvironment, CancellationToken, ValueTask<EnvironmentLedger>> read,
    Func<DeploymentEnvironment> here
)
{
    /// <summary>The environment that the host runs as.</summary>
    internal DeploymentEnvironment Here => here();

    internal ValueTask<EnvironmentLedger> ReadAsync(DeploymentEnvironment environment, CancellationToken cancellationToken) =>
        read(environment, cancellationToken);
}
