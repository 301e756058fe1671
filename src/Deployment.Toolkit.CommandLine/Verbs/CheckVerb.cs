using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class CheckVerb : Verb
{
    private readonly Option<bool> _online;
    private readonly Option<TimeSpan?> _timeout;

    internal CheckVerb()
    {
        TakesRelease();
        _online = Add(new Option<bool>("--online") { Description = "Also tries every declared dependency for real: databases, URLs with their keys. Without it nothing is contacted.", Arity = ArgumentArity.Zero });
        _timeout = Add(new Option<TimeSpan?>("--online-timeout")
        {
            HelpName = "DURATION",
            Description = "How long each dependency may take, with a unit: 500ms, 30s, 5m. Default: 10s.",
            CustomParser = Duration.Parse,
        });
    }

    internal override string Path => "check";

    internal override string Description => "Checks the declared environments, the configuration and the migrations, and reports every fault at once.";

    internal override IReadOnlyList<string> Examples =>
    [
        "deploy check --environment Staging",
        "deploy check --environment Production --output json",
        "deploy check --environment Production --online",
    ];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var request = Request(context) with { Online = IsGiven(context.Parse, _online) };
        if (context.Parse.GetValue(_timeout) is { } limit) request = request with { OnlineTimeout = limit };
        var result = await context.Deployer.CheckAsync(request, cancellationToken).ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome == DeploymentOutcome.Succeeded
                ? $"Nothing to object to: {result.Environment} can be deployed to as far as that can be told beforehand{(request.Online ? ", and everything that was declared answers" : "")}."
                : $"{Format.Count(result.Messages.Count, "fault")} found; nothing was changed.",
        };
    }
}
