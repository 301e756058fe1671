using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Secrets.Masking;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>
/// Masks every text of a report. Most were masked where they were made; this is what a text that somebody forgets there, or that comes with
/// a journal or a database from elsewhere, can't get past. What <c>secrets get</c> was asked for alone stays.
/// </summary>
internal sealed class ReportMask(SecretRedactor redactor)
{
    internal VerbReport Of(VerbReport report) =>
        report with
        {
            Environment = Text(report.Environment),
            Messages = List(report.Messages, Of),
            Headline = Text(report.Headline),
            Sections = List(report.Sections, section => section.Masked(this)),
        };

    internal DeploymentMessage Of(DeploymentMessage message) =>
        message with
        {
            Code = Text(message.Code),
            Text = Text(message.Text),
            Key = Text(message.Key),
            File = Text(message.File),
            Excerpt = Text(message.Excerpt),
        };

    [return: NotNullIfNotNull(nameof(release))]
    internal Release? Of(Release? release) => release is null ? null : new Release(Text(release.Version), Text(release.Commit));

    [return: NotNullIfNotNull(nameof(text))]
    internal string? Text(string? text) => text is null ? null : redactor.Redact(text);

    internal List<string> Texts(IReadOnlyList<string> texts) => List(texts, text => Text(text));

    internal static List<T> List<T>(IReadOnlyList<T> items, Func<T, T> mask)
    {
        var masked = new List<T>(items.Count);
        foreach (var item in items)
            masked.Add(mask(item));
        return masked;
    }
}
