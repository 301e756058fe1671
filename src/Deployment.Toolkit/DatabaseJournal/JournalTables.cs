using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.DatabaseJournal;

/// <summary>
/// The tables of journals in a database: a row for each environment with the number of its lock, a row for each record with its line's
/// bytes, and what is kept of each key.
/// </summary>
internal sealed class JournalTables(JournalDatabase database)
{
    private const int Version = 1;
    private const string Format = "format";

    private string Records => database.Table("records");

    private string Journals => database.Table("journals");

    private string Keys => database.Table("keys");

    /// <summary>What messages call the place of an environment's key.</summary>
    internal string KeyTitle(string environment) => $"the key of '{environment}' in {Keys}";

    /// <summary>Whether the tables are there.</summary>
    internal async Task<bool> AreThereAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var sight = LentConnections.SightOf(connection);
        if (sight is { HasJournal: true })
            return true;

        var found = await database.HasTableAsync(connection, Format, cancellationToken).ConfigureAwait(false);
        if (sight is not null)
            sight.HasJournal = found;
        return found;
    }

    /// <summary>Makes the tables where they are missing, under somebody's lock.</summary>
    /// <exception cref="DeploymentException">A newer toolkit made them.</exception>
    internal async Task PrepareAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (!await AreThereAsync(connection, cancellationToken).ConfigureAwait(false))
            await MakeAsync(connection, cancellationToken).ConfigureAwait(false);
        var found = Convert.ToInt64(
            await Sql.ScalarAsync(connection, null, $"SELECT version FROM {database.Table(Format)}", cancellationToken)
                .ConfigureAwait(false),
            CultureInfo.InvariantCulture
        );
        if (found > Version)
        {
            throw DeploymentException.Refused(
                Codes.JournalNotWritable,
                $"The journal's tables in '{database.Title}' have version {found}, and this release's toolkit knows version {Version}. "
                    + "Nothing was changed. Deploy with a release that was built with the newer toolkit."
            );
        }
    }

    /// <summary>Takes the next number of an environment's lock: whoever had an earlier one can't append any more.</summary>
    /// <returns>The number; <see langword="null"/> when somebody else has the lock.</returns>
    internal async Task<long?> NextFenceAsync(JournalLock taken, string environment, CancellationToken cancellationToken)
    {
        await using var transaction = await database
            .BeginAsync(taken.Connection, makesTables: false, cancellationToken)
            .ConfigureAwait(false);
        if (!await taken.MayClaimAsync(transaction, cancellationToken).ConfigureAwait(false))
            return null;

        await using var raise = Sql.Command(
            taken.Connection,
            transaction,
            $"UPDATE {Journals} SET fence = fence + 1{taken.Claim.Sets} WHERE environment = @environment{taken.Claim.Unless}",
            ("@environment", environment)
        );
        if (await raise.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 0)
        {
            if (await FenceAsync(taken.Connection, transaction, environment, cancellationToken).ConfigureAwait(false) is not null)
                return null;

            await Sql.ExecuteAsync(
                    taken.Connection,
                    transaction,
                    $"INSERT INTO {Journals} (environment, fence) VALUES (@environment, 0)",
                    cancellationToken,
                    ("@environment", environment)
                )
                .ConfigureAwait(false);
            await raise.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        var fence = await FenceAsync(taken.Connection, transaction, environment, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        taken.Claimed();
        return fence;
    }

    /// <summary>The number under which the lock was taken last.</summary>
    internal async Task<long?> FenceAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string environment,
        CancellationToken cancellationToken
    ) =>
        await Sql.ScalarAsync(
                connection,
                transaction,
                $"SELECT fence FROM {Journals} WHERE environment = @environment",
                cancellationToken,
                ("@environment", environment)
            )
            .ConfigureAwait(false)
            is { } fence
            ? Convert.ToInt64(fence, CultureInfo.InvariantCulture)
            : null;

    /// <summary>The lines behind a number of them.</summary>
    internal async Task<byte[]> ReadAsync(DbConnection connection, string environment, long after, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            connection,
            null,
            $"SELECT line FROM {Records} WHERE environment = @environment AND sequence > @after ORDER BY sequence",
            ("@environment", environment),
            ("@after", after)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        using var lines = new MemoryStream();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            lines.Write((byte[])reader.GetValue(0));
        return lines.ToArray();
    }

    /// <summary>The last lines before a number.</summary>
    internal async Task<JournalPage> ReadPageAsync(
        DbConnection connection,
        string environment,
        long before,
        int lines,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            null,
            $"SELECT line, ends, sequence FROM {Records} WHERE environment = @environment AND sequence < @before ORDER BY sequence DESC LIMIT "
                + lines.ToString(CultureInfo.InvariantCulture),
            ("@environment", environment),
            ("@before", before)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var (read, start, first) = (new List<byte[]>(), 0L, long.MaxValue);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            // What stands behind a gap was left there when the rest went to an archive.
            if (read.Count > 0 && reader.GetInt64(2) != first - 1)
                return Page(isFirst: true);

            read.Add((byte[])reader.GetValue(0));
            (start, first) = (reader.GetInt64(1) - read[^1].Length, reader.GetInt64(2));
        }

        return Page(isFirst: read.Count < lines || start == 0);

        JournalPage Page(bool isFirst)
        {
            using var bytes = new MemoryStream();
            for (var i = read.Count - 1; i >= 0; i--)
                bytes.Write(read[i]);
            return new JournalPage(bytes.ToArray(), start, isFirst);
        }
    }

    /// <summary>Lines by their places.</summary>
    internal async Task<List<byte[]>> ReadLinesAsync(
        DbConnection connection,
        string environment,
        IReadOnlyList<RecordPlace> places,
        CancellationToken cancellationToken
    )
    {
        var numbers = string.Join(',', places.Select(static place => place.Sequence.ToString(CultureInfo.InvariantCulture)));
        await using var command = Sql.Command(
            connection,
            null,
            $"SELECT line FROM {Records} WHERE environment = @environment AND sequence IN ({numbers}) ORDER BY sequence",
            ("@environment", environment)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var lines = new List<byte[]>(places.Count);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            lines.Add((byte[])reader.GetValue(0));
        return lines;
    }

    /// <summary>The number and the end, in bytes from the journal's beginning, of the last line; zeros when there is none.</summary>
    internal async Task<(long Sequence, long End)> LastAsync(
        DbConnection connection,
        string environment,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(
            connection,
            null,
            $"SELECT sequence, ends FROM {Records} WHERE environment = @environment ORDER BY sequence DESC LIMIT 1",
            ("@environment", environment)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? (reader.GetInt64(0), reader.GetInt64(1)) : (0, 0);
    }

    /// <summary>Adds a line if nobody has taken the lock since.</summary>
    /// <returns>Whether it was added.</returns>
    internal async Task<bool> AddAsync(
        DbConnection connection,
        DbTransaction? transaction,
        JournalRow row,
        (long Sequence, ReadOnlyMemory<byte> Line, long End) record
    )
    {
        await using var command = Sql.Command(
            connection,
            transaction,
            $"INSERT INTO {Records} (environment, sequence, line, ends) SELECT environment, @sequence, @line, @end FROM {Journals} "
                + $"WHERE environment = @environment AND fence = @fence{row.Holds}{database.KeepsRow}",
            ("@environment", row.Environment),
            ("@fence", row.Fence),
            ("@sequence", record.Sequence),
            ("@line", record.Line.ToArray()),
            ("@end", record.End)
        );
        return await command.ExecuteNonQueryAsync().ConfigureAwait(false) == 1;
    }

    /// <summary>Removes the lines up to a number but those that stay, if nobody has taken the lock since.</summary>
    /// <returns>Whether they are removed.</returns>
    internal async Task<bool> DropAsync(
        DbConnection connection,
        DbTransaction transaction,
        JournalRow row,
        long upTo,
        IReadOnlyList<long> staying
    )
    {
        var isHolder =
            await Sql.ScalarAsync(
                    connection,
                    transaction,
                    $"SELECT fence FROM {Journals} WHERE environment = @environment AND fence = @fence{row.Holds}{database.KeepsRow}",
                    default,
                    ("@environment", row.Environment),
                    ("@fence", row.Fence)
                )
                .ConfigureAwait(false)
            is not null;
        if (!isHolder)
            return false;

        var stays = string.Join(',', staying.Select(static number => number.ToString(CultureInfo.InvariantCulture)));
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"DELETE FROM {Records} WHERE environment = @environment AND sequence <= @to"
                    + (staying.Count == 0 ? "" : $" AND sequence NOT IN ({stays})"),
                default,
                ("@environment", row.Environment),
                ("@to", upTo)
            )
            .ConfigureAwait(false);
        return true;
    }

    /// <summary>What is kept of an environment's key; <see langword="null"/> when nothing is.</summary>
    internal async Task<byte[]?> KeyAsync(DbConnection connection, string environment, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(
                connection,
                null,
                $"SELECT content FROM {Keys} WHERE environment = @environment",
                cancellationToken,
                ("@environment", environment)
            )
            .ConfigureAwait(false) as byte[];

    /// <summary>Keeps a key in the place of the one before, if nobody has taken the lock since.</summary>
    /// <returns>Whether it is kept.</returns>
    internal async Task<bool> KeepKeyAsync(DbConnection connection, JournalRow row, ReadOnlyMemory<byte> content)
    {
        await using var transaction = await database.BeginAsync(connection, makesTables: false, default).ConfigureAwait(false);
        await Sql.ExecuteAsync(
                connection,
                transaction,
                $"DELETE FROM {Keys} WHERE environment = @environment",
                default,
                ("@environment", row.Environment)
            )
            .ConfigureAwait(false);
        await using var add = Sql.Command(
            connection,
            transaction,
            $"INSERT INTO {Keys} (environment, content) SELECT environment, @content FROM {Journals} WHERE environment = @environment AND "
                + $"fence = @fence{row.Holds}{database.KeepsRow}",
            ("@environment", row.Environment),
            ("@fence", row.Fence),
            ("@content", content.ToArray())
        );
        if (await add.ExecuteNonQueryAsync().ConfigureAwait(false) == 0)
            return false;

        await transaction.CommitAsync().ConfigureAwait(false);
        return true;
    }

    private async Task MakeAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(connection, makesTables: true, cancellationToken).ConfigureAwait(false);
        var (name, number, bytes) = database.Types;
        var options = database.TableOptions;
        string?[] statements =
        [
            await database.ContainerAsync(connection, transaction, cancellationToken).ConfigureAwait(false),
            $"CREATE TABLE IF NOT EXISTS {Journals} (environment {name} PRIMARY KEY, fence {number} NOT NULL){options}",
            $"CREATE TABLE IF NOT EXISTS {Records} (environment {name} NOT NULL, sequence {number} NOT NULL, line {bytes} NOT NULL, "
                + $"ends {number} NOT NULL, PRIMARY KEY (environment, sequence)){options}",
            $"CREATE TABLE IF NOT EXISTS {Keys} (environment {name} PRIMARY KEY, content {bytes} NOT NULL){options}",
            // Last: who finds it finds all of them.
            $"CREATE TABLE IF NOT EXISTS {database.Table(Format)} (version {number} NOT NULL){options}",
            $"INSERT INTO {database.Table(Format)} (version) SELECT {Version}{database.FromNothing} WHERE NOT "
                + $"EXISTS (SELECT 1 FROM {database.Table(Format)})",
        ];
        foreach (var statement in statements.OfType<string>())
            await Sql.ExecuteAsync(connection, transaction, statement, cancellationToken).ConfigureAwait(false);
        Boundary.Reached("journal: tables made");
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>The row of an environment, as the holder of its lock has it.</summary>
/// <param name="Environment">The environment's name.</param>
/// <param name="Fence">The number of the lock.</param>
/// <param name="Holds">What else has to be so of it, as SQL.</param>
internal sealed record JournalRow(string Environment, long Fence, string Holds);
