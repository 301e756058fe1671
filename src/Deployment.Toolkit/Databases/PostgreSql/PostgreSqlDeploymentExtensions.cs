using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Registration;

namespace Deployment.Toolkit;

/// <summary>A PostgreSQL database to deploy.</summary>
public static class PostgreSqlDeploymentExtensions
{
    /// <summary>Uses the PostgreSQL database of a connection string for migrations and backups.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="factory">Your driver's factory, for example <c>NpgsqlFactory.Instance</c>.</param>
    /// <param name="connectionStringName">The name below <c>ConnectionStrings</c>. The value may be a reference,
    /// <c>secret://name</c>. It must lead to the server itself or to a pooler that gives a session its own connection: what keeps two
    /// deployments from migrating at once is held by a session.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder UsePostgreSql(this DeploymentBuilder builder, DbProviderFactory factory, string connectionStringName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentException.ThrowIfNullOrEmpty(connectionStringName);
        if (
            builder.Declarations.Add(
                "database",
                "The database",
                nameof(UsePostgreSql),
                new Declared("kind", "PostgreSQL", "PostgreSQL"),
                new Declared("connection string", $"'{connectionStringName}'", connectionStringName),
                new Declared("factory", factory.GetType().Name, factory)
            )
        )
            Choose(builder, services => ConnectionStringReader.Connect(services, factory, connectionStringName));
        return builder;
    }

    /// <summary>Uses a PostgreSQL database that the app has a data source for.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="dataSource">The data source, for example an <c>NpgsqlDataSource</c>; only connections are made from it. It must lead to
    /// the server itself or to a pooler that gives a session its own connection.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder UsePostgreSql(this DeploymentBuilder builder, DbDataSource dataSource)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        if (
            builder.Declarations.Add(
                "database",
                "The database",
                nameof(UsePostgreSql),
                new Declared("kind", "PostgreSQL", "PostgreSQL"),
                new Declared("connection string", "that of a data source", dataSource)
            )
        )
            Choose(builder, _ => dataSource.CreateConnection());
        return builder;
    }

    private static void Choose(DeploymentBuilder builder, Func<IServiceProvider, DbConnection> connect)
    {
        var database = builder.Registrations.Of<ChosenDatabase>();
        (database.Dialect, database.Connect) = (new PostgreSqlDialect(), connect);
    }
}
