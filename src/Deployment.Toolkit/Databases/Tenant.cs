using System.Data.Common;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit;

/// <summary>One of an app's tenants, with the way to its database.</summary>
public sealed class Tenant
{
    private readonly string? _connectionString;
    private readonly DbDataSource? _dataSource;

    /// <summary>Makes one whose database a connection string leads to, by the factory that the tenants were declared with.</summary>
    /// <param name="id">What tells it from others, also in later runs. At most 128 characters.</param>
    /// <param name="connectionString">The connection string. It is never shown and never kept.</param>
    public Tenant(string id, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(connectionString);
        (Id, _connectionString) = (id, connectionString);
    }

    /// <summary>Makes one whose database a data source leads to.</summary>
    /// <param name="id">What tells it from others, also in later runs. At most 128 characters.</param>
    /// <param name="dataSource">The data source, which stays yours to dispose.</param>
    public Tenant(string id, DbDataSource dataSource)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(dataSource);
        (Id, _dataSource) = (id, dataSource);
    }

    /// <summary>What tells it from others.</summary>
    public string Id { get; }

    /// <summary>How its connections are made, for whoever masks what is secret in it.</summary>
    internal string ConnectionString => _connectionString ?? _dataSource!.ConnectionString;

    /// <inheritdoc/>
    public override string ToString() => Id;

    /// <summary>Makes an unopened connection.</summary>
    /// <exception cref="DeploymentException">The connection string is malformed, or there is no factory for it.</exception>
    internal DbConnection Connect(DbProviderFactory? factory) =>
        _dataSource?.CreateConnection() ?? ConnectionStringReader.Connect(factory, _connectionString!);
}
