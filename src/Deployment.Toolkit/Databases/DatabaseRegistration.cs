using System.Data.Common;
using Deployment.Toolkit.Registration;

namespace Deployment.Toolkit.Databases;

/// <summary>Registers the app's database as the methods of every dialect do.</summary>
/// <param name="builder">The builder.</param>
/// <param name="kind">What people call the kind.</param>
/// <param name="method">The method that the app calls.</param>
/// <param name="dialect">Makes the dialect.</param>
internal sealed class DatabaseRegistration(DeploymentBuilder builder, string kind, string method, Func<DatabaseDialect> dialect)
{
    /// <summary>By a connection string.</summary>
    internal DeploymentBuilder Add(DbProviderFactory factory, string connectionStringName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentException.ThrowIfNullOrEmpty(connectionStringName);
        return Add(
            services => ConnectionStringReader.Connect(services, factory, connectionStringName),
            new Declared("connection string", $"'{connectionStringName}'", connectionStringName),
            new Declared("factory", factory.GetType().Name, factory)
        );
    }

    /// <summary>By a data source.</summary>
    internal DeploymentBuilder Add(DbDataSource dataSource)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        return Add(_ => dataSource.CreateConnection(), new Declared("connection string", "that of a data source", dataSource));
    }

    private DeploymentBuilder Add(Func<IServiceProvider, DbConnection> connect, params IReadOnlyList<Declared> how)
    {
        if (builder.Declarations.Add("database", "The database", method, [new Declared("kind", kind, kind), .. how]))
        {
            var database = builder.Registrations.Of<ChosenDatabase>();
            (database.Dialect, database.Connect) = (dialect(), connect);
        }

        return builder;
    }
}
