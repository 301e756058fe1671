using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Deployment.Toolkit.Databases;

/// <summary>One connection that several use one after the other as if each had opened it.</summary>
internal sealed class LentConnections
{
    private const int Free = 0;
    private const int IsLent = 1;
    private const int HasEnded = 2;

    private DbConnection? _connection;
    private int _state = Free;

    /// <summary>What was seen through a connection that is lent, and needn't be asked again; <see langword="null"/> for others.</summary>
    internal static SharedSight? SightOf(DbConnection connection) => (connection as Lent)?.Sight;

    private SharedSight Sight { get; } = new();

    /// <summary>The connection, or one of its own for who comes while another has it, or after the end.</summary>
    internal async Task<DbConnection> LendAsync(Func<Task<DbConnection>> open)
    {
        if (Interlocked.CompareExchange(ref _state, IsLent, Free) != Free)
            return await open().ConfigureAwait(false);

        try
        {
            // One that broke is told by whoever it broke under; the next begins anew.
            if (_connection is { State: not ConnectionState.Open } broken)
            {
                _connection = null;
                await broken.DisposeAsync().ConfigureAwait(false);
            }

            return new Lent(_connection ??= await open().ConfigureAwait(false), this);
        }
        catch
        {
            Return();
            throw;
        }
    }

    internal ValueTask EndAsync()
    {
        Volatile.Write(ref _state, HasEnded);
        return _connection?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    // What comes back after the end is not lent again.
    private void Return() => Interlocked.CompareExchange(ref _state, Free, IsLent);

    // Whoever closes it or throws it away leaves it to the next.
    private sealed class Lent(DbConnection connection, LentConnections from) : DbConnection
    {
        private bool _isBack;

        internal SharedSight Sight => from.Sight;

        [AllowNull]
        public override string ConnectionString
        {
            get => connection.ConnectionString;
            set => throw new NotSupportedException("It is open.");
        }

        public override string Database => connection.Database;

        public override string DataSource => connection.DataSource;

        public override string ServerVersion => connection.ServerVersion;

        public override ConnectionState State => connection.State;

        public override void ChangeDatabase(string databaseName) => throw new NotSupportedException("Others have it, too.");

        public override void Open() { }

        public override void Close() { }

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => connection.BeginTransaction(isolationLevel);

        protected override ValueTask<DbTransaction> BeginDbTransactionAsync(
            IsolationLevel isolationLevel,
            CancellationToken cancellationToken
        ) => connection.BeginTransactionAsync(isolationLevel, cancellationToken);

        protected override DbCommand CreateDbCommand() => connection.CreateCommand();

        protected override void Dispose(bool disposing)
        {
            if (!_isBack)
                from.Return();
            _isBack = true;
            base.Dispose(disposing);
        }
    }
}
