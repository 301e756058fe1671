namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>What a verb has to tell, before it is known how it will be written.</summary>
internal sealed record VerbReport(DeploymentOutcome Outcome, string? Environment, IReadOnlyList<DeploymentMessage> Messages)
{
    /// <summary>The first line of the text; made from the rest when it is <see langword="null"/>.</summary>
    internal string? Headline { get; init; }

    /// <summary>What there is to tell beside the messages, in the order in which it is written. The verb's row names their kinds.</summary>
    internal IReadOnlyList<ReportSection> Sections { get; init; } = [];

    /// <summary>How a command ended that <c>secrets run</c> ran: the process ends like it and says nothing of its own.</summary>
    internal int? CommandExitCode { get; init; }

    internal int ExitCode =>
        CommandExitCode
        ?? Outcome switch
        {
            DeploymentOutcome.Succeeded or DeploymentOutcome.NothingToDo => 0,
            DeploymentOutcome.RolledBack or DeploymentOutcome.Failed => 1,
            DeploymentOutcome.Refused => 2,
            DeploymentOutcome.Cancelled => 130,
            _ => 3,
        };

    internal static VerbReport Of(DeploymentResult result) => new(result.Outcome, result.Environment, result.Messages);

    internal static VerbReport Refused(string code, string text) =>
        new(DeploymentOutcome.Refused, null, [new DeploymentMessage(code, text)]);

    /// <summary>The section of a kind, for another that has to know of it.</summary>
    internal T? Find<T>()
        where T : ReportSection
    {
        foreach (var section in Sections)
        {
            if (section is T found)
                return found;
        }

        return null;
    }
}
