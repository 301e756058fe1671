using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Hosting;

/// <summary>Stops the line of an environment, or lets it run again.</summary>
internal static class EnvironmentFreeze
{
    internal static Task<DeploymentResult> SetAsync(
        DeploymentPartsFactory factory,
        string reason,
        bool isFrozen,
        CancellationToken cancellationToken
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return DeploymentGuard.RunAsync(
            factory,
            async environment =>
            {
                var parts = factory.Create(null);
                await using var own = factory.OwnSteps();
                var launcher = new RunLauncher(factory, parts, request: null, own);
                await using var session = await launcher
                    .LockAsync(isFrozen ? "freeze" : "unfreeze", cancellationToken)
                    .ConfigureAwait(false);
                if (session.Ledger.Freeze is not null == isFrozen)
                    return new DeploymentResult { Outcome = DeploymentOutcome.NothingToDo, Environment = environment.Name };

                var (why, by) = (parts.Redactor.Redact(reason), factory.Operator.Operator);
                await (
                    isFrozen
                        ? session.AppendAsync(
                            null,
                            JournalKinds.EnvironmentFrozen,
                            new EnvironmentFrozen(why, by),
                            JournalJson.Default.EnvironmentFrozen
                        )
                        : session.AppendAsync(
                            null,
                            JournalKinds.EnvironmentThawed,
                            new EnvironmentThawed(why, by),
                            JournalJson.Default.EnvironmentThawed
                        )
                ).ConfigureAwait(false);
                return new DeploymentResult
                {
                    Outcome = DeploymentOutcome.Succeeded,
                    Environment = environment.Name,
                    Messages =
                    [
                        new DeploymentMessage(
                            Codes.EnvironmentFrozen,
                            isFrozen
                                ? $"Nothing enters '{environment.Name}' until 'deploy unfreeze --environment {environment.Name} --reason \"…\"'. "
                                    + "Rollbacks, and runs that were begun, go on."
                                : $"Releases may enter '{environment.Name}' again.",
                            MessageSeverity.Information
                        ),
                    ],
                };
            },
            cancellationToken
        );
    }
}
