using System.Data.Common;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>A copy of the app's database beside it, on the same server.</summary>
internal sealed class MySqlScratch : ScratchDatabase
{
    private readonly MySqlOwnDatabase _own;

    private MySqlScratch(MySqlOwnDatabase own, MySqlDatabase copy) => (_own, Database) = (own, copy);

    internal override TargetDatabase Database { get; }

    /// <summary>Dumps the database into a file and makes one of it, while others work with it.</summary>
    /// <param name="live">The app's database.</param>
    /// <param name="backups">What copies it.</param>
    /// <param name="folder">A folder that is made for the file.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<MySqlScratch> TakeAsync(
        MySqlDatabase live,
        MySqlBackup backups,
        string folder,
        CancellationToken cancellationToken
    )
    {
        if (await backups.WhyNotAsync(cancellationToken).ConfigureAwait(false) is var (why, mend))
            throw NotPossible(live.Title, why, mend);

        var own = await MySqlOwnDatabase.ReserveAsync(live, "rehearsal", cancellationToken).ConfigureAwait(false);
        PrivateFolder.Ensure(folder);
        try
        {
            var dump = await backups.DumpAsync(cancellationToken).ConfigureAwait(false);
            var file = new BackupFile(Path.Combine(folder, "copy" + MySqlDump.Extension));
            await own.MakeAsync(cancellationToken).ConfigureAwait(false);
            await dump.WriteAsync(file, static () => { }, cancellationToken).ConfigureAwait(false);
            await dump.RestoreAsync(file, own.Name, cancellationToken).ConfigureAwait(false);
            return new MySqlScratch(own, live.Beside(own.Name));
        }
        catch (Exception e) when (e is DbException or IOException)
        {
            await own.DisposeAsync().ConfigureAwait(false);
            throw NotPossible(
                live.Title,
                (e is DbException ? MySqlFault.WordsOf(e) : Sentence.Of(e)).TrimEnd('.'),
                "Mend that and run the command again.",
                e
            );
        }
        catch
        {
            await own.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public override ValueTask DisposeAsync() => _own.DisposeAsync();

    private static DeploymentException NotPossible(string title, string why, string mend, Exception? cause = null) =>
        new(
            DeploymentOutcome.Refused,
            [
                new DeploymentMessage(
                    Codes.RehearsalNotPossible,
                    $"Database '{title}' cannot be copied for a rehearsal: {why}. Nothing was begun. {mend} Or rehearse on a copy that you restore "
                        + "yourself: point the connection string of another environment at it and run 'deploy up' and 'deploy rollback' there."
                ),
            ],
            cause
        );
}
