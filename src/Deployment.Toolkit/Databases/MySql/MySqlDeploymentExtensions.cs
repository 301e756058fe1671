using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.MySql;

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
    public static DeploymentBuilder UseMySql(this DeploymentBuilder builder, DbProviderFactory factory, string connectionStringName) =>
        By(builder).Add(factory, connectionStringName);

    /// <summary>Uses a MySQL or MariaDB database that the app has a data source for.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="dataSource">The data source, for example a <c>MySqlDataSource</c>; only connections are made from it. It must lead to
    /// the server itself or to a proxy that gives a session its own connection.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder UseMySql(this DeploymentBuilder builder, DbDataSource dataSource) => By(builder).Add(dataSource);

    /// <summary>Uses one of several databases that the app has data sources for, under a name of its own.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="dataSource">The data source; only connections are made from it.</param>
    /// <param name="name">The name, by which its migrations, and <c>--database</c>, choose it.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder UseMySql(this DeploymentBuilder builder, DbDataSource dataSource, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return By(builder).Add(dataSource, name);
    }

    /// <summary>Says who the tenants are, whose databases are MySQL or MariaDB's, each with a connection string.</summary>
    /// <param name="tenants">The builder.</param>
    /// <param name="factory">Your driver's factory, for example <c>MySqlConnectorFactory.Instance</c>.</param>
    /// <param name="find">Finds them, with services of a scope of its own. It is asked for each plan and again by each run.</param>
    /// <returns>The builder.</returns>
    public static TenantsBuilder UseMySql(
        this TenantsBuilder tenants,
        DbProviderFactory factory,
        Func<IServiceProvider, CancellationToken, Task<IReadOnlyList<Tenant>>> find
    )
    {
        ArgumentNullException.ThrowIfNull(tenants);
        ArgumentNullException.ThrowIfNull(factory);
        return tenants.Use(static () => new MySqlDialect(), find, factory);
    }

    /// <summary>Says who the tenants are, whose databases are MySQL or MariaDB's, each with a data source.</summary>
    /// <param name="tenants">The builder.</param>
    /// <param name="find">Finds them, with services of a scope of its own. It is asked for each plan and again by each run.</param>
    /// <returns>The builder.</returns>
    public static TenantsBuilder UseMySql(
        this TenantsBuilder tenants,
        Func<IServiceProvider, CancellationToken, Task<IReadOnlyList<Tenant>>> find
    )
    {
        ArgumentNullException.ThrowIfNull(tenants);
        return tenants.Use(static () => new MySqlDialect(), find, null);
    }

    private static DatabaseRegistration By(DeploymentBuilder builder) =>
        new(builder, "MySQL", nameof(UseMySql), static () => new MySqlDialect());
}
