using System.Data.Common;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>A journal's lock, held by a session beside the one that writes: what is written is checked by its number besides.</summary>
internal sealed class MySqlJournalLock(MySqlHeldLock held, DbConnection connection) : JournalLock
{
    internal override DbConnection Connection => connection;

    internal override async Task<string?> LostAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await held.IsHeldAsync(cancellationToken).ConfigureAwait(false) ? null : "left without its lock";
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            return $"left without its lock, whose connection ended ({Sentence.Of(e).TrimEnd('.')}),";
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync().ConfigureAwait(false);
        await held.DisposeAsync().ConfigureAwait(false);
    }
}
