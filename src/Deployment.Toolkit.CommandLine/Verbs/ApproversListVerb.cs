using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ApproversListVerb : Verb
{
    internal override string Path => "approvers list";

    internal override string Description => "Lists who may approve what enters the environment, as what, and who added them.";

    internal override IReadOnlyList<string> Examples => ["deploy approvers list --environment Production"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var approvers = await context.Promotion.GetApproversAsync(cancellationToken).ConfigureAwait(false);
        return new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
        {
            Headline = $"{Format.Count(approvers.Count, "approver")} in {context.HostEnvironment}.",
            Sections = [new ApproversSection(approvers)],
        };
    }
}
