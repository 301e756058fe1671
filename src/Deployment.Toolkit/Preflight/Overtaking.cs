using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Preflight;

/// <summary>
/// Who waits for the lock decided before on what was there then. When a run has ended meanwhile, the same words mean something else: of two
/// rollbacks at once the second would go back a release further.
/// </summary>
internal static class Overtaking
{
    /// <summary>
    /// The last run that has ended; <see langword="null"/> while one is open, whose end is always something new.
    /// </summary>
    internal static RunLog? LastEnded(EnvironmentLedger ledger) => ledger.OpenRun is null ? ledger.LastRun : null;

    internal static DeploymentException By(RunLog ended) =>
        DeploymentException.Refused(
            Codes.RunUnfinished,
            $"{RunMessages.Title(ended)} ended in '{ended.Plan.Environment}' meanwhile, so what is there is not what this was decided on. "
                + $"Nothing was begun. Look at 'deploy status --environment {ended.Plan.Environment}', and run it again if it is still wanted."
        );

    internal static DeploymentException By(RunLog before, RunLog now) =>
        DeploymentException.Refused(
            Codes.RunUnfinished,
            $"{RunMessages.Title(before)} ended in '{before.Plan.Environment}' meanwhile, and another is unfinished now: "
                + $"{RunMessages.Title(now)}. Nothing was begun. Look at 'deploy status --environment {now.Plan.Environment}', and run it "
                + "again if it is still wanted."
        );
}
