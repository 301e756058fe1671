using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>The other databases of the server that the app's database is on.</summary>
/// <param name="create">Makes a closed connection of the app's driver to the app's database.</param>
internal sealed class PostgreSqlCluster(Func<DbConnection> create)
{
    private const string Database = "Database";

    private static readonly string[] Passwords = ["Password", "PWD", "PSW"];

    // The second is what the server makes new databases from: while it is open, nobody else can make one.
    private static readonly string[] MaintenanceDatabases = ["postgres", "template1"];

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The app's database.</summary>
    internal string Live
    {
        get
        {
            using var connection = create();
            return connection.Database;
        }
    }

    /// <summary>A closed connection of the app's driver to a database of the server, never from a pool: what is open can't be dropped or
    /// renamed.</summary>
    internal DbConnection Connect(string database)
    {
        var connection = create();
        var settings = new DbConnectionStringBuilder { ConnectionString = connection.ConnectionString };
        foreach (var keyword in (string[])["DB", "Multiplexing"])
            settings.Remove(keyword);
        settings[Database] = database;
        if (!settings.ContainsKey("Command Timeout") && !settings.ContainsKey("CommandTimeout"))
            settings["Command Timeout"] = "0";
        try
        {
            settings["Pooling"] = "False";
            connection.ConnectionString = settings.ConnectionString;
        }
        catch (ArgumentException)
        {
            // A driver that calls it otherwise.
            settings.Remove("Pooling");
            settings.Remove("Command Timeout");
            connection.ConnectionString = settings.ConnectionString;
        }

        return connection;
    }

    internal async Task<DbConnection> OpenAsync(string database, CancellationToken cancellationToken)
    {
        var connection = Connect(database);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a database that is not the app's, from which others can be made, renamed and dropped.</summary>
    /// <exception cref="DeploymentException">None can be opened.</exception>
    internal async Task<DbConnection> OpenMaintenanceAsync(CancellationToken cancellationToken)
    {
        var live = Live;
        DbException? failure = null;
        foreach (var database in MaintenanceDatabases.Where(database => database != live))
        {
            try
            {
                return await OpenAsync(database, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException e)
            {
                failure = e;
            }
        }

        throw DeploymentException.Refused(
            Codes.DatabaseUnavailable,
            $"No database beside '{live}' can be opened on its server, from which a copy could be made: "
                + $"{PostgreSqlFault.WordsOf(failure!).TrimEnd('.')}. Nothing was begun. "
                + (
                    ShowsPassword
                        ? $"Let the role of the connection string CONNECT to database '{MaintenanceDatabases[0]}'."
                        : "The connection comes from a data source that shows no password: name the connection string instead, with "
                            + ".UsePostgreSql(factory, \"name\"), or write 'Persist Security Info=true' into the data source's."
                ),
            failure
        );
    }

    /// <summary>Whether connections say their password, which a data source may keep to itself.</summary>
    internal bool ShowsPassword
    {
        get
        {
            using var connection = create();
            var settings = new DbConnectionStringBuilder { ConnectionString = connection.ConnectionString };
            return Passwords.Any(settings.ContainsKey);
        }
    }

    /// <summary>What PostgreSQL's own programs are told of the way to a database, by variables alone.</summary>
    internal IReadOnlyDictionary<string, string> VariablesFor(string database)
    {
        using var connection = create();
        return PostgreSqlVariables.Of(connection, database);
    }

    /// <summary>Closes what the driver's pools in this process keep open, and waits until the server counts none of it any more.</summary>
    /// <param name="maintenance">A connection to another database.</param>
    /// <param name="own">Sessions that stay.</param>
    /// <param name="patience">How long it waits at most, which it does where others have the database open.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task ClearPoolsAsync(
        DbConnection maintenance,
        IReadOnlyCollection<long> own,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        ClearPools();
        // A session ends when the server's process gets to it, and nothing tells ours from those of others, which stay.
        var live = Live;
        var started = TimeProvider.System.GetTimestamp();
        while (
            await PostgreSqlSessions.CountAsync(maintenance, live, own, cancellationToken).ConfigureAwait(false) > 0
            && TimeProvider.System.GetElapsedTime(started) < patience
        )
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes what the driver's pools in this process keep open: nobody works with those connections.</summary>
    [UnconditionalSuppressMessage(
        "Trimming",
        "IL2075",
        Justification = "Where the driver has no such method, or it was trimmed away, its connections count as those of others."
    )]
    internal void ClearPools()
    {
        using var connection = create();
        var type = connection.GetType();
        type.GetMethod("ClearAllPools", BindingFlags.Public | BindingFlags.Static, [])?.Invoke(null, null);
        // Of a data source, which has a pool of its own.
        type.GetMethod("ClearPool", BindingFlags.Public | BindingFlags.Static, [type])?.Invoke(null, [connection]);
    }
}
