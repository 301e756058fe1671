using System.Data.Common;
using System.Globalization;
using MySqlConnector;

namespace Deployment.Toolkit.Databases.Testing;

/// <summary>A MariaDB server.</summary>
internal sealed class MySqlProcess : ServerProcess
{
    private readonly string _server;
    private readonly string _installer;

    private MySqlProcess((string Server, string Installer) programs)
        : base("MariaDB", "mysql") => (_server, _installer) = programs;

    internal const string Superuser = "deployer";

    internal string Socket => Path.Combine(Folder, "sock");

    protected override string LogFile => Path.Combine(Folder, "log.err");

    protected override string Keeper => "\"$1\" --defaults-file=\"$2/my.cnf\" & pid=$!; trap '' INT TERM; read -r how; kill -\"${how:-KILL}\" $pid; wait $pid; [ -n \"$how\" ] || rm -rf \"$2/data\"";

    protected override string[] KeeperArguments => [_server, Folder];

    internal static Task<MySqlProcess> StartAsync((string Server, string Installer) programs, bool isDurable) => StartAsync(new MySqlProcess(programs), isDurable);

    internal MySqlConnectionStringBuilder ConnectionTo(string database) => new()
    {
        Server = "127.0.0.1",
        Port = (uint)Port,
        Database = database,
        UserID = Superuser,
        Password = Password,
        Pooling = false,
    };

    protected override DbConnection Connect() => new MySqlConnection(ConnectionTo("").ConnectionString);

    // The account is there before the server listens.
    protected override async Task InitializeAsync(bool isDurable)
    {
        await File.WriteAllLinesAsync(Path.Combine(Folder, "my.cnf"), Settings(isDurable));
        await ToEndAsync(_installer, $"--defaults-file={Path.Combine(Folder, "my.cnf")}", "--auth-root-authentication-method=normal", "--skip-test-db", "--cross-bootstrap");
    }

    private List<string> Settings(bool isDurable)
    {
        var account = Path.Combine(Folder, "account.sql");
        File.WriteAllText(
            account,
            $"CREATE OR REPLACE USER '{Superuser}'@'127.0.0.1' IDENTIFIED BY '{Password.Replace("'", "''", StringComparison.Ordinal)}';\n"
                + $"GRANT ALL ON *.* TO '{Superuser}'@'127.0.0.1' WITH GRANT OPTION;\n");
        var settings = new List<string>
        {
            "[mysqld]",
            $"datadir={Data}",
            $"socket={Socket}",
            $"pid-file={Path.Combine(Folder, "pid")}",
            // Each server takes temporary tables for leftovers of its own that lie where it has its own.
            $"tmpdir={Folder}",
            $"log-error={LogFile}",
            $"init-file={account}",
            "bind-address=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"port={Port}"),
            "skip-name-resolve",
            "max_connections=200",
            "character-set-server=utf8mb4",
            "innodb_buffer_pool_size=32M",
            "innodb_log_file_size=32M",
            "key_buffer_size=1M",
            "aria_pagecache_buffer_size=4M",
            "performance_schema=OFF",
        };
        if (!isDurable)
            settings.AddRange(["innodb_flush_log_at_trx_commit=0", "innodb_doublewrite=0", "innodb_flush_method=nosync", "sync_frm=OFF"]);
        return settings;
    }
}
