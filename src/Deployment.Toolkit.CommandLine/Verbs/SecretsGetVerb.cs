using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsGetVerb : SecretsVerb
{
    private readonly Argument<string> _name;
    private readonly Option<string> _version;

    internal SecretsGetVerb()
    {
        _name = TakesName("The secret.");
        _version = Add(
            new Option<string>("--version") { HelpName = "VERSION", Description = "previous, or a number. Default: the one in force." }
        );
    }

    internal override string Path => "secrets get";

    internal override string Description => "Writes one value to standard output, and nothing else.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy secrets get Database --environment Staging", "deploy secrets get Database --environment Staging --version previous"];

    internal override EnvironmentUse Use => EnvironmentUse.Host;

    internal override Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var secrets = context.Secrets;
        return Task.FromResult(
            Done(context, "") with
            {
                Sections =
                [
                    new ValueSection(
                        secrets.Get(context.Parse.GetRequiredValue(_name), context.Parse.GetValue(_version), cancellationToken)
                    ),
                ],
                Messages = secrets.Warnings(),
            }
        );
    }
}
