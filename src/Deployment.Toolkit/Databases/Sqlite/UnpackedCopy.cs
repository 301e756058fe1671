using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>
/// A packed backup, unpacked to be looked at: SQLite opens nothing but files. It lies there for as long as it is open, for this user alone.
/// </summary>
internal static class UnpackedCopy
{
    private const string Name = "content.db";

    internal static async Task<OpenedCopy> OpenAsync(SqliteDatabase database, BackupFile backup, CancellationToken cancellationToken)
    {
        var folder = backup.MakeScratch();
        try
        {
            var file = await UnpackAsync(folder, backup, cancellationToken).ConfigureAwait(false);
            return new OpenedCopy(await database.OpenFileAsync(file, cancellationToken).ConfigureAwait(false), new Beneath(folder));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    internal static async Task<string?> FindDamageAsync(SqliteDatabase database, BackupFile backup, CancellationToken cancellationToken)
    {
        if (!File.Exists(backup.Path))
            return null;

        using var folder = backup.MakeScratch();
        var file = await UnpackAsync(folder, backup, cancellationToken).ConfigureAwait(false);
        return await DamagedDatabase.FindAsync(database, file, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fills a packed backup by a copy that lies unpacked until it is packed.</summary>
    internal static async Task PackAsync(BackupFile backup, Func<string, Task> copyAsync, CancellationToken cancellationToken)
    {
        using var folder = backup.MakeScratch();
        var file = Path.Combine(folder.Path, Name);
        PrivateFile.CreateAnew(file);
        await copyAsync(file).ConfigureAwait(false);
        Boundary.Reached("backup: copied, not packed");
        await backup.PackAsync(file, cancellationToken).ConfigureAwait(false);
        Boundary.Reached("backup: packed");
    }

    private static async Task<string> UnpackAsync(HeldFolder folder, BackupFile backup, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder.Path, Name);
        await backup.UnpackAsync(file, cancellationToken).ConfigureAwait(false);
        Boundary.Reached("backup: unpacked");
        return file;
    }

    private sealed class Beneath(HeldFolder folder) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
