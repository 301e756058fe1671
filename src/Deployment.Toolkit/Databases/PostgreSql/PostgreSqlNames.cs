namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>How PostgreSQL's names are written.</summary>
internal static class PostgreSqlNames
{
    /// <summary>Quotes each part of a name that may have its schema before it.</summary>
    internal static string Quote(string table) => string.Join('.', table.Split('.').Select(QuotePart));

    internal static string QuotePart(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
