using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ApproveVerb : Verb
{
    private readonly Option<string> _plan;
    private readonly Option<bool> _hotfix;
    private readonly Option<string> _note;

    internal ApproveVerb()
    {
        TakesRelease();
        _plan = Add(
            new Option<string>("--plan")
            {
                HelpName = "HASH",
                Description =
                    "The plan that you looked at, as 'deploy plan' shows it at the gate 'approvals'; when something has changed since, nothing is "
                    + "approved.",
            }
        );
        _hotfix = Add(
            new Option<bool>("--hotfix")
            {
                Description = "Approves that it enters as a hotfix, past gates that don't pass; it counts for that alone.",
                Arity = ArgumentArity.Zero,
            }
        );
        _note = Add(new Option<string>("--note") { HelpName = "TEXT", Description = "What you have to say; kept in the journal." });
        TakesLockTimeout();
        TakesAs();
    }

    internal override string Path => "approve";

    internal override string Description =>
        "Approves the release as it would be brought now; it counts for that plan and that build alone, until it expires or is used.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy approve --environment Production",
            "deploy approve --environment Production --plan 3f2a91c0d4be --note \"looked at on Staging\"",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var result = await context
            .Promotion.ApproveAsync(
                new ApproveRequest
                {
                    Release = Release(parse),
                    Plan = parse.GetValue(_plan),
                    IsHotfix = IsGiven(parse, _hotfix),
                    Note = parse.GetValue(_note),
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
                DeploymentOutcome.NothingToDo when result.Messages.Count == 0 => $"Nothing to do: {result.Environment} has this release.",
                DeploymentOutcome.NothingToDo => "Nothing to do: it is approved already.",
                DeploymentOutcome.Succeeded => $"Succeeded: approved for {result.Environment}.",
                _ => null,
            },
        };
    }
}
