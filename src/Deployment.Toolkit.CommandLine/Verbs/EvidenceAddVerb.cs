using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class EvidenceAddVerb : Verb
{
    private readonly Argument<string[]> _source;
    private readonly Option<string> _suite;
    private readonly Option<bool> _command;

    internal EvidenceAddVerb()
    {
        _source = Add(
            new Argument<string[]>("FILE")
            {
                Description = "The results: TRX or JUnit XML. With --command, behind --: a program and its arguments.",
                Arity = ArgumentArity.OneOrMore,
            }
        );
        _suite = Add(
            new Option<string>("--suite")
            {
                HelpName = "NAME",
                Description = "What the tests are called, as RequireTests names them.",
                Required = true,
            }
        );
        _command = Add(
            new Option<bool>("--command")
            {
                Description = "Runs a command in the content root instead of reading a file; exit code 0 is a pass.",
                Arity = ArgumentArity.Zero,
            }
        );
        TakesRelease();
        TakesAs();
    }

    internal override string Path => "evidence add";

    internal override string Description =>
        "Records how tests went on a release, for promotions that require them; ends with 1 when they did not pass.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy evidence add results.trx --suite unit --environment Staging",
            "deploy evidence add --command --suite smoke --environment Production -- ./smoke.sh https://staging.example.org",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var source = context.Parse.GetRequiredValue(_source);
        var isCommand = IsGiven(context.Parse, _command);
        if (!isCommand && source.Length > 1)
            return VerbReport.Refused(
                Diagnostics.Codes.CommandLineInvalid,
                "'deploy evidence add FILE --suite NAME' takes one file. Record one after the other, or run a command with --command "
                    + "behind --."
            );

        var result = await context
            .Evidence.AddTestsAsync(
                new AddTestsRequest
                {
                    Suite = context.Parse.GetRequiredValue(_suite),
                    File = isCommand ? null : source[0],
                    Command = isCommand ? source : [],
                    Release = Release(context.Parse),
                    Output = line => context.Progress.Report(new DeploymentProgress { Kind = ProgressKind.Output, Text = line }),
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome switch
            {
                DeploymentOutcome.Succeeded => $"Recorded in {result.Environment}: passed.",
                DeploymentOutcome.Failed => $"Recorded in {result.Environment}: not passed.",
                _ => null,
            },
        };
    }
}
