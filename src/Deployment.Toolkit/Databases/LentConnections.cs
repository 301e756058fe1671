using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Deployment.Toolkit.Databases;

/// <summary>One connection that several use one after the other as if each had opened it.</summary>
internal sealed class LentConnections
{
    private DbConnection? _connection;

    internal async Task<DbConnection> LendAsync(Func<Task<DbConnection>> open) =>
        new Lent(_connection ??= await open().ConfigureAwait(false));

    internal ValueTask EndAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Ends it when it is disposed.</summary>
    internal sealed class Together(Func<ValueTask> end) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => end();
    }

    // Whoever closes it or throws it away leaves it to the next.
    private sealed class Lent(DbConnection connection) : DbConnection
    {
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
    }
}
