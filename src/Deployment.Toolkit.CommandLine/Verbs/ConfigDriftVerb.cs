using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ConfigDriftVerb : Verb
{
    internal override string Path => "config drift";

    internal override string Description =>
        "Compares the host's configuration with what its live release was verified with; exit code 1 when they differ.";

    internal override IReadOnlyList<string> Examples => ["deploy config drift --environment Production"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        if (await context.Configuration.GetDriftAsync(cancellationToken).ConfigureAwait(false) is not { } drift)
            return new VerbReport(DeploymentOutcome.NothingToDo, context.HostEnvironment, [])
            {
                Headline = $"Nothing to compare with: no release is verified in {context.HostEnvironment}.",
            };

        if (drift.Changes.Count == 0)
            return new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
            {
                Sections = [new DifferenceSection(drift)],
                Headline = $"The configuration of {context.HostEnvironment} is what {drift.From} was verified with.",
            };

        var message = new DeploymentMessage(
            Codes.ConfigurationDrifted,
            $"{Format.Count(drift.Changes.Count, "key")} of {context.HostEnvironment} differ{(drift.Changes.Count == 1 ? "s" : "")} "
                + $"from what {drift.From} was verified with. Put the values back, or verify the release with them: 'deploy up "
                + $"--environment {context.HostEnvironment}'."
        );
        return new VerbReport(DeploymentOutcome.Failed, context.HostEnvironment, [message])
        {
            Sections = [new DifferenceSection(drift)],
            Headline = $"The configuration of {context.HostEnvironment} has drifted.",
        };
    }
}
