using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;

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
    public static DeploymentBuilder UseSqlite(this DeploymentBuilder builder, DbProviderFactory factory, string connectionStringName) =>
        By(builder).Add(factory, connectionStringName);

    /// <summary>Uses a SQLite database that the app has a data source for.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="dataSource">The data source; only connections are made from it, and its connection string must name a file.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder UseSqlite(this DeploymentBuilder builder, DbDataSource dataSource) => By(builder).Add(dataSource);

    /// <summary>Uses one of several databases that the app has data sources for, under a name of its own.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="dataSource">The data source; only connections are made from it.</param>
    /// <param name="name">The name, by which its migrations, and <c>--database</c>, choose it.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder UseSqlite(this DeploymentBuilder builder, DbDataSource dataSource, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return By(builder).Add(dataSource, name);
    }

    /// <summary>Says who the tenants are, whose databases are SQLite's, each with a connection string.</summary>
    /// <param name="tenants">The builder.</param>
    /// <param name="factory">Your driver's factory, for example <c>SqliteFactory.Instance</c>.</param>
    /// <param name="find">Finds them, with services of a scope of its own. It is asked for each plan and again by each run.</param>
    /// <returns>The builder.</returns>
    public static TenantsBuilder UseSqlite(
        this TenantsBuilder tenants,
        DbProviderFactory factory,
        Func<IServiceProvider, CancellationToken, Task<IReadOnlyList<Tenant>>> find
    )
    {
        ArgumentNullException.ThrowIfNull(tenants);
        ArgumentNullException.ThrowIfNull(factory);
        return tenants.Use(static () => SqliteDialect.Instance, find, factory);
    }

    /// <summary>Says who the tenants are, whose databases are SQLite's, each with a data source.</summary>
    /// <param name="tenants">The builder.</param>
    /// <param name="find">Finds them, with services of a scope of its own. It is asked for each plan and again by each run.</param>
    /// <returns>The builder.</returns>
    public static TenantsBuilder UseSqlite(
        this TenantsBuilder tenants,
        Func<IServiceProvider, CancellationToken, Task<IReadOnlyList<Tenant>>> find
    )
    {
        ArgumentNullException.ThrowIfNull(tenants);
        return tenants.Use(static () => SqliteDialect.Instance, find, null);
    }

    private static DatabaseRegistration By(DeploymentBuilder builder) =>
        new(builder, "SQLite", nameof(UseSqlite), static () => SqliteDialect.Instance);
}
