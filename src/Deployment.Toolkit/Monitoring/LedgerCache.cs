using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Monitoring;

/// <summary>The host's journal for those who ask every few seconds: probes and metrics. A journal grows for years, so it is read again only when it changed.</summary>
internal sealed class LedgerCache(DeploymentPartsFactory factory)
{
    private readonly Lock _gate = new();
    private (DateTime Written, long Length) _stamp;
    private EnvironmentLedger? _ledger;

    internal EnvironmentLedger Read()
    {
        var environment = factory.Environment;
        var file = new FileInfo(factory.PathsOf(environment).Journal);
        var stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        lock (_gate)
        {
            if (_ledger is null || _stamp != stamp) (_ledger, _stamp) = (factory.ReadLedger(environment), stamp);
            return _ledger;
        }
    }
}
