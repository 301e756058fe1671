using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.AspNetCore.Dashboard;

/// <summary>One page of the dashboard; makes what stands between its head and its foot.</summary>
internal abstract class DashboardPage(DashboardSources sources)
{
    /// <summary>Its route under the dashboard's path.</summary>
    internal abstract string Path { get; }

    /// <summary>Its name in the navigation and the browser's title.</summary>
    internal abstract string Title { get; }

    /// <summary>Whether the navigation leads to it.</summary>
    internal virtual bool IsInNavigation => true;

    /// <exception cref="DeploymentException">There is nothing to show, and why.</exception>
    internal abstract Task<Html> RenderAsync(HttpContext context, string root, CancellationToken cancellationToken);

    protected HtmlText Text => sources.Text;

    protected DateTimeOffset Now => sources.Time.GetUtcNow();

    protected DeploymentHistory History => sources.Services.GetRequiredService<DeploymentHistory>();

    /// <summary>The environment of the app that shows the page.</summary>
    internal string Own => Get<IHostEnvironment>().EnvironmentName;

    protected T Get<T>()
        where T : notnull => sources.Services.GetRequiredService<T>();

    /// <summary>A moment, as people say it and exactly.</summary>
    internal Html Moment(DateTimeOffset at) =>
        Text.Of(
            $"""<time datetime="{Iso(at)}" title="{at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC"}">{Ago(Now - at)}</time>"""
        );

    protected static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>A length of time in its largest unit or two, for example <c>3 min 20 s</c>.</summary>
    internal static string Length(double seconds) =>
        seconds switch
        {
            < 0.0995 => $"{(seconds * 1000).ToString("0", CultureInfo.InvariantCulture)} ms",
            < 59.95 => $"{seconds.ToString("0.#", CultureInfo.InvariantCulture)} s",
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60} s"),
            < 86_400 => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 3600} h {(int)seconds % 3600 / 60} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 86_400)} d {(int)(seconds % 86_400) / 3600} h"),
        };

    /// <summary>A word on a coloured ground; what the colour says the word says, too.</summary>
    internal Html Badge(Tone tone, string word) => Text.Of($"""<span class="badge {tone.ToString().ToLowerInvariant()}">{word}</span>""");

    protected Html Empty(string what, string todo, string? command = null) =>
        Text.Of($"""<div class="empty"><p class="what">{what}</p><p>{todo}</p>{(command is null ? Html.Empty : Command(command))}</div>""");

    protected Html Command(string command) => Text.Of($"""<pre class="command"><code>{command}</code></pre>""");

    /// <summary>Messages, whose commands are for the environment that they are about.</summary>
    internal Html Messages(IEnumerable<DeploymentMessage> messages, string environment) =>
        Text.Of($"""<ul class="messages">{messages.Select(message => Message(message, environment))}</ul>""");

    private Html Message(DeploymentMessage message, string environment) =>
        Text.Of(
            $"""<li class="message {message.Severity.ToString().ToLowerInvariant()}"><span>{NamedCommands.Complete(
                message.Text,
                environment
            )}</span> <code>{message.Code}</code></li>"""
        );

    protected Html RunLink(DeploymentRun run, string root) =>
        Text.Of(
            $"""<a class="id" href="{root}/runs/{Uri.EscapeDataString(run.Environment)}/{Uri.EscapeDataString(run.Id)}">{run.Id}</a>"""
        );

    protected Html StateOf(DeploymentRun run) =>
        run switch
        {
            { State: RunState.Succeeded } => Badge(Tone.Good, "succeeded"),
            { State: RunState.RolledBack } => Badge(Tone.Warn, "rolled back"),
            { State: RunState.Failed } => Badge(Tone.Bad, "failed"),
            { State: RunState.NeedsAttention } => Badge(Tone.Bad, "needs attention"),
            { IsUnderWay: true, IsGoingBack: true } => Badge(Tone.Busy, "going back"),
            { IsUnderWay: true } => Badge(Tone.Busy, "running"),
            _ => Badge(Tone.Bad, "interrupted"),
        };

    internal Html Answer(GateOutcome outcome) =>
        outcome switch
        {
            GateOutcome.Passed => Badge(Tone.Good, "passed"),
            GateOutcome.Failed => Badge(Tone.Bad, "failed"),
            GateOutcome.Errored => Badge(Tone.Bad, "errored"),
            _ => Badge(Tone.Warn, "inconclusive"),
        };

    internal Html WayBackOf(bool hasWayBack, string? irreversible) =>
        irreversible is not null ? Badge(Tone.Warn, "can't be taken back")
        : hasWayBack ? Badge(Tone.Plain, "has a way back")
        : Badge(Tone.Warn, "by backup");

    /// <summary>What a kind of run does, as a verb of the command line.</summary>
    protected static string KindOf(RunKind kind) => kind.ToString().ToLowerInvariant();

    private static string Ago(TimeSpan age) =>
        age.TotalSeconds switch
        {
            < -1 => $"in {Length(-age.TotalSeconds)}",
            < 10 => "just now",
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalSeconds} s ago"),
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes} min ago"),
            < 86_400 => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours} h ago"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays} d ago"),
        };
}

/// <summary>What a colour means.</summary>
internal enum Tone
{
    /// <summary>Nothing in particular.</summary>
    Plain,

    /// <summary>All is well.</summary>
    Good,

    /// <summary>Somebody should look some time.</summary>
    Warn,

    /// <summary>Somebody should look now.</summary>
    Bad,

    /// <summary>Something is under way.</summary>
    Busy,
}

/// <summary>What the pages are made from.</summary>
internal sealed record DashboardSources(IServiceProvider Services, HtmlText Text, TimeProvider Time);
