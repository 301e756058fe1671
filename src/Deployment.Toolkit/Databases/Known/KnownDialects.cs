using System.Data.Common;
using Deployment.Toolkit.Databases.MySql;
using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Sqlite;

namespace Deployment.Toolkit.Databases.Known;

/// <summary>The dialects that there are.</summary>
internal static class KnownDialects
{
    private static readonly DatabaseDialect[] All = [SqliteDialect.Instance, PostgreSqlDialect.Unbound, MySqlDialect.Unbound];

    /// <summary>What folders of scripts are called that are for one of them alone.</summary>
    internal static IReadOnlyList<string> Folders { get; } = [.. All.Select(static dialect => dialect.Folder)];

    /// <summary>By which scripts are read as long as no database is named.</summary>
    internal static DatabaseDialect Default => All[0];

    /// <summary>The dialect of a driver's connection; <see langword="null"/> when it is none of these.</summary>
    internal static DatabaseDialect? Of(DbConnection connection) => Array.Find(All, dialect => dialect.Recognizes(connection));
}
