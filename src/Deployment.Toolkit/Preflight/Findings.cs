using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Preflight;

/// <summary>Everything that was found, each once: what fails in one place keeps nothing else from being found.</summary>
internal sealed class Findings(DatabaseDialect dialect)
{
    private readonly List<DeploymentMessage> _all = [];

    internal IReadOnlyList<DeploymentMessage> All => _all;

    internal IReadOnlyList<DeploymentMessage> Errors => [.. _all.Where(static finding => finding.Severity == MessageSeverity.Error)];

    internal bool HasErrors => _all.Exists(static finding => finding.Severity == MessageSeverity.Error);

    internal void AddRange(IEnumerable<DeploymentMessage> findings)
    {
        foreach (var finding in findings)
        {
            if (!_all.Contains(finding))
                _all.Add(finding);
        }
    }

    internal async Task CollectAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (DeploymentException e)
        {
            AddRange(e.Messages);
        }
        catch (Exception e) when (e is DbException || DiskFault.Is(e))
        {
            AddRange([
                e is DbException
                    ? dialect.FaultOf(e, null)
                    : new DeploymentMessage(
                        Codes.UnexpectedError,
                        $"{Sentence.Of(e)} Nothing was begun. Mend that and run the command again."
                    ),
            ]);
        }
    }
}
