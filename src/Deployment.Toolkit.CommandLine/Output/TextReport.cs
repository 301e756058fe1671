using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Writes a report for people: what came of it in the first line, then the details, then what there is to say.</summary>
internal static class TextReport
{
    internal static string Render(VerbReport report, Terminal terminal)
    {
        var page = new Page(terminal);
        if ((report.Headline ?? Headline.Of(report)) is { Length: > 0 } headline)
            page.Line(Paint(page.Ink, report.Outcome, headline));
        if (report is { IsRunWanted: true, Run: { } asked })
            RunText.Whole(page, asked);
        else if (report.Run is { } run)
            RunText.Steps(page, run);
        else if (report.Plan is { Steps.Count: > 0 } plan && report.Outcome != DeploymentOutcome.NothingToDo)
            PlanText.Write(page, plan, isWhole: report.IsPlanWanted || report.Outcome != DeploymentOutcome.Refused);

        if (report.Environments is { } environments)
            StatusText.Write(page, environments);
        if (report.Runs is { Count: > 0 } runs)
            RunText.Table(page, runs);
        if (report.Health is { } health)
            ListText.Health(page, health);
        if (report.Migrations is { Count: > 0 } migrations)
            ListText.Migrations(page, migrations);
        if (report.Scripts is { } scripts)
            ListText.Scripts(page, scripts);
        if (report.Files is { } files)
            ListText.Files(page, files);
        if (report.Explanation is { } explanation)
            ConfigText.Explanation(page, explanation);
        else if (report.Values is { Count: > 0 } values)
            ConfigText.Values(page, values);
        if (report.Difference is { Changes.Count: > 0 } difference)
            ConfigText.Difference(page, difference);
        if (report.Document is { } document)
            page.Line(Shown.Lines(document.TrimEnd('\n')));
        if (report.Parity is { Rows.Count: > 0 } parity)
            ConfigText.Parity(page, parity);
        if (report.Backups is { Count: > 0 } backups)
            ListText.Backups(page, backups);
        if (report.Retention is { Count: > 0 } retention)
            ListText.Retention(page, retention);
        if (report.Secrets is { Count: > 0 } secrets)
            SecretsText.Secrets(page, secrets);
        if (report.Recipients is { Count: > 0 } recipients)
            SecretsText.Recipients(page, recipients);
        if (report.Messages.Count > 0)
            Messages(page, report.Messages, isFirst: (report.Headline ?? Headline.Of(report)) is not { Length: > 0 });
        // Its own line ends stay as they are, and in a file or pipe every byte does.
        return report.Value is { } value
            ? page.ToString() + (terminal.OutIsWatched ? VisibleText.Lines(value.Reveal()) : value.Reveal()) + System.Environment.NewLine
            : page.ToString();
    }

    internal static void Messages(Page page, IReadOnlyList<DeploymentMessage> messages, bool isFirst)
    {
        foreach (var message in messages)
        {
            if (!isFirst)
                page.Line();
            isFirst = false;
            var (word, ink) = message.Severity switch
            {
                MessageSeverity.Error => ("error", page.Ink.Bad("error " + message.Code)),
                MessageSeverity.Warning => ("warning", page.Ink.Warn("warning " + message.Code)),
                _ => ("info", page.Ink.Faint("info " + message.Code)),
            };
            page.Line($"{ink}: {message.Text}");
            var indent = new string(' ', word.Length + 1);
            if (message.Key is { } key)
                page.Line($"{indent}key {key}");
            if (message.File is { } file)
                page.Line(
                    $"{indent}{file}{(message.Line is { } line ? $":{line}" : "")}{(message.Column is { } column ? $":{column}" : "")}"
                );
            if (message.Excerpt is not { Length: > 0 } excerpt)
                continue;

            foreach (var line in excerpt.Split('\n'))
                page.Line($"{indent}| {Shown.Lines(line.TrimEnd('\r'))}");
        }
    }

    private static Shown Paint(Ink ink, DeploymentOutcome outcome, string text) =>
        outcome switch
        {
            DeploymentOutcome.Succeeded => ink.Good(text),
            DeploymentOutcome.NothingToDo => text,
            DeploymentOutcome.RolledBack or DeploymentOutcome.NeedsAttention or DeploymentOutcome.Cancelled => ink.Warn(text),
            _ => ink.Bad(text),
        };
}
