using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Dependencies;

/// <summary>Opens a database and asks it one thing.</summary>
internal static class DatabaseDependency
{
    internal static Dependency Of(string name, DbProviderFactory factory, string connectionStringName) => new(name, async (services, cancellationToken) =>
    {
        var connection = ConnectionStringReader.Connect(services, factory, connectionStringName);
        await using (connection.ConfigureAwait(false))
        {
            if (connection.GetType().Name.Contains("sqlite", StringComparison.OrdinalIgnoreCase)) EnsureFile(name, connection);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await AskAsync(connection, cancellationToken).ConfigureAwait(false);
        }
    })
    {
        Key = ConnectionStringReader.KeyOf(connectionStringName),
    };

    /// <summary>The database that is deployed to. The first deployment makes its file.</summary>
    internal static Dependency Of(SqliteDatabase database) => new("deployment database", async (_, cancellationToken) =>
    {
        if (!database.Exists) return;

        var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false)) await AskAsync(connection, cancellationToken).ConfigureAwait(false);
    });

    // Opening would make an empty one, and say that all is well.
    private static void EnsureFile(string name, DbConnection connection)
    {
        var source = connection.DataSource;
        if (string.IsNullOrEmpty(source) || source == ":memory:" || File.Exists(source.StartsWith("file:", StringComparison.OrdinalIgnoreCase) ? new Uri(source).LocalPath : source)) return;

        throw DeploymentException.Refused(Codes.DependencyUnreachable, $"Dependency '{name}' could not be used: there is no file '{source}'. Correct the connection string, or let whoever owns the database make it.");
    }

    // Nothing is read by SELECT 1 in SQLite, not even whether the file is a database.
    private static async Task AskAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var question = connection.GetType().Name.Contains("sqlite", StringComparison.OrdinalIgnoreCase) ? "SELECT count(*) FROM sqlite_master" : "SELECT 1";
        await SqliteDatabase.ScalarAsync(connection, null, question, cancellationToken).ConfigureAwait(false);
    }
}
