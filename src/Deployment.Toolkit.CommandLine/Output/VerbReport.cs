using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>
/// What a verb has to tell, before it is known how it will be written. What a verb does not tell is <see langword="null"/>.
/// </summary>
internal sealed record VerbReport(DeploymentOutcome Outcome, string? Environment, IReadOnlyList<DeploymentMessage> Messages)
{
    /// <summary>The first line of the text; made from the rest when it is <see langword="null"/>.</summary>
    internal string? Headline { get; init; }

    internal DeploymentPlan? Plan { get; init; }

    /// <summary>Whether the plan is what was asked for, so that it is shown in full also when it may not begin.</summary>
    internal bool IsPlanWanted { get; init; }

    internal DeploymentRun? Run { get; init; }

    /// <summary>
    /// Whether the run is what was asked for, so that it is shown in full: its plan, what its steps wrote, who took it up again.
    /// </summary>
    internal bool IsRunWanted { get; init; }

    internal IReadOnlyList<EnvironmentStatus>? Environments { get; init; }

    internal IReadOnlyList<DeploymentRun>? Runs { get; init; }

    internal HealthReport? Health { get; init; }

    internal IReadOnlyList<MigrationState>? Migrations { get; init; }

    internal IReadOnlyList<PlannedScript>? Scripts { get; init; }

    internal IReadOnlyList<string>? Files { get; init; }

    internal IReadOnlyList<ConfigurationValue>? Values { get; init; }

    internal ConfigurationComparison? Difference { get; init; }

    /// <summary>A text of its own, written as it is.</summary>
    internal string? Document { get; init; }

    internal ConfigurationParity? Parity { get; init; }

    internal ConfigurationExplanation? Explanation { get; init; }

    internal IReadOnlyList<BackupInfo>? Backups { get; init; }

    /// <summary>What became of each backup when they were pruned.</summary>
    internal IReadOnlyList<BackupDecision>? Retention { get; init; }

    internal IReadOnlyList<SealedSecretInfo>? Secrets { get; init; }

    internal IReadOnlyList<SealedRecipientInfo>? Recipients { get; init; }

    /// <summary>What <c>secrets get</c> was asked for: written as it is, and nothing with it.</summary>
    internal Secret? Value { get; init; }

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

    internal static VerbReport Of(DeploymentResult result) =>
        new(result.Outcome, result.Environment, result.Messages)
        {
            Plan = result.Plan,
            Run = result.Run,
            Retention = result.Backups,
        };

    internal static VerbReport Refused(string code, string text) =>
        new(DeploymentOutcome.Refused, null, [new DeploymentMessage(code, text)]);
}
