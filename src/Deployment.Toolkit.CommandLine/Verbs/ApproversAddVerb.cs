using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ApproversAddVerb : Verb
{
    private readonly Argument<string> _name;
    private readonly Option<string[]> _roles;
    private readonly Option<string[]> _others;
    private readonly Option<string> _publicKey;

    internal ApproversAddVerb()
    {
        _name = Add(new Argument<string>("NAME") { Description = "What they are called; without a key, the name of their account." });
        _roles = Add(
            new Option<string[]>("--role")
            {
                HelpName = "ROLE",
                Description = "What they approve as. May be given more than once.",
                Arity = ArgumentArity.OneOrMore,
            }
        );
        _others = Add(
            new Option<string[]>("--also")
            {
                HelpName = "NAME",
                Description = "What else accounts and commits call them. May be given more than once.",
                Arity = ArgumentArity.OneOrMore,
            }
        );
        _publicKey = Add(
            new Option<string>("--public-key") { HelpName = "KEY", Description = "What 'deploy secrets key' shows them: p256:…" }
        );
        TakesLockTimeout();
        TakesAs();
    }

    internal override string Path => "approvers add";

    internal override string Description =>
        "Lets somebody approve what enters the environment; from the first key in the list on, only who has one in it changes it.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy approvers add anna --environment Production --role release-manager --also anna@example.org",
            "deploy approvers add ben --environment Production --public-key p256:BO…",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var name = parse.GetRequiredValue(_name);
        var result = await context
            .Promotion.AddApproverAsync(
                new AddApproverRequest
                {
                    Name = name,
                    Roles = parse.GetValue(_roles) ?? [],
                    OtherNames = parse.GetValue(_others) ?? [],
                    PublicKey = parse.GetValue(_publicKey),
                    LockTimeout = LockTimeout(parse),
                    Progress = context.Progress,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome == DeploymentOutcome.Succeeded ? $"Succeeded: added '{name}'." : null,
        };
    }
}
