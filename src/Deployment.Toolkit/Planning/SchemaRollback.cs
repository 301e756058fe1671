using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Planning;

/// <summary>How one database's schema goes back to a release's, and what a person should know of it.</summary>
internal sealed record SettledRollback(PlannedDatabase Planned, IReadOnlyList<string> Risks);

/// <summary>Finds the cheapest safe way of one database back to the schema of a release.</summary>
/// <param name="parts">Of the one database.</param>
/// <param name="applied">What it has.</param>
/// <param name="targets">What becomes of it on the way to any release.</param>
/// <param name="target">The release.</param>
internal sealed class SchemaRollback(
    DeploymentParts parts,
    IReadOnlyList<AppliedMigration> applied,
    RollbackTargets targets,
    VerifiedRelease target
)
{
    private readonly List<AppliedMigration> _undo = targets.Undone(target);

    /// <summary>What the release needs and no rollback brings.</summary>
    internal IEnumerable<string> Missing => targets.Missing(target).Select(parts.Key.Title);

    /// <summary>What is undone, the last one first.</summary>
    internal IEnumerable<PlannedMigration> Migrations => _undo.Select(row => WayBackLosses.ToPlan(parts.Key, row));

    /// <summary>Chooses the way.</summary>
    /// <exception cref="DeploymentException">There is none, or it would lose rows that nobody accepted to lose.</exception>
    internal async Task<SettledRollback> SettleAsync(bool acceptsDataLoss, CancellationToken cancellationToken)
    {
        if (_undo.Count == 0)
            return Settled(SchemaWayBack.Nothing, null, []);
        if (_undo.TrueForAll(targets.HasWayBack))
        {
            await RunnableScripts.EnsureBackAsync(parts, _undo, cancellationToken).ConfigureAwait(false);
            return Settled(
                SchemaWayBack.DownScripts,
                null,
                await WayBackLosses.FindAsync(parts, _undo, acceptsDataLoss, Accept, cancellationToken).ConfigureAwait(false)
            );
        }

        var stuck = _undo.First(row => !targets.HasWayBack(row));
        if ((parts.WithoutBackup ?? OfOther) is { } reason && parts.Backups!.ListReadable().Backups.Count == 0)
            throw DeploymentException.Refused(
                Codes.BackupUnusable,
                $"Migration {parts.Key.Title(stuck.Title)} has no way back of its own, and there is no backup that a rollback could restore: {reason}. Nothing "
                    + $"was changed. Write a new migration that mends forward and run 'deploy up'."
            );
        parts.Backups!.Swap.EnsurePossible(
            $"migration {parts.Key.Title(stuck.Title)} has no way back of its own, so a backup would have to be put there"
        );
        await parts.Backups.Swap.EnsureFreeAsync(cancellationToken).ConfigureAwait(false);
        var (backup, passedOver) = await BackupAsync(stuck, cancellationToken).ConfigureAwait(false);
        var written = await parts.Backups.WrittenSinceAsync(backup, cancellationToken).ConfigureAwait(false);
        var loss =
            written is null ? $"rows may have been written since backup {backup.Name} and would be lost"
            : written.Count == 0 ? null
            : $"{DataLoss.Describe(written)} that were written since backup {backup.Name} would be lost";
        if (loss is not null && !acceptsDataLoss)
        {
            throw DeploymentException.Refused(
                Codes.DataLossNotAccepted,
                $"Migration {parts.Key.Title(stuck.Title)} has no way back of its own, so backup {backup.Name} would have to be restored: {loss}. "
                    + $"Nothing was changed. "
                    + $"Save them first, then run '{Accept}'; the database as it is by then is kept as a backup."
            );
        }

        return Settled(
            SchemaWayBack.RestoreBackup,
            backup,
            [
                .. passedOver,
                .. loss is null ? (string[])[] : [loss],
                .. await parts.Backups.Swap.RisksToHoldersAsync(cancellationToken).ConfigureAwait(false),
            ]
        );
    }

    private string? OfOther =>
        parts.BackupBy is { } other ? $"{other.Title} takes them, and puts back only that of a run that fails" : null;

    private string Accept => $"deploy rollback --environment {parts.Environment.Name} --accept-data-loss";

    /// <summary>
    /// The newest backup, by the journal, that holds the target's schema and can be read; older ones where newer ones are damaged, which is
    /// a risk to know of.
    /// </summary>
    private async Task<(BackupInfo Backup, IReadOnlyList<string> PassedOver)> BackupAsync(
        AppliedMigration stuck,
        CancellationToken cancellationToken
    )
    {
        var (backup, faults) = await parts
            .Backups!.ChooseAsync(target.Evidence.SchemaOf(parts.Key), cancellationToken)
            .ConfigureAwait(false);
        if (backup is not null)
            return (backup, [.. faults.Select(fault => $"backup {backup.Name} is an older one: {fault.Text}")]);

        throw new DeploymentException(
            DeploymentOutcome.Refused,
            [
                .. faults,
                new DeploymentMessage(
                    Codes.BackupUnusable,
                    $"Migration {parts.Key.Title(stuck.Title)} has no way back of its own, and no backup{(faults.Count > 0 ? " that can be read" : "")} "
                        + $"holds the schema of release {target.Evidence.Release}. Nothing was changed. Write a new migration that "
                        + $"mends forward and run 'deploy up'."
                ),
            ]
        );
    }

    private SettledRollback Settled(SchemaWayBack way, BackupInfo? backup, IReadOnlyList<string> risks) =>
        new(
            new PlannedDatabase
            {
                Name = parts.Key.Name,
                SchemaBefore = [.. applied.Select(static row => row.Version)],
                SchemaAfter = target.Evidence.SchemaOf(parts.Key),
                SchemaWayBack = way,
                Backup = backup?.Name,
            },
            risks
        );
}
