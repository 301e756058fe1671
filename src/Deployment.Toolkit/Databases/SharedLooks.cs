using System.Data.Common;

namespace Deployment.Toolkit.Databases;

/// <summary>Gives all that looks on behalf of one caller one connection, for as long as that caller says.</summary>
internal sealed class SharedLooks
{
    // Of the one who looks: others that ask this database meanwhile, as health checks do, have connections of their own.
    private readonly AsyncLocal<LentConnections?> _together = new();

    internal Task<DbConnection> OpenAsync(Func<Task<DbConnection>> open) => _together.Value?.LendAsync(open) ?? open();

    /// <summary>The same, unless the caller is part of what looks together already.</summary>
    internal IAsyncDisposable? Join() => _together.Value is null ? Begin() : null;

    internal IAsyncDisposable Begin()
    {
        var (lent, outer) = (new LentConnections(), _together.Value);
        _together.Value = lent;
        return new Together(() =>
        {
            _together.Value = outer;
            return lent.EndAsync();
        });
    }

    /// <summary>Ends it when it is disposed.</summary>
    internal sealed class Together(Func<ValueTask> end) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => end();
    }
}
