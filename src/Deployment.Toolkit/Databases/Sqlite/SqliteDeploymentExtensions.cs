using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Registration;

namespace Deployment.Toolkit;

/// <summary>A SQLite database to deploy.</summary>
public static class SqliteDeploymentExtensions
{
    /// <summary>Uses the SQLite database of a connection string for migrations and backups.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="factory">Your driver's factory, for example <c>SqliteFactory.Instance</c>.</param>
    /// <param name="connectionStringName">The name below <c>ConnectionStrings</c>. The value may be a reference,
    /// <c>secret://name</c>.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder UseSqlite(this DeploymentBuilder builder, DbProviderFactory factory, string connectionStringName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentException.ThrowIfNullOrEmpty(connectionStringName);
        if (
            !builder.Declarations.Add(
                "database",
                "The database",
                nameof(UseSqlite),
                new Declared("kind", "SQLite", "SQLite"),
                new Declared("connection string", $"'{connectionStringName}'", connectionStringName),
                new Declared("factory", factory.GetType().Name, factory)
            )
        )
            return builder;

        Choose(builder, services => ConnectionStringReader.Connect(services, factory, connectionStringName));
        return builder;
    }

    /// <summary>Uses a SQLite database that the app has a data source for.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="dataSource">The data source; only connections are made from it, and its connection string must name a file.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder UseSqlite(this DeploymentBuilder builder, DbDataSource dataSource)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        if (
            builder.Declarations.Add(
                "database",
                "The database",
                nameof(UseSqlite),
                new Declared("kind", "SQLite", "SQLite"),
                new Declared("connection string", "that of a data source", dataSource)
            )
        )
            Choose(builder, _ => dataSource.CreateConnection());
        return builder;
    }

    private static void Choose(DeploymentBuilder builder, Func<IServiceProvider, DbConnection> connect)
    {
        var database = builder.Registrations.Of<ChosenDatabase>();
        (database.Dialect, database.Connect) = (SqliteDialect.Instance, connect);
    }
}
