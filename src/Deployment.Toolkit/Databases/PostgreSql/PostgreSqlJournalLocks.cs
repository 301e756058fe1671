namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>The journals' locks that this process has, which have to follow when a database's place is taken by another.</summary>
internal sealed class PostgreSqlJournalLocks
{
    private readonly Lock _gate = new();
    private readonly List<PostgreSqlJournalLock> _held = [];
    private volatile bool _hasLeases;

    /// <summary>Whether this process had a lease for a lock, which can't follow.</summary>
    internal bool HasLeases => _hasLeases;

    /// <summary>The server's processes that hold them.</summary>
    internal IReadOnlyList<long> Sessions
    {
        get
        {
            lock (_gate)
                return [.. _held.Select(static held => held.Session)];
        }
    }

    internal void Add(PostgreSqlJournalLock taken)
    {
        lock (_gate)
            _held.Add(taken);
    }

    internal void AddLease() => _hasLeases = true;

    internal void Remove(PostgreSqlJournalLock taken)
    {
        lock (_gate)
            _held.Remove(taken);
    }

    /// <summary>Frees those that would keep a database open; disposed of, they are taken again in whatever has its name by then.</summary>
    /// <param name="isInTheWay">Whether a session is in that database.</param>
    internal async Task<IAsyncDisposable> MoveAsync(Func<long, Task<bool>> isInTheWay)
    {
        List<PostgreSqlJournalLock> held;
        lock (_gate)
            held = [.. _held];
        var moving = new Moving();
        foreach (var one in held)
        {
            if (!await isInTheWay(one.Session).ConfigureAwait(false))
                continue;

            await one.LeaveAsync().ConfigureAwait(false);
            moving.Locks.Add(one);
        }

        return moving;
    }

    private sealed class Moving : IAsyncDisposable
    {
        internal List<PostgreSqlJournalLock> Locks { get; } = [];

        public async ValueTask DisposeAsync()
        {
            foreach (var one in Locks)
                await one.ReturnAsync().ConfigureAwait(false);
        }
    }
}
