using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Settings.Effective;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Hosting;

/// <summary>Lifts a pinned configuration on purpose.</summary>
internal sealed class ConfigurationUnpin(DeploymentPartsFactory factory, ConfigurationRecorder recorder)
{
    internal async Task<ConfigurationComparison?> CompareAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        var pin = factory.PinOf(factory.Environment);
        if (!pin.Exists)
            return null;

        var key =
            (await factory.ReadLedgerAsync(factory.Environment, cancellationToken).ConfigureAwait(false)).Key ?? JournalKey.Throwaway();
        return Named(pin.Release is { } release ? $"pinned for {release}" : "pinned", EffectiveConfiguration.Of(configuration))
            .CompareTo(Named("as it is set", pin.Unpinned()));

        NamedConfiguration Named(string name, EffectiveConfiguration effective) => new(name, recorder.Take(effective, key), key);
    }

    internal async Task<DeploymentResult> RunAsync(DeploymentEnvironment environment, string reason, CancellationToken cancellationToken)
    {
        var pin = factory.PinOf(environment);
        EnsurePinned();
        if (string.IsNullOrWhiteSpace(reason))
            throw Refused("The reason is empty. Say why the pin is lifted with --reason \"…\"; the journal keeps it.");

        var seen = pin.Run;
        await using var own = factory.OwnSteps();
        var launcher = new RunLauncher(factory, factory.Create(null), request: null, own);
        await using var session = await launcher.LockAsync("config unpin", cancellationToken).ConfigureAwait(false);
        if (session.Ledger.OpenRun is { } open)
        {
            throw DeploymentException.Refused(
                Codes.RunUnfinished,
                $"Run {open.Id} in '{environment.Name}' is not finished, and what it does next counts on the configuration that it "
                    + $"began with. Nothing was changed. "
                    + $"{RunWays.Of(open)}."
            );
        }

        EnsurePinned();
        if (pin.Run != seen)
            throw Refused(
                $"The configuration of '{environment.Name}' was pinned anew meanwhile{(pin.Release is { } other ? $", to what {other} was verified with" : "")}. "
                    + $"Nothing was changed. Look at 'deploy config unpin --environment {environment.Name} --dry-run', and run it again if that "
                    + "is to be lifted."
            );

        var release = pin.Release;
        // Said before it is done: run again after a crash in between, it is said and done again.
        await session
            .AppendAsync(
                null,
                JournalKinds.ConfigurationUnpinned,
                new ConfigurationUnpinned(release, pin.Run, factory.Redactor.Redact(reason), factory.Operator.Operator),
                JournalJson.Default.ConfigurationUnpinned
            )
            .ConfigureAwait(false);
        Boundary.Reached("unpin: recorded");
        // Not by the name of the run that the file gives: that is text, and this becomes a file's name.
        pin.Lift($"unpinned-{session.Fence}");
        return new DeploymentResult
        {
            Outcome = DeploymentOutcome.Succeeded,
            Environment = environment.Name,
            Messages =
            [
                new DeploymentMessage(
                    Codes.ConfigurationPinned,
                    $"The configuration of '{environment.Name}' is no longer "
                        + $"pinned{(release is null ? "" : $" to what {release} was verified with")}. The app has it as it is set from "
                        + $"its next start on. "
                        + $"Run 'deploy up --environment {environment.Name}' to verify a release with it.",
                    MessageSeverity.Information
                ),
            ],
        };

        void EnsurePinned()
        {
            if (!pin.Exists)
                throw Refused(
                    $"Nothing is pinned in '{environment.Name}': its configuration is in use as it is set. Nothing was changed. 'deploy "
                        + $"config show --environment {environment.Name}' shows it."
                );
        }
    }

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.ConfigurationPinned, text);
}
