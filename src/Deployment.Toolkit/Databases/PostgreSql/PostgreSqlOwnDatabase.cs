using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// A database beside the app's that a run makes for itself. Its name is locked for as long as the run lives, so that what a killed one has
/// left is told from what another is at.
/// </summary>
internal sealed class PostgreSqlOwnDatabase : IAsyncDisposable
{
    // No name that a person gives: whatever has it is the toolkit's.
    private const string Prefix = "deployment_toolkit";
    private const string Before = "before_";

    private readonly PostgreSqlCluster _cluster;
    private readonly PostgreSqlJournalLock _lock;

    private PostgreSqlOwnDatabase(PostgreSqlCluster cluster, PostgreSqlJournalLock taken, string name) =>
        (_cluster, _lock, Name, NameBefore) = (cluster, taken, name, name.Insert(PrefixOf(cluster.Live).Length, Before));

    internal string Name { get; }

    /// <summary>The name for what the app's database was, once this takes its place; it outlives the run.</summary>
    internal string NameBefore { get; }

    /// <summary>A connection to a database that is neither this nor the app's.</summary>
    internal DbConnection Maintenance => _lock.Connection;

    /// <summary>Takes a name that nobody else has, and drops what killed runs have left of the same database.</summary>
    /// <param name="cluster">The server.</param>
    /// <param name="purpose">What for, as a word.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<PostgreSqlOwnDatabase> ReserveAsync(
        PostgreSqlCluster cluster,
        string purpose,
        CancellationToken cancellationToken
    )
    {
        var maintenance = await cluster.OpenMaintenanceAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Sql.ExecuteAsync(maintenance, null, PostgreSqlJournalLock.Settings, cancellationToken).ConfigureAwait(false);
            await SweepAsync(maintenance, cluster.Live, cancellationToken).ConfigureAwait(false);
            while (true)
            {
                var name = $"{PrefixOf(cluster.Live)}{purpose}_{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
                if (await PostgreSqlJournalLock.TryAsync(maintenance, KeyOf(name), cancellationToken).ConfigureAwait(false) is { } taken)
                    return new PostgreSqlOwnDatabase(cluster, taken, name);
            }
        }
        catch
        {
            await maintenance.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal Task<DbConnection> OpenAsync(CancellationToken cancellationToken) => _cluster.OpenAsync(Name, cancellationToken);

    /// <summary>Drops it, whoever has it open, and frees its name.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await DropAsync(Maintenance, Name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            // The server is gone or ended the connection; the next that makes one drops it.
        }

        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Drops what databases were before a backup took their place.</summary>
    /// <param name="maintenance">A connection to another database.</param>
    /// <param name="live">The app's.</param>
    internal static async Task DropBeforeAsync(DbConnection maintenance, string live)
    {
        try
        {
            foreach (var name in await OfAsync(maintenance, live, CancellationToken.None).ConfigureAwait(false))
            {
                if (IsBefore(name))
                    await DropAsync(maintenance, name, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (DbException)
        {
            // They take room and are in nobody's way; the next backup drops them.
        }
    }

    /// <summary>Drops those of the same database whose runs are no more.</summary>
    private static async Task SweepAsync(DbConnection maintenance, string live, CancellationToken cancellationToken)
    {
        foreach (var name in await OfAsync(maintenance, live, cancellationToken).ConfigureAwait(false))
        {
            // In whichever database its run has it: there is one name of it on the server.
            if (
                IsBefore(name)
                || await PostgreSqlJournalLock.IsHeldAnywhereAsync(maintenance, KeyOf(name), cancellationToken).ConfigureAwait(false)
                || await PostgreSqlJournalLock.TryAsync(maintenance, KeyOf(name), cancellationToken).ConfigureAwait(false) is not { } taken
            )
                continue;

            try
            {
                await DropAsync(maintenance, name, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException e) when (e.SqlState is not null)
            {
                // Something of the server's hangs on it, as a slot does: it takes room, and is in no other one's way.
            }
            finally
            {
                await taken.FreeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task<IReadOnlyList<string>> OfAsync(DbConnection maintenance, string live, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            maintenance,
            null,
            "SELECT datname::text FROM pg_catalog.pg_database WHERE starts_with(datname::text, @prefix) AND "
                + "pg_catalog.pg_has_role(datdba, 'USAGE') ORDER BY 1",
            ("@prefix", PrefixOf(live))
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            names.Add(reader.GetString(0));
        return names;
    }

    private static Task DropAsync(DbConnection maintenance, string name, CancellationToken cancellationToken) =>
        Sql.ExecuteAsync(maintenance, null, $"DROP DATABASE IF EXISTS {PostgreSqlNames.QuotePart(name)} WITH (FORCE)", cancellationToken);

    private static bool IsBefore(string name) => name.Contains("_" + Before, StringComparison.Ordinal);

    private static string PrefixOf(string live) => $"{Prefix}_{Convert.ToHexStringLower(HashOf(live).AsSpan(0, 4))}_";

    private static long KeyOf(string name) => BinaryPrimitives.ReadInt64BigEndian(HashOf("deployment-toolkit database " + name));

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
