using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class MigrationsLintVerb : Verb
{
    private static readonly string[] Weights = ["error", "warning", "information"];

    private readonly Option<string> _from;
    private readonly Option<bool> _all;
    private readonly Option<string> _failOn;

    internal MigrationsLintVerb()
    {
        _from = Add(
            new Option<string>("--from")
            {
                HelpName = "VERSION",
                Description = "Judges every migration from this version on, each by itself, and asks no database: for a build server.",
            }
        );
        _all = Add(
            new Option<bool>("--all")
            {
                Description = "Judges every migration, each by itself, and asks no database.",
                Arity = ArgumentArity.Zero,
            }
        );
        _failOn = Add(
            new Option<string>("--fail-on")
            {
                HelpName = "SEVERITY",
                Description = "The weight from which on a finding makes the exit code 2: error, warning or information. Default: error.",
                CustomParser = static result =>
                {
                    var given = result.Tokens[0].Value;
                    if (!Weights.Contains(given, StringComparer.OrdinalIgnoreCase))
                        result.AddError($"Option '--fail-on' is '{given}'. Write one of {string.Join(", ", Weights)}.");
                    return given;
                },
            }
        );
        TakesDatabase("by default all of them");
    }

    internal override string Path => "migrations lint";

    internal override string Description =>
        "Judges the pending migrations without running them: what loses rows, breaks the release that runs, or keeps others waiting. Exit "
        + "code 2: 'deploy up' would be stopped.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy migrations lint --environment Production",
            "deploy migrations lint --environment Production --from 0007 --fail-on warning",
        ];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var request = new LintMigrationsRequest
        {
            From = context.Parse.GetValue(_from),
            All = IsGiven(context.Parse, _all),
            FailOn = Enum.Parse<MessageSeverity>(context.Parse.GetValue(_failOn) ?? nameof(MessageSeverity.Error), ignoreCase: true),
        };
        var result = await Database(context).LintMigrationsAsync(request, cancellationToken).ConfigureAwait(false);
        return VerbReport.Of(result) with
        {
            Headline = result.Outcome switch
            {
                DeploymentOutcome.NothingToDo => "Nothing to judge: no migration is pending.",
                DeploymentOutcome.Succeeded or DeploymentOutcome.Refused => result.Messages.Count == 0
                    ? $"Nothing to object to, as {result.Environment} weighs it."
                    : $"{Format.Count(result.Messages.Count, "finding")}, as {result.Environment} weighs {(result.Messages.Count == 1 ? "it" : "them")}.",
                _ => null,
            },
        };
    }
}
