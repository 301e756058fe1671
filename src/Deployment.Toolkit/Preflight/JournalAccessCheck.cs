using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Preflight;

/// <summary>Whether the journal, and the backups beside it, can be written, told without writing them.</summary>
internal sealed class JournalAccessCheck : PreflightCheck
{
    internal override async ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken)
    {
        if (intention.HasLock || intention.IsNothingToDo)
            return [];

        var journal = intention.Factory.StoreOf(intention.Environment);
        return await journal.WhyNotWritableAsync(cancellationToken).ConfigureAwait(false) is { } reason ? [reason]
            : TakesBackup(intention) && WriteAccess.WhyNotIn(journal.Local.Folder) is { } denied ? [NoBackups(journal.Local, denied)]
            : [];
    }

    private static bool TakesBackup(Intention intention) =>
        intention is { Draft.Migrations.Count: > 0, Parts: { WithoutBackup: null, BackupBy: null, Database: not null } };

    private static DeploymentMessage NoBackups(JournalPaths local, string denied) =>
        new(
            Codes.BackupFailed,
            $"No backup can be kept in '{local.Folder}': {denied} Nothing was begun. Let the deploying user write there, or name another folder "
                + "with the setting Deployment:Directory."
        );
}
