using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Pools;

/// <summary>Which process has a database's lease.</summary>
internal static partial class LeaseHolder
{
    internal static async Task<int?> ProcessAsync(NpgsqlConnection connection)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT to_regclass('deployment_migration_lock')::text";
        if (await command.ExecuteScalarAsync() is not string)
            return null;
        command.CommandText = "SELECT holder FROM deployment_migration_lock WHERE lease_ends > clock_timestamp()";
        return await command.ExecuteScalarAsync() is string name ? int.Parse(InName().Match(name).Groups["id"].Value, CultureInfo.InvariantCulture) : null;
    }

    [GeneratedRegex(@"\((?<id>\d+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex InName();
}
