namespace Deployment.Toolkit.CommandLine.Output;

/// <summary>The first line: what came of it.</summary>
internal static class Headline
{
    internal static string Of(VerbReport report) =>
        report.Outcome switch
        {
            DeploymentOutcome.Succeeded when report.Run is { } run => Done(run, report.Plan),
            DeploymentOutcome.Succeeded when report.Plan is { } plan => Planned(plan),
            DeploymentOutcome.Succeeded when report.Runs is { Count: 0 } => $"{report.Environment} has no runs yet.",
            DeploymentOutcome.Succeeded => "",
            DeploymentOutcome.NothingToDo when report.Plan is { } plan =>
                $"Nothing to do: {plan.Environment} has release {plan.Release} and no pending migrations.",
            DeploymentOutcome.NothingToDo => "Nothing to do.",
            DeploymentOutcome.RolledBack when report is { Run: { } run, Plan.Secret: { } secret } =>
                $"Rolled back: {run.Environment} has secret '{secret}' as before (run {run.Id}).",
            DeploymentOutcome.RolledBack when report.Run is { } run =>
                $"Rolled back: {run.Environment} {Has(run.PreviousRelease)} as before (run {run.Id}).",
            DeploymentOutcome.Failed when report.Run is { } run => $"Failed: nothing was changed in {run.Environment} (run {run.Id}).",
            DeploymentOutcome.NeedsAttention when report.Run is { } run =>
                $"Needs attention: run {run.Id} in {run.Environment} stopped half way.",
            DeploymentOutcome.Cancelled when report.Run is { } run => $"Cancelled: run {run.Id} in {run.Environment} is not finished.",
            DeploymentOutcome.Refused when report is { IsPlanWanted: true, Plan: { } plan } =>
                $"May not begin: release {plan.Release} to {plan.Environment}, which {Has(plan.PreviousRelease)}. Nothing was changed.",
            DeploymentOutcome.Refused => $"Refused{(report.Environment is null ? "" : $" in {report.Environment}")}: nothing was begun.",
            DeploymentOutcome.NeedsAttention => "Needs attention.",
            var other => $"{other}.",
        };

    private static string Done(DeploymentRun run, DeploymentPlan? plan) =>
        run.Kind switch
        {
            RunKind.Up => $"Succeeded: {run.Environment} has release {run.Release} (run {run.Id}).",
            RunKind.Rollback => $"Succeeded: {run.Environment} is back at release {run.Release} (run {run.Id}).",
            RunKind.Renew when run.Steps.Any(static step => step.Name == "retire secret") =>
                $"Succeeded: {run.Environment} has a new '{plan?.Secret}', and the old one is ended (run {run.Id}).",
            RunKind.Renew => $"Succeeded: {run.Environment} has a new '{plan?.Secret}'; the old one is still valid (run {run.Id}).",
            RunKind.Retire => $"Succeeded: what '{plan?.Secret}' was before is ended (run {run.Id}).",
            _ => $"Succeeded: {run.Environment} has the database of backup {plan?.Backup} (run {run.Id}).",
        };

    private static string Planned(DeploymentPlan plan) =>
        plan.Kind switch
        {
            RunKind.Up => $"Plan: release {plan.Release} to {plan.Environment}, which {Has(plan.PreviousRelease)}. Nothing was changed.",
            RunKind.Rollback =>
                $"Plan: {plan.Environment} back from release {plan.PreviousRelease} to {plan.Release}. Nothing was changed.",
            RunKind.Renew => $"Plan: a new '{plan.Secret}' for {plan.Environment}. Nothing was changed.",
            RunKind.Retire => $"Plan: the end of what '{plan.Secret}' was before in {plan.Environment}. Nothing was changed.",
            _ => $"Plan: backup {plan.Backup} in the place of the database of {plan.Environment}. Nothing was changed.",
        };

    private static string Has(Release? release) => release is null ? "has no verified release" : $"has release {release}";
}
