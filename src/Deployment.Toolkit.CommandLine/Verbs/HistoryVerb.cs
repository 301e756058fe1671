using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class HistoryVerb : Verb
{
    private const int DefaultCount = 10;

    private readonly Argument<string?> _run;
    private readonly Option<int> _last;

    internal HistoryVerb()
    {
        _run = Add(
            new Argument<string?>("RUN")
            {
                Description = "One run, by its id: its plan, what became of each step and what it wrote, and who was at it.",
                Arity = ArgumentArity.ZeroOrOne,
            }
        );
        _last = Add(
            new Option<int>("--last")
            {
                HelpName = "N",
                Description = $"How many runs to show. Default: {DefaultCount}.",
                DefaultValueFactory = static _ => DefaultCount,
                CustomParser = Counted.Parse,
            }
        );
    }

    internal override string Path => "history";

    internal override string Description => "Shows the last runs of an environment, newest first, or all that is kept of one of them.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy history",
            "deploy history --environment Production --last 3",
            "deploy history 20261121-034351-7f3a --environment Production",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.JournalOnly;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        if (context.Parse.GetValue(_run) is { } id)
        {
            if (IsGiven(context.Parse, _last))
                return VerbReport.Refused(
                    Codes.CommandLineInvalid,
                    "'deploy history' shows one run when it is given an id, and --last says how many to list. Leave out one of them."
                );

            var run = await context.History.GetRunAsync(id, context.Environment, cancellationToken).ConfigureAwait(false);
            // What it advised then is to run now, too, as it is printed.
            var release = run.Kind == RunKind.Up ? run.Release.ToString() : null;
            run = run with
            {
                Messages = [.. run.Messages.Select(message => SuggestedCommands.Complete(message, run.Environment, release))],
            };
            var whole = new RunSection(run) { IsWanted = true };
            // That it is shown succeeded, whatever became of the run itself: its own first line says that.
            return new VerbReport(DeploymentOutcome.Succeeded, run.Environment, [])
            {
                Headline = "",
                Sections = run.Plan is { } plan ? [new PlanSection(plan), whole] : [whole],
            };
        }

        var runs = await context
            .History.GetRunsAsync(context.Environment, cancellationToken)
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        var count = Math.Min(context.Parse.GetValue(_last), runs.Count);
        var shown = new List<DeploymentRun>(count);
        for (var i = runs.Count - 1; i >= runs.Count - count; i--)
            shown.Add(runs[i] with { Plan = null });
        var name = runs.Count > 0 ? runs[0].Environment : context.Environment ?? context.HostEnvironment;
        return new VerbReport(DeploymentOutcome.Succeeded, name, [])
        {
            Headline = shown.Count > 0 ? "" : null,
            Sections = [new RunsSection(shown)],
        };
    }
}
