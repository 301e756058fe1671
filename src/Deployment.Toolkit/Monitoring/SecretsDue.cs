using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrets.Rotation;

namespace Deployment.Toolkit.Monitoring;

/// <summary>What of an environment's secrets is due.</summary>
internal sealed class SecretsDue(DeploymentPartsFactory factory, TimeProvider time)
{
    internal DeploymentEnvironment Environment => factory.Environment;

    internal DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Everything that is planned for the host's own environment, due or not.</summary>
    internal IReadOnlyList<SecretDue> Scheduled(EnvironmentLedger ledger, DateTimeOffset now)
    {
        var secrets = factory.SealedSecrets;
        return secrets.Exists ? SecretSchedule.Of(ledger, secrets.List(), factory.Model.Rotators, Environment.Name, now) : [];
    }
}
