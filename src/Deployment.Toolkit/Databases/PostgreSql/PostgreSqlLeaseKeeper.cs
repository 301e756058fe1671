using System.Data.Common;
using System.Security.Cryptography;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// Renews a lease until it is disposed, or the lease is lost. On a thread of its own, with a connection of its own: neither a pool of
/// threads that is busy nor a long statement keeps it from that.
/// </summary>
internal sealed class PostgreSqlLeaseKeeper : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    private readonly object _gate = new();
    private readonly Func<DbConnection> _create;
    private readonly PostgreSqlLeaseRow _row;
    private bool _isOver;
    private volatile string? _fault;

    private PostgreSqlLeaseKeeper(PostgreSqlLeaseRow row, Func<DbConnection> create, TimeSpan length) =>
        (_row, _create, Length) = (row, create, length);

    /// <summary>How long a lease lasts from its last renewal on.</summary>
    internal static TimeSpan UsualLength { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Names the lease in its row.</summary>
    internal string Lease { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    internal TimeSpan Length { get; }

    /// <summary>Why it could not be renewed the last time; <see langword="null"/> when it could.</summary>
    internal string? Fault => _fault;

    /// <summary>Makes one for a lease that has yet to be taken.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="create">Makes a closed connection.</param>
    /// <param name="length">How long it lasts.</param>
    internal static PostgreSqlLeaseKeeper Of(PostgreSqlLeaseRow row, Func<DbConnection> create, TimeSpan length) =>
        new(row, create, length);

    /// <summary>Begins to renew it.</summary>
    internal void Start() => new Thread(Renew) { IsBackground = true, Name = "Deployment.Toolkit lease" }.Start();

    /// <summary>Stops renewing. Who gives the lease back afterwards keeps a renewal that is on its way from doing anything.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Renew()
    {
        DbConnection? connection = null;
        try
        {
            for (var pause = Length / 5; IsWanted(pause); )
            {
                try
                {
                    connection ??= Open();
                    using var command = Sql.Command(connection, null, _row.Renew(Lease, Length), _row.Parameters);
                    command.CommandTimeout = Math.Max(1, (int)(Length / 3).TotalSeconds);
                    // It ended before this came.
                    if (command.ExecuteNonQuery() == 0)
                        return;
                    (_fault, pause) = (null, Length / 5);
                }
                // Whatever a driver throws: on a thread of its own it would end the app.
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    (_fault, pause) = (Sentence.Of(e), Soon < Length / 10 ? Soon : Length / 10);
                    Close(ref connection);
                }
            }
        }
        finally
        {
            Close(ref connection);
        }
    }

    private bool IsWanted(TimeSpan pause)
    {
        lock (_gate)
        {
            if (!_isOver)
                Monitor.Wait(_gate, pause);
            return !_isOver;
        }
    }

    private DbConnection Open()
    {
        var connection = _create();
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // One that broke may say so once more.
    private static void Close(ref DbConnection? connection)
    {
        try
        {
            connection?.Dispose();
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or IOException) { }

        connection = null;
    }
}
