using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets.Masking;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>
/// The one place where reports leave the process, as text or JSON. Whatever they hold is masked here, and nothing in it reaches a terminal
/// that would obey it: text is cleaned when it becomes a page, JSON when it is whole.
/// </summary>
internal sealed class ReportOutput(Terminal terminal, SecretRedactor? redactor)
{
    internal void Write(string verb, VerbReport report, bool isJson)
    {
        report = Masked(report);
        if (!isJson && report.Messages.Count > 0 && report.Sections.Any(static section => section.IsAlone))
        {
            WriteError(report with { Sections = [] });
            report = report with { Messages = [] };
        }

        terminal.Out.Write(isJson ? Json(verb, report) : TextReport.Render(report, terminal));
    }

    /// <summary>Says why arguments were not understood; standard output gets it only as what was asked for, JSON.</summary>
    internal void Refuse(string verb, VerbReport refusal, bool isJson)
    {
        refusal = Masked(refusal);
        WriteError(refusal with { Headline = "" });
        if (isJson)
            terminal.Out.Write(Json(verb, refusal));
    }

    private VerbReport Masked(VerbReport report) => redactor is null ? report : new ReportMask(redactor).Of(report);

    private void WriteError(VerbReport report) =>
        terminal.Error.Write(TextReport.Render(report, terminal with { OutHasColor = terminal.HasColor }));

    // What a terminal would obey stands only inside of strings, where the escape is JSON's own: the values stay as they are.
    private static string Json(string verb, VerbReport report) => VisibleText.Lines(JsonReport.Render(verb, report));
}
