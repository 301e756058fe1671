using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ReviewVerb : Verb
{
    private readonly Argument<string> _run;
    private readonly Option<string> _reason;

    internal ReviewVerb()
    {
        _run = Add(new Argument<string>("RUN") { Description = "The run for which the glass was broken, as 'deploy status' shows it." });
        _reason = TakesReason(description: "What you found; kept in the journal.");
        TakesLockTimeout();
        TakesAs();
    }

    internal override string Path => "review";

    internal override string Description =>
        "Says that somebody else than who broke the glass has looked at what was done; until then nothing enters.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy review 20261121-034351-7f3a --environment Production --reason \"the change is what was said\""];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var result = await context
            .Promotion.ReviewAsync(
                new ReviewRequest
                {
                    Run = parse.GetRequiredValue(_run),
                    Reason = parse.GetRequiredValue(_reason),
                    LockTimeout = LockTimeout(parse),
                    Progress = context.Progress,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome switch
            {
                DeploymentOutcome.NothingToDo => "Nothing to do: it is reviewed already.",
                DeploymentOutcome.Succeeded => $"Succeeded: reviewed in {result.Environment}.",
                _ => null,
            },
        };
    }
}
