namespace Deployment.Toolkit.Databases.MySql;

/// <summary>How names are written.</summary>
internal static class MySqlNames
{
    /// <summary>Quotes each part of a name that may have its database before it.</summary>
    internal static string Quote(string table) => string.Join('.', table.Split('.').Select(QuotePart));

    internal static string QuotePart(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
}
