namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>Writes a report for people: what came of it in the first line, then the details, then what there is to say.</summary>
internal static class TextReport
{
    internal static string Render(VerbReport report, Terminal terminal)
    {
        var page = new Page(terminal);
        var headline = Headline.Of(report);
        if (headline.Length > 0)
            page.Line(Paint(page.Ink, report.Outcome, headline));
        foreach (var section in report.Sections)
            section.WriteText(page, report);
        if (report.Messages.Count > 0)
            Messages(page, report.Messages, isFirst: headline.Length == 0);
        return page.ToString();
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
