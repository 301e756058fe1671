using System.Data.Common;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit;

/// <summary>How a database keeps the journals.</summary>
public sealed class JournalDatabaseOptions
{
    internal const string DefaultSchema = "deployment";

    internal JournalDatabaseOptions() { }

    /// <summary>
    /// The schema that holds the journals' tables; made at the first use. Default: <c>deployment</c>. In MySQL the tables' names begin
    /// with it, <c>deployment_journal_records</c>. SQLite ignores it: the journals have a file of their own.
    /// </summary>
    public string Schema { get; set; } = DefaultSchema;

    /// <summary>
    /// Another connection string of the same driver, by its name below <c>ConnectionStrings</c>: one database that keeps the journals of
    /// all environments, or a way to the same server past a pool. Default: the database's own. Not for SQLite.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// The setting that holds the journals' key, 64 hexadecimal digits; usually its value is a reference, <c>secret://name</c>. Default:
    /// a key is made and kept in the database, where whoever may write the records can read it too.
    /// </summary>
    public string? KeySetting { get; set; }

    internal DbConnection Connect(IServiceProvider services, Func<IServiceProvider, DbConnection> connect)
    {
        var connection = connect(services);
        if (ConnectionString is not { } name)
            return connection;

        using (connection)
        {
            var factory =
                DbProviderFactories.GetFactory(connection)
                ?? throw new NotSupportedException($"{connection.GetType().Name} names no factory to make other connections with.");
            return ConnectionStringReader.Connect(services, factory, name);
        }
    }
}
