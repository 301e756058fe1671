using System.Data.Common;

namespace Deployment.Toolkit.Databases;

/// <summary>
/// Keeps other processes from migrating a database, wherever their journals lie. It is held on a connection of its own for as long as the
/// migrations of a run take, and ends with that connection.
/// </summary>
internal abstract class SessionLock : IAsyncDisposable
{
    /// <summary>Throws when the connection that holds it is gone: then somebody else may hold it.</summary>
    internal abstract Task EnsureHeldAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Why nothing may be run outside a transaction under it, and what to do, as a clause; <see langword="null"/> when it may.
    /// </summary>
    internal virtual string? WhyNotOutside => null;

    /// <summary>Told of a transaction in which its holder works.</summary>
    internal virtual Task EnterAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>Throws unless it still holds, and keeps others from taking it until the transaction ends, where it could be lost
    /// without the transaction's being so.</summary>
    internal virtual Task EnsureUntilCommitAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public abstract ValueTask DisposeAsync();
}

/// <summary>Who wants a database's lock, and how long they wait.</summary>
/// <param name="Holder">What others are told of who holds it.</param>
/// <param name="Limit">How long to wait.</param>
/// <param name="Time">The clock.</param>
/// <param name="Waiting">Told whom it waits for.</param>
internal sealed record SessionLockRequest(string Holder, TimeSpan Limit, TimeProvider Time, Action<string> Waiting);
