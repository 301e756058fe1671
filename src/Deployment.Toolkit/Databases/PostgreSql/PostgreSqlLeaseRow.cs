using System.Data.Common;
using System.Globalization;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// A row that is somebody's until a time of the server's clock: what stands for a lock where no session lasts. Its columns are
/// <c>lease</c>, whose it is, and <c>lease_ends</c>.
/// </summary>
/// <param name="Table">The table, quoted.</param>
/// <param name="Which">Which row, as SQL with parameters.</param>
/// <param name="Parameters">These parameters.</param>
internal sealed record PostgreSqlLeaseRow(string Table, string Which, params (string Name, object? Value)[] Parameters)
{
    /// <summary>Makes the columns of a table that lacks them.</summary>
    internal string AddColumns =>
        $"ALTER TABLE {Table} ADD COLUMN IF NOT EXISTS lease text, ADD COLUMN IF NOT EXISTS lease_ends timestamptz";

    /// <summary>That it is nobody's, or no more.</summary>
    internal const string IsFree = "(lease_ends IS NULL OR lease_ends <= pg_catalog.clock_timestamp())";

    /// <summary>That it is still somebody's.</summary>
    internal static string IsHeldBy(string lease) => $"lease = '{lease}' AND lease_ends > pg_catalog.clock_timestamp()";

    /// <summary>Whose it becomes from now on, as what an UPDATE sets; nobody's where that is <see langword="null"/>.</summary>
    internal static string Gives(string? lease, TimeSpan length) =>
        lease is null
            ? "lease = NULL, lease_ends = NULL"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"lease = '{lease}', lease_ends = pg_catalog.clock_timestamp() + interval '{length.TotalMilliseconds:0} milliseconds'"
            );

    /// <summary>Puts off its end, unless that has come.</summary>
    internal string Renew(string lease, TimeSpan length) =>
        $"UPDATE {Table} SET {Gives(lease, length)} WHERE {Which} AND {IsHeldBy(lease)}";

    /// <summary>Gives it back, if it is still that lease's.</summary>
    internal string GiveBack(string lease) => $"UPDATE {Table} SET {Gives(null, default)} WHERE {Which} AND lease = '{lease}'";

    /// <summary>Whether the table has the columns.</summary>
    internal async Task<bool> HasColumnsAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(
                connection,
                transaction,
                "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass(@table) AND attname = "
                    + "'lease_ends' AND NOT attisdropped)",
                cancellationToken,
                ("@table", Table)
            )
            .ConfigureAwait(false)
            is true;

    /// <summary>Whether it is somebody's now, where the table has the columns.</summary>
    internal async Task<bool> IsHeldAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken) =>
        await HasColumnsAsync(connection, transaction, cancellationToken).ConfigureAwait(false)
        && await Sql.ScalarAsync(
                connection,
                transaction,
                $"SELECT lease_ends > pg_catalog.clock_timestamp() FROM {Table} WHERE {Which}",
                cancellationToken,
                Parameters
            )
            .ConfigureAwait(false)
            is true;
}
