using System.Data.Common;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>A copy of the app's database beside it, on the same server.</summary>
internal sealed class PostgreSqlScratch : ScratchDatabase
{
    private const string Instead =
        "Or rehearse on a copy that you restore yourself: point the connection string of another environment at it and run 'deploy up' and "
        + "'deploy rollback' there.";

    // A server that is this late with a session's end is so for other reasons than the end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly PostgreSqlOwnDatabase _own;

    private PostgreSqlScratch(PostgreSqlDialect dialect, PostgreSqlCluster cluster, PostgreSqlOwnDatabase own) =>
        (_own, Database) = (own, new PostgreSqlDatabase(dialect.ForCopy(), () => cluster.Connect(own.Name)));

    internal override TargetDatabase Database { get; }

    /// <summary>
    /// Has the server copy the database where nobody else has it open; else it is dumped into a file and restored from it, while others
    /// work with it.
    /// </summary>
    /// <param name="dialect">The app's database's.</param>
    /// <param name="title">What messages call that.</param>
    /// <param name="cluster">The server.</param>
    /// <param name="folder">A folder that is made for the file.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<PostgreSqlScratch> TakeAsync(
        PostgreSqlDialect dialect,
        string title,
        PostgreSqlCluster cluster,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var own = await PostgreSqlOwnDatabase.ReserveAsync(cluster, "rehearsal", cancellationToken).ConfigureAwait(false);
        try
        {
            if (await PostgreSqlRole.WhyNoDatabasesAsync(own.Maintenance, cancellationToken).ConfigureAwait(false) is var (why, mend))
                throw NotPossible(title, why, $"{mend} {Instead}");
            await cluster.ClearPoolsAsync(own.Maintenance, [], Patience, cancellationToken).ConfigureAwait(false);
            if (!await PostgreSqlTemplate.TryCopyAsync(own.Maintenance, cluster.Live, own.Name, cancellationToken).ConfigureAwait(false))
                await RestoreAsync(dialect, title, cluster, own, folder, cancellationToken).ConfigureAwait(false);
            return new PostgreSqlScratch(dialect, cluster, own);
        }
        catch (DbException e)
        {
            await own.DisposeAsync().ConfigureAwait(false);
            throw NotPossible(title, PostgreSqlFault.WordsOf(e).TrimEnd('.'), $"Mend that and run the command again. {Instead}", e);
        }
        catch
        {
            await own.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What to say where a connection has no session that lasts.</summary>
    internal static DeploymentException NotThroughPool(string title) =>
        NotPossible(title, PostgreSqlBackup.NotThroughPool, $"{PostgreSqlBackup.PastPool} {Instead}");

    public override ValueTask DisposeAsync() => _own.DisposeAsync();

    private static async Task RestoreAsync(
        PostgreSqlDialect dialect,
        string title,
        PostgreSqlCluster cluster,
        PostgreSqlOwnDatabase own,
        string folder,
        CancellationToken cancellationToken
    )
    {
        var major = await PostgreSqlRole.MajorVersionAsync(own.Maintenance, cancellationToken).ConfigureAwait(false);
        var (programs, missing) = await dialect.Programs.FindAsync(major, cancellationToken).ConfigureAwait(false);
        if (programs is null)
        {
            var others = await PostgreSqlSessions.CountAsync(own.Maintenance, cluster.Live, [], cancellationToken).ConfigureAwait(false);
            throw NotPossible(
                title,
                $"the server copies one by itself only for its owner and while nobody has it open ({(others == 1 ? "1 session has" : $"{others} sessions have")}), "
                    + $"and {missing}",
                $"Install PostgreSQL's client programs of version {major} (postgresql-client-{major}), or stop what has the database open. {Instead}"
            );
        }

        await using (var live = await cluster.OpenAsync(cluster.Live, cancellationToken).ConfigureAwait(false))
        {
            if (await PostgreSqlHoldings.WhyNotAsync(dialect, live, cluster, cancellationToken).ConfigureAwait(false) is var (why, mend))
                throw NotPossible(title, why, $"{mend} {Instead}");
        }

        var file = new BackupFile(Path.Combine(folder, "copy" + PostgreSqlDump.Extension));
        PrivateFolder.Ensure(folder);
        try
        {
            var dump = new PostgreSqlDump(programs, cluster, dialect.JournalSchema);
            await PostgreSqlTemplate
                .MakeEmptyAsync(own.Maintenance, cluster.Live, own.Name, takesPlace: false, cancellationToken)
                .ConfigureAwait(false);
            await dump.WriteAsync(file, snapshot: null, cancellationToken).ConfigureAwait(false);
            await dump.RestoreAsync(file, own.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw NotPossible(title, Sentence.Of(e).TrimEnd('.'), $"Mend that and run the command again. {Instead}", e);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static DeploymentException NotPossible(string title, string why, string mend, Exception? cause = null) =>
        new(
            DeploymentOutcome.Refused,
            [
                new DeploymentMessage(
                    Codes.RehearsalNotPossible,
                    $"Database '{title}' cannot be copied for a rehearsal: {why}. Nothing was begun. {mend}"
                ),
            ],
            cause
        );
}
