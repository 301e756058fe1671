using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class EvidenceKeysListVerb : Verb
{
    internal override string Path => "evidence keys list";

    internal override string Description => "Lists whose bundles count in the environment, and the key that you would sign with.";

    internal override IReadOnlyList<string> Examples => ["deploy evidence keys list --environment Production"];

    internal override EnvironmentUse Use => EnvironmentUse.JournalOnly;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var keys = await context.Evidence.GetKeysAsync(context.Environment, cancellationToken).ConfigureAwait(false);
        return new VerbReport(DeploymentOutcome.Succeeded, context.Environment ?? context.HostEnvironment, [])
        {
            Headline = keys.Count == 0 ? "No key is trusted, and there is none of your own. Make one with 'deploy secrets key'." : "",
            Sections = [new KeysSection(keys)],
        };
    }
}
