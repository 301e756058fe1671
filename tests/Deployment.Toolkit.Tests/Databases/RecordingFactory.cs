using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Deployment.Toolkit.Tests.Databases;

/// <summary>A driver that keeps what it was asked: the work that is done, where a clock would only tell how busy the machine is.</summary>
internal sealed class RecordingFactory : DbProviderFactory
{
    internal ConcurrentQueue<string> Statements { get; } = [];

    internal int Connections { get; private set; }

    /// <summary>How far SQLite went in all its programs: what it looks through by itself counts too.</summary>
    internal long Steps { get; private set; }

    /// <summary>Called before each statement.</summary>
    internal Action<string> OnStatement { get; set; } = static _ => { };

    internal int Count(string part) => Statements.Count(statement => statement.Contains(part, StringComparison.Ordinal));

    public override DbConnection CreateConnection() => new Connection(this);

    private void Record(string statement)
    {
        Statements.Enqueue(statement);
        OnStatement(statement);
    }

    private sealed class Connection(RecordingFactory factory) : DbConnection
    {
        private readonly SqliteConnection _inner = new();

        // Kept here, or it would be collected while SQLite still calls it.
        private readonly SQLitePCL.delegate_progress _count = _ =>
        {
            factory.Steps++;
            return 0;
        };

        [AllowNull]
        public override string ConnectionString
        {
            get => _inner.ConnectionString;
            set => _inner.ConnectionString = value;
        }

        public override string Database => _inner.Database;

        public override string DataSource => _inner.DataSource;

        public override string ServerVersion => _inner.ServerVersion;

        public override ConnectionState State => _inner.State;

        public override void ChangeDatabase(string databaseName) => _inner.ChangeDatabase(databaseName);

        public override void Close() => _inner.Close();

        public override void Open()
        {
            factory.Connections++;
            _inner.Open();
            SQLitePCL.raw.sqlite3_progress_handler(_inner.Handle, 1, _count, null);
        }

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel)
        {
            factory.Record("BEGIN");
            return new Transaction(this, _inner.BeginTransaction(isolationLevel), factory);
        }

        protected override DbCommand CreateDbCommand() => new Command(this, _inner.CreateCommand(), factory);

        protected override void Dispose(bool disposing)
        {
            if (disposing) _inner.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class Transaction(Connection connection, SqliteTransaction inner, RecordingFactory factory) : DbTransaction
    {
        internal SqliteTransaction Inner => inner;

        public override IsolationLevel IsolationLevel => inner.IsolationLevel;

        protected override DbConnection DbConnection => connection;

        public override void Commit()
        {
            factory.Record("COMMIT");
            inner.Commit();
        }

        public override void Rollback() => inner.Rollback();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class Command(Connection connection, SqliteCommand inner, RecordingFactory factory) : DbCommand
    {
        private DbTransaction? _transaction;

        [AllowNull]
        public override string CommandText
        {
            get => inner.CommandText;
            set => inner.CommandText = value;
        }

        public override int CommandTimeout
        {
            get => inner.CommandTimeout;
            set => inner.CommandTimeout = value;
        }

        public override CommandType CommandType
        {
            get => inner.CommandType;
            set => inner.CommandType = value;
        }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection
        {
            get => connection;
            set => throw new NotSupportedException();
        }

        protected override DbParameterCollection DbParameterCollection => inner.Parameters;

        protected override DbTransaction? DbTransaction
        {
            get => _transaction;
            set => (_transaction, inner.Transaction) = (value, (value as Transaction)?.Inner);
        }

        public override void Cancel() => inner.Cancel();

        public override int ExecuteNonQuery()
        {
            factory.Record(CommandText);
            return inner.ExecuteNonQuery();
        }

        public override object? ExecuteScalar()
        {
            factory.Record(CommandText);
            return inner.ExecuteScalar();
        }

        public override void Prepare() => inner.Prepare();

        protected override DbParameter CreateDbParameter() => inner.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
        {
            factory.Record(CommandText);
            return inner.ExecuteReader(behavior);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
