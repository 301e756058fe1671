using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Monitoring;

/// <summary>
/// The host's journal for those who ask every few seconds: probes and metrics. A journal grows for years, so it is read again only when it
/// changed.
/// </summary>
internal sealed class LedgerCache(DeploymentPartsFactory factory)
{
    private volatile Kept? _kept;

    // Two who ask at once may both read it; each gets what was there when they asked, or later.
    internal async ValueTask<EnvironmentLedger> ReadAsync(CancellationToken cancellationToken)
    {
        var environment = factory.Environment;
        var stamp = await factory.StoreOf(environment).StampAsync(cancellationToken).ConfigureAwait(false);
        if (_kept is { } kept && kept.Stamp == stamp)
            return kept.Ledger;

        var ledger = await factory.ReadLedgerAsync(environment, cancellationToken).ConfigureAwait(false);
        _kept = new Kept(stamp, ledger);
        return ledger;
    }

    /// <summary>The same for a gauge, which .NET reads at once.</summary>
    internal EnvironmentLedger ReadAtOnce() => ReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private sealed record Kept(string Stamp, EnvironmentLedger Ledger);
}
