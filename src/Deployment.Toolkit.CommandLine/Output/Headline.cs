namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>The first line: what came of it.</summary>
internal static class Headline
{
    internal static string Of(VerbReport report)
    {
        if (report.Headline is { } own)
            return own;

        foreach (var section in report.Sections)
        {
            if (section.HeadlineOf(report) is { } line)
                return line;
        }

        return report.Outcome switch
        {
            DeploymentOutcome.Succeeded => "",
            DeploymentOutcome.NothingToDo => "Nothing to do.",
            DeploymentOutcome.Refused => $"Refused{(report.Environment is null ? "" : $" in {report.Environment}")}: nothing was begun.",
            DeploymentOutcome.NeedsAttention => "Needs attention.",
            var other => $"{other}.",
        };
    }
}
