using System.Data.Common;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// A database beside the app's that a run makes for itself. Its name is locked for as long as the run lives, so that what a killed one has
/// left is told from what another is at.
/// </summary>
internal sealed class MySqlOwnDatabase : IAsyncDisposable
{
    // No name that a person gives: whatever has it is the toolkit's.
    internal const string Prefix = "deployment_toolkit";

    private const string Before = "before_";

    private readonly MySqlDatabase _live;
    private readonly MySqlHeldLock _lock;

    private MySqlOwnDatabase(MySqlDatabase live, MySqlHeldLock held, string name) => (_live, _lock, Name) = (live, held, name);

    internal string Name { get; }

    /// <summary>Takes a name that nobody else has, and drops what killed runs have left of the same database.</summary>
    /// <param name="live">The app's database.</param>
    /// <param name="purpose">What for, as a word.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<MySqlOwnDatabase> ReserveAsync(MySqlDatabase live, string purpose, CancellationToken cancellationToken)
    {
        var connection = await live.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await MySqlHeldLock.PrepareAsync(connection, cancellationToken).ConfigureAwait(false);
            await SweepAsync(connection, live.OwnName, cancellationToken).ConfigureAwait(false);
            while (true)
            {
                var name = $"{PrefixOf(live.OwnName)}{purpose}_{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
                if (await MySqlHeldLock.TryAsync(connection, name, cancellationToken).ConfigureAwait(false))
                    return new MySqlOwnDatabase(
                        live,
                        await MySqlHeldLock.HoldAsync(connection, name, TimeProvider.System, cancellationToken).ConfigureAwait(false),
                        name
                    );
            }
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes it, empty and with what the app's takes for granted where a table says nothing.</summary>
    internal async Task MakeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _live.OpenAsync(cancellationToken).ConfigureAwait(false);
        var collation =
            await Sql.ScalarAsync(
                    connection,
                    null,
                    "SELECT CONCAT('CHARACTER SET ', default_character_set_name, ' COLLATE ', default_collation_name) FROM "
                        + "information_schema.schemata WHERE schema_name = DATABASE()",
                    cancellationToken
                )
                .ConfigureAwait(false) as string;
        await Sql.ExecuteAsync(connection, null, $"CREATE DATABASE {MySqlNames.QuotePart(Name)} {collation}", cancellationToken)
            .ConfigureAwait(false);
    }

    internal Task<DbConnection> OpenAsync(CancellationToken cancellationToken) => _live.OpenBesideAsync(Name, cancellationToken);

    /// <summary>Leaves it where it is, under a name that tells that it is what was before.</summary>
    /// <returns>The name.</returns>
    internal static string NameBefore(string live) => $"{PrefixOf(live)}{Before}{RandomNumberGenerator.GetHexString(12, lowercase: true)}";

    /// <summary>Drops it and frees its name.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var connection = await _live.OpenAsync(CancellationToken.None).ConfigureAwait(false);
            await DropAsync(connection, Name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or DeploymentException)
        {
            // The server is gone or ended the connection; the next that makes one drops it.
        }

        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Drops what the database was before backups took its place.</summary>
    internal static async Task DropBeforeAsync(DbConnection connection, string live)
    {
        try
        {
            foreach (var name in await OfAsync(connection, live, CancellationToken.None).ConfigureAwait(false))
            {
                if (IsBefore(name))
                    await DropAsync(connection, name, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (DbException)
        {
            // They take room and are in nobody's way; the next backup drops them.
        }
    }

    internal static Task DropAsync(DbConnection connection, string name, CancellationToken cancellationToken) =>
        Sql.ExecuteAsync(connection, null, $"DROP DATABASE IF EXISTS {MySqlNames.QuotePart(name)}", cancellationToken);

    /// <summary>Those that are there of a database.</summary>
    internal static async Task<IReadOnlyList<string>> OfAsync(DbConnection connection, string live, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            connection,
            null,
            "SELECT schema_name FROM information_schema.schemata WHERE LEFT(schema_name, CHAR_LENGTH(@prefix)) = @prefix ORDER BY 1",
            ("@prefix", PrefixOf(live))
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            names.Add(reader.GetString(0));
        return names;
    }

    private static async Task SweepAsync(DbConnection connection, string live, CancellationToken cancellationToken)
    {
        foreach (var name in await OfAsync(connection, live, cancellationToken).ConfigureAwait(false))
        {
            if (!IsBefore(name) && await MySqlHeldLock.HolderAsync(connection, name, cancellationToken).ConfigureAwait(false) is null)
                await DropAsync(connection, name, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsBefore(string name) => name.Contains("_" + Before, StringComparison.Ordinal);

    private static string PrefixOf(string live) =>
        $"{Prefix}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(live)).AsSpan(0, 4))}_";
}
