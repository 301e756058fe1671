using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets.Masking;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Execution;

/// <summary>Tells somebody who watches. What goes wrong there is theirs: it is logged, and the run that they watch goes on.</summary>
internal sealed class ObservedProgress(IProgress<DeploymentProgress>? watching, SecretRedactor redactor, ILogger logger)
    : IProgress<DeploymentProgress>
{
    private int _failures;

    public void Report(DeploymentProgress value)
    {
        try
        {
            watching?.Report(value);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Once: it is told of every line of output.
            if (Interlocked.Increment(ref _failures) == 1)
                Log.ProgressFailed(logger, StackText.Of(e, redactor.Redact));
        }
    }
}
