using System.Data;
using System.Data.Common;
using System.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// An environment's lock where no session lasts: its row is this process's until a time of the server's clock, which is put off again and
/// again. Each record looks at the row in its own transaction, so that one that comes too late is not there.
/// </summary>
internal sealed class PostgreSqlJournalLease : JournalLock
{
    // Lasts as long as the transaction in which it is asked.
    private const string Durably =
        "pg_catalog.set_config('synchronous_commit', CASE pg_catalog.current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE "
        + "pg_catalog.current_setting('synchronous_commit') END, true) IS NOT NULL";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Func<CancellationToken, Task<DbConnection>> _open;
    private readonly PostgreSqlLeaseRow _row;
    private readonly PostgreSqlLeaseKeeper _keeper;
    private readonly long _key;

    private DbConnection _connection;

    /// <param name="connection">A connection, which goes with the lock.</param>
    /// <param name="open">Opens another.</param>
    /// <param name="row">The environment's row.</param>
    /// <param name="keeper">Names the lease, and is to renew it.</param>
    /// <param name="key">The lock of those who have sessions.</param>
    internal PostgreSqlJournalLease(
        DbConnection connection,
        Func<CancellationToken, Task<DbConnection>> open,
        PostgreSqlLeaseRow row,
        PostgreSqlLeaseKeeper keeper,
        long key
    ) => (_connection, _open, _row, _keeper, _key) = (connection, open, row, keeper, key);

    internal override DbConnection Connection => _connection;

    internal override string Holds => $" AND {PostgreSqlLeaseRow.IsHeldBy(_keeper.Lease)} AND {Durably}";

    internal override JournalClaim Claim =>
        new(", " + PostgreSqlLeaseRow.Gives(_keeper.Lease, _keeper.Length), $" AND {PostgreSqlLeaseRow.IsFree}");

    internal override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (!await _row.HasColumnsAsync(_connection, null, cancellationToken).ConfigureAwait(false))
            await Sql.ExecuteAsync(_connection, null, _row.AddColumns, cancellationToken).ConfigureAwait(false);
    }

    // For the transaction alone: one who stops in it must not hold the row for ever. The key is that of a session's lock, so that of two
    // ways to one journal each knows of the other.
    internal override async Task<bool> MayClaimAsync(DbTransaction transaction, CancellationToken cancellationToken) =>
        await Sql.ScalarAsync(
                _connection,
                transaction,
                $"SELECT {Durably} AND {PostgreSqlLeaseLimits.Set(_keeper.Length)} AND pg_catalog.pg_try_advisory_xact_lock(@key)",
                cancellationToken,
                ("@key", _key)
            )
            .ConfigureAwait(false)
            is true;

    internal override void Claimed() => _keeper.Start();

    internal override async Task<DbTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        var transaction = await _connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await Sql.ScalarAsync(_connection, transaction, $"SELECT {PostgreSqlLeaseLimits.Set(_keeper.Length)}", cancellationToken)
            .ConfigureAwait(false);
        return transaction;
    }

    internal override async Task<string?> LostAsync(CancellationToken cancellationToken)
    {
        var isHeld =
            await Sql.ScalarAsync(
                    _connection,
                    null,
                    $"SELECT {PostgreSqlLeaseRow.IsHeldBy(_keeper.Lease)} FROM {_row.Table} WHERE {_row.Which}",
                    cancellationToken,
                    _row.Parameters
                )
                .ConfigureAwait(false)
            is true;
        return isHeld ? null : $"left without its lease, which ended before it was renewed{Why},";
    }

    internal override async Task<bool> TryReopenAsync()
    {
        // For as long as the lease may last: what is written then looks whether it does.
        for (var since = Stopwatch.GetTimestamp(); _connection.State != ConnectionState.Open; )
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
            try
            {
                _connection = await _open(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is DbException or InvalidOperationException or IOException or TimeoutException)
            {
                if (Stopwatch.GetElapsedTime(since) > _keeper.Length)
                    return false;
                await Task.Delay(Pause).ConfigureAwait(false);
            }
        }

        return true;
    }

    public override async ValueTask DisposeAsync()
    {
        _keeper.Dispose();
        try
        {
            if (_connection.State != ConnectionState.Open)
                _connection = await _open(CancellationToken.None).ConfigureAwait(false);
            await Sql.ExecuteAsync(_connection, null, _row.GiveBack(_keeper.Lease), CancellationToken.None, _row.Parameters)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or IOException or TimeoutException)
        {
            // It ends by itself.
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private string Why => _keeper.Fault is { } fault ? $" ({fault.TrimEnd('.')})" : "";
}
