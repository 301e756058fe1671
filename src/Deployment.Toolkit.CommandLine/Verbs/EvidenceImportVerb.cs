using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class EvidenceImportVerb : Verb
{
    private readonly Argument<string> _file;

    internal EvidenceImportVerb()
    {
        _file = Add(new Argument<string>("FILE") { Description = "A bundle that 'deploy evidence export FILE' wrote." });
        TakesRelease("The release that it has to be about, as version or version+commit. Default: the app's own informational version.");
        TakesAs();
    }

    internal override string Path => "evidence import";

    internal override string Description =>
        "Takes a bundle's word that a release is verified in the environment that this one is promoted from, when a trusted key signed it.";

    internal override IReadOnlyList<string> Examples => ["deploy evidence import staging.intoto.jsonl --environment Production"];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var result = await context
            .Evidence.ImportAsync(context.Parse.GetRequiredValue(_file), Release(context.Parse), cancellationToken)
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome == DeploymentOutcome.NothingToDo ? "Nothing to do: this bundle was imported already." : null,
        };
    }
}
