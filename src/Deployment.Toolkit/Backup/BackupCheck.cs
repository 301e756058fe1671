using Deployment.Toolkit.Backup.Encryption;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Backup;

/// <summary>Tells whether a backup is what it was when it was taken.</summary>
/// <param name="database">The database.</param>
/// <param name="packings">What unpacks backups.</param>
/// <param name="journal">The environment's journal as it is now.</param>
internal sealed class BackupCheck(
    TargetDatabase database,
    BackupPackings packings,
    Func<CancellationToken, ValueTask<EnvironmentLedger>> journal
)
{
    /// <summary>The tenant whose database it is; <see langword="null"/> for one of the app's own.</summary>
    internal string? Tenant { get; set; }

    /// <summary>
    /// Also when its bytes are what they were, the app may read them in another way than when it was taken: with another password.
    /// </summary>
    internal async Task EnsureReadableAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        await EnsureUsableAsync(backup, cancellationToken).ConfigureAwait(false);
        var file = packings.ToRead(backup);
        if (backup.IsEncrypted)
            await EnsureAuthenticAsync(backup, file, cancellationToken).ConfigureAwait(false);
        if (await database.FindDamageAsync(file, cancellationToken).ConfigureAwait(false) is { } damage)
        {
            throw DeploymentException.Refused(
                Codes.BackupUnusable,
                $"Backup '{backup.Name}' cannot be read: {damage} Nothing was restored. If it is encrypted, correct the connection "
                    + $"string's password; otherwise choose another from 'deploy backup list'."
            );
        }
    }

    private async Task EnsureUsableAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        // Whoever puts another file there writes its description too; what the run recorded they can't write without the journal's key.
        if (
            (await journal(cancellationToken).ConfigureAwait(false)).HashOfBackup(database.Key, backup.Name, Tenant) is { } recorded
            && !recorded.Equals(backup.Sha256, StringComparison.OrdinalIgnoreCase)
        )
        {
            throw DeploymentException.Refused(
                Codes.BackupUnusable,
                $"Backup '{backup.Name}' is not the one that run {backup.Name} took: the journal knows it by another SHA-256 than its "
                    + $"description in '{backup.File}.json' has. Nothing was restored. "
                    + "Put both files back as they were, or choose another from 'deploy backup list'."
            );
        }

        if (
            File.Exists(backup.File)
            && await DurableFile.HashAsync(backup.File, flush: false, cancellationToken).ConfigureAwait(false) == backup.Sha256
        )
            return;

        throw DeploymentException.Refused(
            Codes.BackupUnusable,
            $"Backup '{backup.Name}' is not what was verified when it was taken: '{backup.File}' is missing or has changed. Nothing was "
                + $"restored. Choose another from 'deploy backup list'."
        );
    }

    private static async Task EnsureAuthenticAsync(BackupInfo backup, BackupFile file, CancellationToken cancellationToken)
    {
        try
        {
            await file.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DamagedMessageException or InvalidDataException)
        {
            throw BackupPackings.Unusable(backup, e);
        }
    }
}
