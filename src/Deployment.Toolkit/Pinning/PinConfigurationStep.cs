using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Pinning;

/// <summary>Makes the configuration that a release was verified with the strongest layer, until the next verified run lifts it.</summary>
internal sealed class PinConfigurationStep(PinnedConfiguration pin, ConfigurationRecorder recorder, JournalSession? session)
    : DeploymentStep
{
    internal const string StepName = "pin configuration";

    public override string Name => StepName;

    public override bool IsIdempotent => true;

    public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StepDescription($"pin the configuration that {context.Release} was verified with"));

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        var target = session!.Ledger.Verified.Last(verified =>
            verified.Evidence.Release == context.Release && verified.Run != context.RunId
        );
        await pin.PinAsync(context.Release, context.RunId, target.Evidence.Configuration, recorder, cancellationToken)
            .ConfigureAwait(false);
        context.Write(
            $"pinned {target.Evidence.Configuration.Values!.Count} values; 'deploy config show' names those that come from there"
        );
    }

    public override Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) =>
        Task.FromResult(pin.Run == context.RunId ? ProbeOutcome.Done : ProbeOutcome.NotDone);
}
