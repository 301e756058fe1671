using System.Data.Common;
using Deployment.Toolkit.Registration;

namespace Deployment.Toolkit.Databases;

/// <summary>Registers a database of the app as the methods of every dialect do.</summary>
/// <param name="builder">The builder.</param>
/// <param name="kind">What people call the kind.</param>
/// <param name="method">The method that the app calls.</param>
/// <param name="dialect">Makes the dialect.</param>
internal sealed class DatabaseRegistration(DeploymentBuilder builder, string kind, string method, Func<DatabaseDialect> dialect)
{
    /// <summary>By a connection string, which lends it its name.</summary>
    internal DeploymentBuilder Add(DbProviderFactory factory, string connectionStringName)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentException.ThrowIfNullOrEmpty(connectionStringName);
        return Add(
            connectionStringName,
            services => ConnectionStringReader.Connect(services, factory, connectionStringName),
            new Declared("connection string", $"'{connectionStringName}'", connectionStringName),
            new Declared("factory", factory.GetType().Name, factory)
        );
    }

    /// <summary>By a data source.</summary>
    /// <param name="dataSource">The data source.</param>
    /// <param name="name">What tells it from others; empty where nobody says.</param>
    internal DeploymentBuilder Add(DbDataSource dataSource, string name = "")
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        return Add(name, _ => dataSource.CreateConnection(), new Declared("connection string", "that of a data source", dataSource));
    }

    private DeploymentBuilder Add(string name, Func<IServiceProvider, DbConnection> connect, params IReadOnlyList<Declared> how)
    {
        var subject = name.Length == 0 ? "The database" : $"Database '{name}'";
        var isNew = builder.Declarations.Add($"database {name}", subject, method, [new Declared("kind", kind, kind), .. how]);
        builder.Registrations.Of<DeclaredDatabases>().Take(new DeclaredDatabase(name, dialect(), connect), isNew);
        return builder;
    }
}
