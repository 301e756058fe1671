using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Hosting;

/// <summary>Puts a release on hold.</summary>
internal static class ReleaseHolding
{
    internal static Task<DeploymentResult> HoldAsync(
        DeploymentPartsFactory factory,
        string? release,
        string reason,
        CancellationToken cancellationToken
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return DeploymentGuard.RunAsync(
            factory,
            async environment =>
            {
                var parts = factory.Create(release);
                await using var own = factory.OwnSteps();
                await using var session = await new RunLauncher(factory, parts, request: null, own)
                    .LockAsync("hold", cancellationToken)
                    .ConfigureAwait(false);
                if (session.Ledger.Holds.Any(hold => hold.Held.Release == parts.Release))
                    return new DeploymentResult { Outcome = DeploymentOutcome.NothingToDo, Environment = environment.Name };

                await AppendAsync(session, parts.Release, parts.Redactor.Redact(reason), factory.Operator.Operator).ConfigureAwait(false);
                return new DeploymentResult
                {
                    Outcome = DeploymentOutcome.Succeeded,
                    Environment = environment.Name,
                    Messages = [Told(parts.Release, environment)],
                };
            },
            cancellationToken
        );
    }

    internal static Task AppendAsync(JournalSession session, Release release, string reason, string by) =>
        session.AppendAsync(null, JournalKinds.ReleaseHeld, new ReleaseHeld(release, reason, by), JournalJson.Default.ReleaseHeld);

    internal static DeploymentMessage Told(Release release, DeploymentEnvironment environment) =>
        new(
            Codes.ReleaseOnHold,
            $"Release {release}{(release.Commit is null ? ", in whatever build," : "")} doesn't enter '{environment.Name}', or what is promoted from it, "
                + $"until 'deploy unhold --environment {environment.Name} --reason \"…\"'.",
            MessageSeverity.Information
        );
}
