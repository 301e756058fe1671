using System.Data.Common;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>What a driver would otherwise hold against a deployment.</summary>
internal static class MySqlSettings
{
    // Of a driver's own accord a statement ends after half a minute, and one with @variables is taken for one with parameters. What a
    // connection string says itself counts; one that comes from a data source shows no password, and changed it would lose it.
    internal static void Lift(DbConnection connection)
    {
        var settings = new DbConnectionStringBuilder { ConnectionString = connection.ConnectionString };
        if (!settings.ContainsKey("Password") && !settings.ContainsKey("Pwd"))
            return;

        Set(connection, settings, "0", "Default Command Timeout", "DefaultCommandTimeout", "Command Timeout");
        Set(connection, settings, "true", "Allow User Variables", "AllowUserVariables");
    }

    private static void Set(DbConnection connection, DbConnectionStringBuilder settings, string value, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (settings.ContainsKey(name))
                return;
        }

        var before = connection.ConnectionString;
        try
        {
            settings[names[0]] = value;
            connection.ConnectionString = settings.ConnectionString;
        }
        catch (ArgumentException)
        {
            // A driver that calls it otherwise.
            settings.Remove(names[0]);
            connection.ConnectionString = before;
        }
    }
}
