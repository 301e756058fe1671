using System.Data.Common;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Ends a transaction that may be over already: a driver that can't roll back on a connection that is gone says so, and would hide with
/// that what broke it.
/// </summary>
internal readonly struct TransactionEnd(DbTransaction transaction) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        try
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            // The server rolls it back when the connection ends.
        }
    }
}
