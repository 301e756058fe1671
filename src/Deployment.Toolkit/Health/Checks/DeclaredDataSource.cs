using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Registration;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>The database that an app declared for its deployment, where it registers no data source: EF Core needs none.</summary>
internal sealed class DeclaredDataSource(string name, DeclaredDatabase declared, IServiceProvider services) : DbDataSource
{
    internal static DeclaredDataSource Of(string name, IServiceProvider services) =>
        services.GetService<Registrations>()?.Of<DeclaredDatabases>().All switch
        {
            [var only] => new DeclaredDataSource(name, only, services),
            { Count: > 1 } all => throw Unclear(name, $"the deployment has {all.Count} databases"),
            _ => throw Unclear(name, "no database is declared for a deployment"),
        };

    public override string ConnectionString => throw new NotSupportedException();

    protected override DbConnection CreateDbConnection()
    {
        var connection = declared.Connect(services);
        declared.Dialect.EnsureThere(connection, name);
        return connection;
    }

    private static InvalidOperationException Unclear(string name, string why) =>
        new(
            $"It is unclear which database health check '{name}' asks: no DbDataSource is registered, and {why}. Register one, or name "
                + $"it with AddDatabaseCheck(\"{name}\", services => …)."
        );
}
