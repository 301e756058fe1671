using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ApproversRemoveVerb : Verb
{
    private readonly Argument<string> _name;
    private readonly Option<string> _reason;

    internal ApproversRemoveVerb()
    {
        _name = Add(new Argument<string>("NAME") { Description = "What they are called in the list." });
        _reason = TakesReason();
        TakesLockTimeout();
        TakesAs();
    }

    internal override string Path => "approvers remove";

    internal override string Description => "Takes somebody out of the list; what they approved counts no more where it asks for the list.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy approvers remove anna --environment Production --reason \"left the team\""];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var name = parse.GetRequiredValue(_name);
        var result = await context
            .Promotion.RemoveApproverAsync(
                new RemoveApproverRequest
                {
                    Name = name,
                    Reason = parse.GetRequiredValue(_reason),
                    LockTimeout = LockTimeout(parse),
                    Progress = context.Progress,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome == DeploymentOutcome.Succeeded ? $"Succeeded: removed '{name}'." : null,
        };
    }
}
