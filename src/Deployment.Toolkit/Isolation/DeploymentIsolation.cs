using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Isolation;

namespace Deployment.Toolkit;

/// <summary>
/// Compares the host's environment with the others that are known here. No secret's value ever leaves it. A service of the host; safe to
/// call from many threads.
/// </summary>
public sealed class DeploymentIsolation
{
    private readonly DeploymentPartsFactory _factory;
    private readonly IsolationLook _look;

    internal DeploymentIsolation(DeploymentPartsFactory factory, IsolationLook look) => (_factory, _look) = (factory, look);

    /// <summary>Looks at databases, settings and journals; changes nothing.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">A journal or a file can't be read, or the key is missing.</exception>
    public async Task<IsolationReport> ReportAsync(CancellationToken cancellationToken = default)
    {
        var ledger = await _factory.ReadLedgerAsync(_factory.Environment, cancellationToken).ConfigureAwait(false);
        var report = await _look.ReportAsync(ledger, cancellationToken).ConfigureAwait(false);
        var redact = _factory.Redactor;
        return report with
        {
            Findings = [.. report.Findings.Select(finding => finding with { Message = redact.Redact(finding.Message) })],
            Warnings = [.. report.Warnings.Select(redact.Redact)],
        };
    }
}
