using System.Globalization;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>What bounds a transaction that has a lease's row or waits for it, so that a process that stops in it keeps nobody out for
/// ever.</summary>
internal static class PostgreSqlLeaseLimits
{
    /// <summary>Sets them for the transaction, as a condition that is true.</summary>
    internal static string Set(TimeSpan length) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"pg_catalog.set_config('idle_in_transaction_session_timeout', '{length.TotalMilliseconds:0}ms', true) IS NOT NULL AND "
                + $"pg_catalog.set_config('lock_timeout', '{length.TotalMilliseconds / 5:0}ms', true) IS NOT NULL"
        );
}
