using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class EvidenceKeysRemoveVerb : Verb
{
    private readonly Argument<string> _name;
    private readonly Option<string> _of;

    internal EvidenceKeysRemoveVerb()
    {
        _name = Add(new Argument<string>("NAME") { Description = "What the key is called here." });
        _of = Add(
            new Option<string>("--of")
            {
                HelpName = "ENVIRONMENT",
                Description = "The environment that it speaks for.",
                Required = true,
            }
        );
        TakesAs();
    }

    internal override string Path => "evidence keys remove";

    internal override string Description => "From here on nothing counts that a key signed, also what was imported before.";

    internal override IReadOnlyList<string> Examples => ["deploy evidence keys remove staging-ci --of Staging --environment Production"];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken) =>
        VerbReport.Of(
            await context
                .Evidence.RemoveKeyAsync(context.Parse.GetRequiredValue(_name), context.Parse.GetRequiredValue(_of), cancellationToken)
                .ConfigureAwait(false)
        );
}
