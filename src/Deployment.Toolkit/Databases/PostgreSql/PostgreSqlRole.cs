using System.Data.Common;
using System.Globalization;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>What the deploying role may do on its server.</summary>
internal static class PostgreSqlRole
{
    /// <summary>Why it can make no databases, and what to do, as a clause and a sentence; <see langword="null"/> when it can.</summary>
    internal static async Task<(string Why, string Mend)?> WhyNoDatabasesAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var role =
            await Sql.ScalarAsync(
                    connection,
                    null,
                    "SELECT CASE WHEN NOT (rolcreatedb OR rolsuper) THEN rolname::text END FROM pg_catalog.pg_roles WHERE rolname = current_user",
                    cancellationToken
                )
                .ConfigureAwait(false) as string;
        return role is null
            ? null
            : (
                $"role {role} may not create databases",
                $"Let an administrator run 'ALTER ROLE {PostgreSqlNames.QuotePart(role)} CREATEDB'."
            );
    }

    internal static async Task<int> MajorVersionAsync(DbConnection connection, CancellationToken cancellationToken) =>
        int.Parse(
            (string)(await Sql.ScalarAsync(connection, null, "SHOW server_version_num", cancellationToken).ConfigureAwait(false))!,
            CultureInfo.InvariantCulture
        ) / 10000;
}
