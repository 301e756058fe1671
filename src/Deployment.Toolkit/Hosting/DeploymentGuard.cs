using System.Data.Common;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Hosting;

/// <summary>Turns what can go wrong outside of a run into results, so that callers handle one shape.</summary>
internal static class DeploymentGuard
{
    private static readonly TimeSpan NoticesLimit = TimeSpan.FromSeconds(15);

    internal static async Task<DeploymentResult> RunAsync(
        DeploymentPartsFactory factory,
        Func<DeploymentEnvironment, Task<DeploymentResult>> work,
        CancellationToken cancellationToken,
        bool isLook = false
    )
    {
        string? environment = null;
        try
        {
            var declared = factory.Environment;
            environment = declared.Name;
            var result = await work(declared).ConfigureAwait(false);
            // Behind the lock, so that a receiver that hangs holds nobody up but this command, and that not for long.
            if (!isLook)
                await factory.NoticesOf(declared).TellAsync(NoticesLimit, isAtOnce: false, cancellationToken).ConfigureAwait(false);
            return result with { Messages = [.. result.Messages.Select(factory.Redactor.Redact)] };
        }
        catch (DeploymentException e)
        {
            return new DeploymentResult
            {
                Outcome = e.Outcome,
                Environment = environment,
                Messages = [.. e.Messages.Select(factory.Redactor.Redact)],
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new DeploymentResult
            {
                Outcome = DeploymentOutcome.Cancelled,
                Environment = environment,
                Messages =
                [
                    new DeploymentMessage(
                        Codes.RunInterrupted,
                        "Cancelled before anything was begun; nothing was changed.",
                        MessageSeverity.Information
                    ),
                ],
            };
        }
        // A cancellation that nobody here asked for is somebody's own timeout, an HttpClient's say.
        catch (Exception e) when (e is DbException or OperationCanceledException || DiskFault.Is(e))
        {
            Log.NotBegun(factory.Logger, StackText.Of(e, factory.Redactor.Redact));
            var message =
                e is DbException
                    ? factory.Model.Dialect.FaultOf(e, null)
                    : new DeploymentMessage(
                        Codes.UnexpectedError,
                        $"{Sentence.Of(e)} Nothing was begun. Mend that and run the command again."
                    );
            return new DeploymentResult
            {
                Outcome = DeploymentOutcome.Failed,
                Environment = environment,
                Messages = [factory.Redactor.Redact(message)],
            };
        }
    }
}
