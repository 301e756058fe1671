using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Registration;

namespace Deployment.Toolkit;

/// <summary>Databases of tenants, which are found when it is time.</summary>
public static class TenantsDeploymentExtensions
{
    /// <summary>
    /// Migrates the database of each of the app's tenants, with one set of migrations, behind the app's own databases. The migrations name
    /// it: <c>AddMigrations("Tenants")</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">What they are called together, for example <c>Tenants</c>.</param>
    /// <param name="configure">Says who they are, and how carefully they are migrated.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddTenants(this DeploymentBuilder builder, string name, Action<TenantsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new TenantsOptions();
        configure(new TenantsBuilder(options));
        if (options.Find is null)
            builder.Declarations.Refuse(
                $"AddTenants(\"{name}\") doesn't say who the tenants are. Call UseSqlite(factory, find), UsePostgreSql(…) or UseMySql(…) in it."
            );
        // Under the key of databases: one name is one thing wherever --database names it.
        if (
            builder.Declarations.Add(
                $"database {name}",
                $"'{name}'",
                nameof(AddTenants),
                new Declared("kind", "tenants", "tenants"),
                new Declared("finder", null, options.Find)
            )
        )
            builder.Registrations.Of<AllTenants>().Add(new DeclaredTenants(name, options));
        return builder;
    }
}
