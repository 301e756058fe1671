using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class CheckVerb : Verb
{
    private readonly Option<bool> _online;
    private readonly Option<TimeSpan?> _timeout;
    private readonly Option<bool> _settingsOnly;

    internal CheckVerb()
    {
        TakesRelease();
        _online = Add(
            new Option<bool>("--online")
            {
                Description =
                    "Also tries every declared dependency for real: databases, URLs with their keys. Without it nothing is contacted.",
                Arity = ArgumentArity.Zero,
            }
        );
        _timeout = Add(
            new Option<TimeSpan?>("--online-timeout")
            {
                HelpName = "DURATION",
                Description = "How long each dependency may take, with a unit: 500ms, 30s, 5m. Default: 10s.",
                CustomParser = Duration.Parse,
            }
        );
        _settingsOnly = Add(
            new Option<bool>("--settings-only")
            {
                Description = "Looks at the binary and its settings alone, not at the journal and the database: for a build server.",
                Arity = ArgumentArity.Zero,
            }
        );
    }

    internal override string Path => "check";

    internal override string Description =>
        "Says whether 'deploy up' may begin, and reports at once everything that it would refuse: configuration, migrations, holds, "
        + "promotion, unfinished runs, access.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy check --environment Staging",
            "deploy check --environment Production --output json",
            "deploy check --environment Production --settings-only --online",
        ];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var request = new CheckRequest
        {
            Release = Release(parse),
            Online = IsGiven(parse, _online),
            SettingsOnly = IsGiven(parse, _settingsOnly),
        };
        if (parse.GetValue(_timeout) is { } limit)
            request = request with { OnlineTimeout = limit };
        var result = await context.Deployer.CheckAsync(request, cancellationToken).ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline =
                result.Outcome == DeploymentOutcome.Succeeded
                    ? $"Nothing to object to: {result.Environment} can be deployed to as far as "
                        + $"{(request.SettingsOnly ? "binary and settings tell" : "that can be told beforehand")}{(request.Online ? ", and everything that was declared answers" : "")}."
                    : $"{Format.Count(result.Messages.Count(static message => message.Severity == MessageSeverity.Error), "fault")} "
                        + $"found; nothing was changed.",
        };
    }
}
