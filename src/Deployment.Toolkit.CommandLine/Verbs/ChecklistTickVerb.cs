using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ChecklistTickVerb : Verb
{
    private readonly bool _isDone;
    private readonly Argument<string> _item;
    private readonly Option<string> _note;

    internal ChecklistTickVerb(bool isDone)
    {
        _isDone = isDone;
        _item = Add(new Argument<string>("ITEM") { Description = "The item, by its number or its text." });
        TakesRelease();
        _note = Add(new Option<string>("--note") { HelpName = "TEXT", Description = "What you have to say; kept in the journal." });
        TakesLockTimeout();
        TakesAs();
    }

    internal override string Path => _isDone ? "checklist tick" : "checklist untick";

    internal override string Description =>
        _isDone
            ? "Ticks an item of the checklist for this build of the release; by whom, when and with what note is kept."
            : "Takes a tick back.";

    internal override IReadOnlyList<string> Examples =>
        _isDone
            ? ["deploy checklist tick 2 --environment Production --note \"45 orders, all fine\""]
            : ["deploy checklist untick 2 --environment Production"];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var parse = context.Parse;
        var result = await context
            .Promotion.TickAsync(
                new TickRequest
                {
                    Item = parse.GetRequiredValue(_item),
                    Release = Release(parse),
                    IsDone = _isDone,
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
                DeploymentOutcome.NothingToDo => $"Nothing to do: it is {(_isDone ? "ticked" : "open")} already.",
                DeploymentOutcome.Succeeded => $"Succeeded: {(_isDone ? "ticked" : "open again")} in {result.Environment}.",
                _ => null,
            },
        };
    }
}
