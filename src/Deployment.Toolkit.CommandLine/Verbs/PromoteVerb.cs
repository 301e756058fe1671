using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class PromoteVerb : Verb
{
    private readonly Option<string> _from;
    private readonly Option<string> _to;
    private readonly Option<TimeSpan?> _wait;
    private readonly Option<bool> _hotfix;
    private readonly Option<bool> _breakGlass;
    private readonly Option<string[]> _approvedBy;
    private readonly Option<string> _reason;

    internal PromoteVerb()
    {
        _from = Add(
            new Option<string>("--from")
            {
                HelpName = "NAME",
                Description = "The environment that the release comes from. Default: the one that the target is promoted from.",
            }
        );
        _to = Add(
            new Option<string>("--to")
            {
                HelpName = "NAME",
                Description = "The environment that the release enters; the same as --environment.",
            }
        );
        TakesRelease("The release that this binary is, as version or version+commit. Default: its own informational version.");
        _wait = Add(
            new Option<TimeSpan?>("--wait")
            {
                HelpName = "DURATION",
                Description = "Waits so long until all gates pass (approvals, window, soak): 30m, 4h, 1d; at most 7d. Default: not at all.",
                CustomParser = Duration.Parse,
            }
        );
        _hotfix = Add(
            new Option<bool>("--hotfix")
            {
                Description =
                    "Skips what the environment's policy lets a hotfix skip; it has to follow, and 'deploy status' shows that it does.",
                Arity = ArgumentArity.Zero,
            }
        );
        _approvedBy = Add(
            new Option<string[]>("--approved-by")
            {
                HelpName = "NAME",
                Description = "Who approved the hotfix with 'deploy approve --hotfix'. May be given more than once.",
                Arity = ArgumentArity.OneOrMore,
            }
        );
        _breakGlass = Add(
            new Option<bool>("--break-glass")
            {
                Description =
                    "Skips approvals with the glass key (DEPLOYMENT_GLASS_KEY); nothing enters after it until somebody else has reviewed it.",
                Arity = ArgumentArity.Zero,
            }
        );
        _reason = TakesReason(isRequired: false, "Why something is skipped; kept in the journal. Needed for --hotfix and --break-glass.");
        TakesDryRun();
        TakesLockTimeout();
        TakesAs();
    }

    internal override string Path => "promote";

    internal override string Description =>
        "Brings the release that is verified in the environment before into this one, once every gate lets it.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy promote --from Staging --to Production",
            "deploy promote --to Production --wait 4h",
            "deploy promote --to Production --hotfix --approved-by ben --reason \"orders are lost\"",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override string? EnvironmentOf(ParseResult parse) => parse.GetValue(_to);

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var isDryRun = IsDryRun(parse);
        var result = await context
            .Deployer.PromoteAsync(
                new PromoteRequest
                {
                    From = parse.GetValue(_from),
                    To = parse.GetValue(_to),
                    Release = Release(parse),
                    Wait = parse.GetValue(_wait),
                    IsHotfix = IsGiven(parse, _hotfix),
                    ApprovedBy = parse.GetValue(_approvedBy) ?? [],
                    IsBreakGlass = IsGiven(parse, _breakGlass),
                    Reason = parse.GetValue(_reason),
                    DryRun = isDryRun,
                    LockTimeout = LockTimeout(parse),
                    Progress = context.Progress,
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return RunSection.Report(result, isPlanWanted: isDryRun);
    }
}
