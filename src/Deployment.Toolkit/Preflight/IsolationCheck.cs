using Deployment.Toolkit.Isolation;

namespace Deployment.Toolkit.Preflight;

/// <summary>
/// Whether the environment shares what it must not: asked where no release enters, for which the gate answers, and always what could not be
/// looked at and which waivers do nothing.
/// </summary>
internal sealed class IsolationCheck : PreflightCheck
{
    internal override ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<DeploymentMessage>>(
            intention.Isolation is not { } report ? []
            : intention.Gates.Any(static gate => gate.Name == Gate) ? report.Warnings
            : [.. Faults(report), .. report.Warnings]
        );

    internal const string Gate = "isolation";

    /// <summary>What counts; a database with another's stamp is told by the check of databases.</summary>
    internal static IEnumerable<DeploymentMessage> Faults(IsolationReport report) =>
        report
            .Findings.Where(static finding => finding.State == IsolationState.Open && finding.Rule != IsolationRules.ForeignStamp)
            .Select(static finding => finding.Message);
}
