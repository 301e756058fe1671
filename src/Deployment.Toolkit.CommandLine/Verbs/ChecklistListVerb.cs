using Deployment.Toolkit.CommandLine.Output;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class ChecklistListVerb : Verb
{
    internal ChecklistListVerb() => TakesRelease();

    internal override string Path => "checklist list";

    internal override string Description => "Lists what has to be done before the release enters, with who has ticked what.";

    internal override IReadOnlyList<string> Examples => ["deploy checklist list --environment Production"];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var items = await context.Promotion.GetChecklistAsync(Release(context.Parse), cancellationToken).ConfigureAwait(false);
        var open = 0;
        foreach (var item in items)
            open += item.By is null ? 1 : 0;
        return new VerbReport(DeploymentOutcome.Succeeded, context.HostEnvironment, [])
        {
            Headline =
                items.Count == 0 ? $"{context.HostEnvironment} has no checklist."
                : open == 0 ? $"All {items.Count} items are ticked."
                : $"{open} of {Format.Count(items.Count, "item")} open.",
            Sections = [new ChecklistSection(items)],
        };
    }
}
