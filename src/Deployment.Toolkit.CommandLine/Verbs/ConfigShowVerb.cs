using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ConfigShowVerb : Verb
{
    private readonly Argument<string?> _prefix;
    private readonly Option<bool> _all;

    internal ConfigShowVerb()
    {
        _prefix = Add(new Argument<string?>("KEY") { Description = "Only this key and those below it.", Arity = ArgumentArity.ZeroOrOne });
        _all = Add(
            new Option<bool>("--all")
            {
                Description = "Also what only the machine's variables or the command line set.",
                Arity = ArgumentArity.Zero,
            }
        );
    }

    internal override string Path => "config show";

    internal override string Description => "Shows the values that count and where they come from; secrets are hidden.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy config show --environment Production",
            "deploy config show Content --environment Staging",
            "deploy config show --all --output json",
        ];

    internal override Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var values = context.Configuration.Show(context.Parse.GetValue(_prefix), IsGiven(context.Parse, _all));
        return Task.FromResult(
            new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
            {
                Sections = [new ValuesSection(values)],
                Headline =
                    values.Count == 0
                        ? $"{context.HostEnvironment} has no configuration of its own."
                        : $"{Format.Count(values.Count, "value")} in {context.HostEnvironment}.",
            }
        );
    }
}
