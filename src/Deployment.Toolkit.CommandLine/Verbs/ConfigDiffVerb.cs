using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ConfigDiffVerb : Verb
{
    private readonly Argument<string> _from;
    private readonly Argument<string> _to;

    internal ConfigDiffVerb()
    {
        _from = Add(new Argument<string>("FROM") { Description = "A run's id, a verified release, or an environment." });
        _to = Add(new Argument<string>("TO") { Description = "Another one." });
    }

    internal override string Path => "config diff";

    internal override string Description =>
        "Compares the configuration of two runs, releases or environments; of secrets it says only whether they differ.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy config diff Staging Production",
            "deploy config diff 1.3.0 1.4.0 --environment Production",
            "deploy config diff 20261121-034351-9a2f Production --environment Production",
        ];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var comparison = await context
            .Configuration.CompareAsync(context.Parse.GetRequiredValue(_from), context.Parse.GetRequiredValue(_to), cancellationToken)
            .ConfigureAwait(false);
        return new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
        {
            Sections = [new DifferenceSection(comparison)],
            Headline =
                comparison.Changes.Count == 0
                    ? $"No key differs from {comparison.From} to {comparison.To}."
                    : $"{Format.Count(comparison.Changes.Count, "key")} differ{(comparison.Changes.Count == 1 ? "s" : "")} from "
                        + $"{comparison.From} to {comparison.To}.",
        };
    }
}
