using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class PromoteVerb : Verb
{
    private readonly Option<string> _from;
    private readonly Option<string> _to;
    private readonly Option<TimeSpan?> _wait;

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
            "deploy promote --environment Production --dry-run",
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
