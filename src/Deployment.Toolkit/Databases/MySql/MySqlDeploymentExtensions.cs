using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.MySql;
using Deployment.Toolkit.Registration;

namespace Deployment.Toolkit;

/// <summary>A MySQL or MariaDB database to deploy.</summary>
public static class MySqlDeploymentExtensions
{
    /// <summary>Uses the MySQL or MariaDB database of a connection string for migrations.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="factory">Your driver's factory, for example <c>MySqlConnectorFactory.Instance</c>.</param>
    /// <param name="connectionStringName">The name below <c>ConnectionStrings</c>. The value may be a reference,
    /// <c>secret://name</c>. It must lead to the server itself or to a proxy that gives a session its own connection: what keeps two
    /// deployments from migrating at once is held by a session.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder UseMySql(this DeploymentBuilder builder, DbProviderFactory factory, string connectionStringName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentException.ThrowIfNullOrEmpty(connectionStringName);
        if (
            builder.Declarations.Add(
                "database",
                "The database",
                nameof(UseMySql),
                new Declared("kind", "MySQL", "MySQL"),
                new Declared("connection string", $"'{connectionStringName}'", connectionStringName),
                new Declared("factory", factory.GetType().Name, factory)
            )
        )
            Choose(builder, services => ConnectionStringReader.Connect(services, factory, connectionStringName));
        return builder;
    }

    /// <summary>Uses a MySQL or MariaDB database that the app has a data source for.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="dataSource">The data source, for example a <c>MySqlDataSource</c>; only connections are made from it. It must lead to
    /// the server itself or to a proxy that gives a session its own connection.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder UseMySql(this DeploymentBuilder builder, DbDataSource dataSource)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        if (
            builder.Declarations.Add(
                "database",
                "The database",
                nameof(UseMySql),
                new Declared("kind", "MySQL", "MySQL"),
                new Declared("connection string", "that of a data source", dataSource)
            )
        )
            Choose(builder, _ => dataSource.CreateConnection());
        return builder;
    }

    private static void Choose(DeploymentBuilder builder, Func<IServiceProvider, DbConnection> connect)
    {
        var database = builder.Registrations.Of<ChosenDatabase>();
        (database.Dialect, database.Connect) = (new MySqlDialect(), connect);
    }
}
