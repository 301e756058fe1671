using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Hosting;

/// <summary>Makes the sealed file as it is now the one that the journal remembers, on a person's word.</summary>
internal static class SecretsTrust
{
    internal static async Task<long> TrustAsync(DeploymentPartsFactory factory, SealedSecrets secrets, CancellationToken cancellationToken)
    {
        await using var own = factory.OwnSteps();
        var launcher = new RunLauncher(factory, factory.Create(null), request: null, own);
        await using var session = await launcher.LockAsync("secrets verify", cancellationToken).ConfigureAwait(false);
        using var opened = secrets.OpenUnremembered(cancellationToken);
        foreach (var entry in opened.File.Entries)
            opened.Reveal(entry);
        await session
            .AppendAsync(null, JournalKinds.SecretsEpoch, EpochMemory.Of(opened.File), JournalJson.Default.SecretsEpoch)
            .ConfigureAwait(false);
        await secrets.RememberAsync(opened.File).ConfigureAwait(false);
        return opened.File.Epoch;
    }
}
