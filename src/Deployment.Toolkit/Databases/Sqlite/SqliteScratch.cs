using System.Data.Common;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>A copy of a SQLite database in a folder that only this user may enter.</summary>
internal sealed class SqliteScratch : ScratchDatabase
{
    private readonly string _folder;

    private SqliteScratch(string folder, SqliteDatabase database) => (_folder, Database) = (folder, database);

    internal override TargetDatabase Database { get; }

    /// <summary>Copies the database while others work with it; where there is none yet, the copy is empty.</summary>
    /// <param name="live">The database.</param>
    /// <param name="connect">Makes a closed connection to a file, as the app would.</param>
    /// <param name="folder">A folder that is made for the copy.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<SqliteScratch> TakeAsync(
        SqliteDatabase live,
        Func<string, DbConnection> connect,
        string folder,
        CancellationToken cancellationToken
    )
    {
        PrivateFolder.Ensure(folder);
        try
        {
            var file = Path.Combine(folder, "copy.db");
            if (live.Exists)
            {
                PrivateFile.CreateAnew(file);
                await live.CopyAsync(new BackupFile(file), cancellationToken).ConfigureAwait(false);
            }

            return new SqliteScratch(folder, new SqliteDatabase(() => connect(file), folder));
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
