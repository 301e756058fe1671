using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Known;

namespace Deployment.Toolkit.Dependencies;

/// <summary>Opens a database and asks it one thing.</summary>
internal static class DatabaseDependency
{
    internal static Dependency Of(string name, DbProviderFactory factory, string connectionStringName) =>
        new(
            name,
            async (services, cancellationToken) =>
            {
                var connection = ConnectionStringReader.Connect(services, factory, connectionStringName);
                await using (connection.ConfigureAwait(false))
                {
                    KnownDialects.Of(connection)?.EnsureThere(connection, name);
                    await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                    await AskAsync(connection, cancellationToken).ConfigureAwait(false);
                }
            }
        )
        {
            Key = ConnectionStringReader.KeyOf(connectionStringName),
        };

    /// <summary>The database that is deployed to. The first deployment makes its file.</summary>
    internal static Dependency Of(TargetDatabase database) =>
        new(
            $"deployment database{(database.Key.IsOnly ? "" : " " + database.Key.Name)}",
            async (_, cancellationToken) =>
            {
                if (!database.Exists)
                    return;

                var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                    await AskAsync(connection, cancellationToken).ConfigureAwait(false);
            }
        );

    private static Task<object?> AskAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Sql.ScalarAsync(connection, null, KnownDialects.Of(connection)?.Question ?? "SELECT 1", cancellationToken);
}
