using Microsoft.AspNetCore.Http;

namespace Deployment.Toolkit.AspNetCore.Dashboard.Pages;

/// <summary>Two states of the configuration beside each other; no secret's value is among them.</summary>
internal sealed class ConfigurationPage(DashboardSources sources) : DashboardPage(sources)
{
    private const int LongestName = 200;

    internal override string Path => "/configuration";

    internal override string Title => "Configuration";

    internal override async Task<Html> RenderAsync(HttpContext context, string root, CancellationToken cancellationToken)
    {
        string? from = context.Request.Query["from"];
        string? to = context.Request.Query["to"];
        var isAsked = !string.IsNullOrWhiteSpace(from) && !string.IsNullOrWhiteSpace(to);
        var shown = isAsked
            ? await ComparedAsync(Cut(from!), Cut(to!), cancellationToken).ConfigureAwait(false)
            : await DriftAsync(cancellationToken).ConfigureAwait(false);
        return Text.Of(
            $"""
            <h1>Configuration</h1>
            <form class="filters" method="get" action="{root}/configuration">
            <label>From <input name="from" value="{from}" required autocomplete="off" spellcheck="false"></label>
            <label>To <input name="to" value="{to}" required autocomplete="off" spellcheck="false"></label>
            <button type="submit">Compare</button>
            </form>
            <p class="hint">A release that was verified, a run's id, or an environment, whose files count as they are now: {History.Environments.Select(
                declared => Text.Of($"""<code>{declared.Name}</code> """)
            )}</p>
            {shown}
            """
        );
    }

    private static string Cut(string name) => name.Length <= LongestName ? name : name[..LongestName];

    private async Task<Html> ComparedAsync(string from, string to, CancellationToken cancellationToken)
    {
        try
        {
            return Table(await Get<ConfigurationInspector>().CompareAsync(from, to, cancellationToken).ConfigureAwait(false));
        }
        catch (DeploymentException e)
        {
            return Messages(e.Messages, Own);
        }
    }

    private async Task<Html> DriftAsync(CancellationToken cancellationToken) =>
        await Get<ConfigurationInspector>().GetDriftAsync(cancellationToken).ConfigureAwait(false) is { } drift
            ? Table(drift)
            : Empty(
                "No release is verified here yet.",
                "From the first one on, this page shows what differs from what it was verified with.",
                $"deploy up --environment {Own}"
            );

    private Html Table(ConfigurationComparison comparison) =>
        comparison.Changes.Count == 0
            ? Empty("Nothing differs.", $"{comparison.From} and {comparison.To} have the same configuration.")
            : Text.Of(
                $"""
                <p class="lead">{comparison.Changes.Count} keys differ.</p>
                <div class="scroll" tabindex="0" role="region" aria-label="Keys that differ"><table><thead><tr><th scope="col">Key</th><th scope="col">How</th><th scope="col">{comparison.From}</th><th scope="col">{comparison.To}</th></tr></thead><tbody>
                {comparison.Changes.Select(change =>
                    Text.Of(
                        $"""<tr><th scope="row"><code>{change.Key}</code></th><td>{How(change.Kind)}</td><td>{Value(change.From, change.IsRedacted)}</td><td>{Value(change.To, change.IsRedacted)}</td></tr>"""
                    )
                )}
                </tbody></table></div>
                """
            );

    private Html How(ConfigurationChangeKind kind) =>
        kind switch
        {
            ConfigurationChangeKind.Added => Badge(Tone.Good, "added"),
            ConfigurationChangeKind.Removed => Badge(Tone.Bad, "removed"),
            ConfigurationChangeKind.Changed => Badge(Tone.Warn, "changed"),
            _ => Badge(Tone.Plain, "can't be compared"),
        };

    private Html Value(string? value, bool isRedacted) =>
        value is not null ? Text.Of($"<code>{value}</code>")
        : isRedacted ? Text.Of($"""<span class="hidden">hidden</span>""")
        : Text.Of($"""<span class="hidden">not set</span>""");
}
