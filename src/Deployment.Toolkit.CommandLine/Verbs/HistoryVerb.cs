using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class HistoryVerb : Verb
{
    private const int DefaultCount = 10;

    private readonly Argument<string?> _run;
    private readonly Option<int> _last;
    private readonly Option<string> _before;
    private readonly Option<bool> _figures;
    private readonly Option<TimeSpan?> _window;

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
        _before = Add(
            new Option<string>("--before")
            {
                HelpName = "RUN",
                Description = "Shows those from before this run, by its id: the next page of a long history.",
            }
        );
        _figures = Add(
            new Option<bool>("--figures")
            {
                Description =
                    "Instead of runs, how often, how well and how fast releases come, and how fast what fails is mended; of all "
                    + "environments unless one is named.",
                Arity = ArgumentArity.Zero,
            }
        );
        _window = Add(
            new Option<TimeSpan?>("--window")
            {
                HelpName = "DURATION",
                Description = "With --figures, how far back, for example 30d. Default: 90d.",
                CustomParser = Duration.Parse,
            }
        );
    }

    internal override string Path => "history";

    internal override string Description => "Shows the last runs of an environment, newest first, or all that is kept of one of them.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy history --environment Production --last 3 --before 20261121-034351-7f3a",
            "deploy history 20261121-034351-7f3a --environment Production",
            "deploy history --figures --window 30d --output json",
        ];

    internal override EnvironmentUse Use => EnvironmentUse.JournalOnly;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        if (IsGiven(context.Parse, _figures))
            return await FiguresAsync(context, cancellationToken).ConfigureAwait(false);
        if (IsGiven(context.Parse, _window))
            return VerbReport.Refused(
                Codes.CommandLineInvalid,
                "'deploy history' takes --window for figures alone. Add --figures, or leave --window out."
            );

        if (context.Parse.GetValue(_run) is { } id)
        {
            if (IsGiven(context.Parse, _last) || IsGiven(context.Parse, _before))
                return VerbReport.Refused(
                    Codes.CommandLineInvalid,
                    "'deploy history' shows one run when it is given an id, and --last and --before say which to "
                        + "list. Leave out one of them."
                );

            var run = await context.History.GetRunAsync(id, context.Environment, cancellationToken).ConfigureAwait(false);
            var whole = new RunSection(run) { IsWanted = true };
            // That it is shown succeeded, whatever became of the run itself: its own first line says that.
            return new VerbReport(DeploymentOutcome.Succeeded, run.Environment, [])
            {
                Headline = "",
                Sections = run.Plan is { } plan ? [new PlanSection(plan), whole] : [whole],
            };
        }

        var shown = await context
            .History.GetNewestRunsAsync(context.Environment, context.Parse.GetValue(_before), cancellationToken)
            .Take(context.Parse.GetValue(_last))
            .Select(static run => run with { Plan = null })
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        var name = shown.Count > 0 ? shown[0].Environment : context.Environment ?? context.HostEnvironment;
        return new VerbReport(
            DeploymentOutcome.Succeeded,
            name,
            shown.Count < context.Parse.GetValue(_last) ? await ArchivedAsync(context, cancellationToken).ConfigureAwait(false) : []
        )
        {
            Headline = shown.Count > 0 ? "" : null,
            Sections = [new RunsSection(shown)],
        };
    }

    private async Task<VerbReport> FiguresAsync(VerbContext context, CancellationToken cancellationToken)
    {
        if (context.Parse.GetValue(_run) is not null || IsGiven(context.Parse, _last) || IsGiven(context.Parse, _before))
            return VerbReport.Refused(
                Codes.CommandLineInvalid,
                "'deploy history --figures' counts runs and shows none. Leave out RUN, --last and --before, or --figures."
            );
        if (context.Parse.GetValue(_window) is { } window && window <= TimeSpan.Zero)
            return VerbReport.Refused(
                Codes.CommandLineInvalid,
                "'deploy history --figures' is given a window of nothing. Write for example --window 30d."
            );

        IEnumerable<string> names = context.Environment is { } one
            ? [one]
            : context.History.Environments.Select(static environment => environment.Name);
        var figures = new List<DeliveryFigures>();
        foreach (var name in names)
            figures.Add(
                await context.History.GetFiguresAsync(name, context.Parse.GetValue(_window), cancellationToken).ConfigureAwait(false)
            );
        return new VerbReport(DeploymentOutcome.Succeeded, context.Environment is null ? null : figures[0].Environment, [])
        {
            Headline = "",
            Sections = [new FiguresSection(figures)],
        };
    }

    private static async Task<IReadOnlyList<DeploymentMessage>> ArchivedAsync(VerbContext context, CancellationToken cancellationToken) =>
        [
            .. (await context.History.GetArchivesAsync(context.Environment, cancellationToken).ConfigureAwait(false)).Select(
                static archive => new DeploymentMessage(
                    Codes.JournalNotArchived,
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"Older runs are in archive '{archive.File}': records {archive.First} to {archive.Last}, archived "
                            + $"{archive.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC by {archive.By}."
                    ),
                    MessageSeverity.Information
                )
            ),
        ];
}
