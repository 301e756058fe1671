using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Steps;

namespace Deployment.Toolkit.Backup;

/// <summary>The steps about copies of databases.</summary>
internal static class BackupSteps
{
    /// <summary>Those about one database.</summary>
    internal static IEnumerable<CatalogStep> Of(BackupStore? backups, OtherBackup? other, TimeSpan limit, JournalSession? session)
    {
        var database = backups?.Key.Recorded;
        if (other is null)
            yield return CatalogStep.BuiltIn(StepRole.BackUp, new BackUpStep(backups), limit, database);
        yield return CatalogStep.BuiltIn(StepRole.RestoreBackup, new RestoreBackupStep(backups, session), limit, database);
    }

    /// <summary>Those about all of them at once: what takes backups in the toolkit's place is asked once.</summary>
    internal static IEnumerable<CatalogStep> OfAll(OtherBackup? other, OtherBackupTools tools) =>
        other is null ? [] : [CatalogStep.BuiltIn(StepRole.BackUp, new BackUpByStep(other, tools), other.Timeout)];
}
