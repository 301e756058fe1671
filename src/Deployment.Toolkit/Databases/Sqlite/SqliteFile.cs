using System.Data.Common;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>The file that a connection would open.</summary>
internal static class SqliteFile
{
    // Opening would make an empty one, and say that all is well.
    internal static void EnsureThere(string name, DbConnection connection)
    {
        var source = connection.DataSource;
        if (
            string.IsNullOrEmpty(source)
            || source == ":memory:"
            || File.Exists(source.StartsWith("file:", StringComparison.OrdinalIgnoreCase) ? new Uri(source).LocalPath : source)
        )
            return;

        throw DeploymentException.Refused(
            Codes.DependencyUnreachable,
            $"Dependency '{name}' could not be used: there is no file '{source}'. Correct the connection string, or let whoever owns "
                + $"the database make it."
        );
    }
}
