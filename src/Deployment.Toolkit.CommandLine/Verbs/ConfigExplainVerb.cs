using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ConfigExplainVerb : Verb
{
    private readonly Argument<string> _key;

    internal ConfigExplainVerb()
    {
        _key = Add(new Argument<string>("KEY") { Description = "The key, for example Content:MaxItems." });
    }

    internal override string Path => "config explain";

    internal override string Description => "Shows what every source says of a key and why one of them counts; secrets are hidden.";

    internal override IReadOnlyList<string> Examples => ["deploy config explain Content:MaxItems --environment Production"];

    internal override Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var explanation = context.Configuration.Explain(context.Parse.GetRequiredValue(_key));
        var member = explanation.Member is { } name ? $" It sets {name}." : "";
        return Task.FromResult(
            new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
            {
                Sections = [new ValuesSection(explanation.Values) { IsExplained = true }, new LayersSection(explanation.Layers)],
                Headline =
                    explanation.Values.Count > 0
                        ? $"{explanation.Key} in {context.HostEnvironment}.{member}"
                        : $"{explanation.Key} is set nowhere in {context.HostEnvironment}, so {explanation.Member} keeps its default.",
            }
        );
    }
}
