using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Races;

/// <summary>Which process holds a database's lock: its session's name says so.</summary>
internal static partial class LockHolder
{
    private const string Holder = "SELECT a.application_name FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()";

    internal static async Task<int?> ProcessAsync(NpgsqlConnection connection)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Holder;
        while (await command.ExecuteScalarAsync() is string name)
        {
            // The server reads locks before names: one that gave both back in between holds the lock and has no name.
            if (InName().Match(name) is { Success: true } match)
                return int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture);
        }

        return null;
    }

    [GeneratedRegex(@"\((?<id>\d+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex InName();
}
