using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class UnholdVerb : Verb
{
    private readonly Option<string> _only;
    private readonly Option<string> _reason;

    internal UnholdVerb()
    {
        _only = Add(
            new Option<string>("--release")
            {
                HelpName = "VERSION",
                Description = "Only this release, as version or version+commit. Default: every held one.",
            }
        );
        _reason = Add(
            new Option<string>("--reason")
            {
                HelpName = "TEXT",
                Description = "Why; kept in the journal.",
                Required = true,
            }
        );
        TakesAs();
    }

    internal override string Path => "unhold";

    internal override string Description => "Lets releases that are on hold be deployed and promoted again.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy unhold --environment Production --reason \"the index is fixed\"",
            "deploy unhold --environment Production --release 1.4.0 --reason \"rolled back by mistake\"",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var release = context.Parse.GetValue(_only);
        var result = await context
            .History.UnholdAsync(release, context.Parse.GetRequiredValue(_reason), cancellationToken)
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome switch
            {
                DeploymentOutcome.NothingToDo when release is not null =>
                    $"Nothing to do: release {release} is not on hold in {result.Environment}.",
                DeploymentOutcome.NothingToDo => $"Nothing to do: no release is on hold in {result.Environment}.",
                DeploymentOutcome.Succeeded =>
                    $"Succeeded: {Format.Count(result.Messages.Count, "release")} may be deployed to {result.Environment} again.",
                _ => null,
            },
        };
    }
}
