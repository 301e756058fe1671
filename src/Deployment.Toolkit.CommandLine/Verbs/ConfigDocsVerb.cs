using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ConfigDocsVerb : Verb
{
    internal override string Path => "config docs";

    internal override string Description =>
        "Writes a reference of the app's sections in Markdown: key, type, default, rules, which environments set it.";

    internal override IReadOnlyList<string> Examples => ["deploy config docs"];

    internal override Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken) =>
        Task.FromResult(
            new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
            {
                Sections = [new DocumentSection(context.Configuration.WriteReference())],
                Headline = "",
            }
        );
}
