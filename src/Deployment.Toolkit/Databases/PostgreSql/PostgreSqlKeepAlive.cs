namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// What makes the server miss a machine that is gone within a minute, whether it waits for that one or has sent it something: until then it
/// keeps a lock.
/// </summary>
internal static class PostgreSqlKeepAlive
{
    /// <summary>Sets it for the session, as expressions. Servers before version 12 know no <c>tcp_user_timeout</c>.</summary>
    internal const string Settings =
        "pg_catalog.set_config('tcp_keepalives_idle', '30', false), pg_catalog.set_config('tcp_keepalives_interval', '10', false), "
        + "pg_catalog.set_config('tcp_keepalives_count', '3', false), CASE WHEN pg_catalog.current_setting('tcp_user_timeout', true) IS NOT NULL "
        + "THEN pg_catalog.set_config('tcp_user_timeout', '60s', false) END";
}
