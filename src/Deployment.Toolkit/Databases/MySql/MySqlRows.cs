using System.Data.Common;
using System.Globalization;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>Takes digests of rows where the rows are: a number comes back, whatever types they have.</summary>
internal static class MySqlRows
{
    internal static async Task<RowDigest> DigestAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string select,
        CancellationToken cancellationToken
    )
    {
        var names = await NamesAsync(connection, transaction, select, cancellationToken).ConfigureAwait(false);
        // A column twice, as a key and as what is looked at, can't be told apart by its name.
        if (names.Distinct(StringComparer.OrdinalIgnoreCase).Count() != names.Count)
            return await RowDigest.ReadAsync(connection, transaction, select, cancellationToken).ConfigureAwait(false);

        // With the length before each value, so that neighbours cannot be told apart wrongly.
        var values = string.Join(
            ", ",
            names
                .Select(MySqlNames.QuotePart)
                .Select(static name => $"COALESCE(CONCAT(OCTET_LENGTH(CAST(r.{name} AS BINARY)), ':', CAST(r.{name} AS BINARY)), 'N')")
        );
        await using var command = Sql.Command(
            connection,
            transaction,
            $"SELECT COUNT(*), CAST(COALESCE(SUM(CAST(CONV(LEFT(MD5(CONCAT({values})), 16), 16, 10) AS UNSIGNED)), 0) AS CHAR) FROM ({select}) AS r"
        );
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            throw new InvalidOperationException("The driver returned no digest.");
        return new RowDigest(reader.GetInt64(0), Wrap(reader.GetString(1)));
    }

    private static async Task<IReadOnlyList<string>> NamesAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string select,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, transaction, $"{select} LIMIT 0");
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
    }

    // The sum is exact; the digest's counts modulo 2^64, as one of rows that are added and taken away one by one.
    private static ulong Wrap(string sum) => unchecked((ulong)Int128.Parse(sum, CultureInfo.InvariantCulture));
}
