using System.Data.Common;
using System.Globalization;
using Npgsql;

namespace Deployment.Toolkit.Databases.Testing;

/// <summary>A PostgreSQL server.</summary>
internal sealed class PostgreSqlProcess : ServerProcess
{
    private readonly string _programs;

    private PostgreSqlProcess(string programs)
        : base("PostgreSQL", "postgres") => _programs = programs;

    internal const string Superuser = "postgres";

    protected override string LogFile => Path.Combine(Folder, "log");

    protected override string Keeper => "\"$1/postgres\" -D \"$2\" & pid=$!; trap '' INT TERM; read -r how; kill -\"${how:-INT}\" $pid; wait $pid; [ -n \"$how\" ] || rm -rf \"$2\"";

    protected override string[] KeeperArguments => [_programs, Data];

    internal static Task<PostgreSqlProcess> StartAsync(string programs, bool isDurable, bool hasSocket = false) => StartAsync(new PostgreSqlProcess(programs) { HasSocket = hasSocket }, isDurable);

    /// <summary>Whether it listens on a socket too.</summary>
    private bool HasSocket { get; init; }

    /// <summary>Where its socket is.</summary>
    internal string Sockets => Folder;

    /// <summary>Copies all its files while it is stopped, and starts both.</summary>
    internal async Task<PostgreSqlProcess> CloneAsync()
    {
        await StopAsync("INT");
        var clone = new PostgreSqlProcess(_programs);
        await ToEndAsync("cp", "-a", Data, clone.Data);
        await File.AppendAllLinesAsync(
            Path.Combine(clone.Data, "postgresql.conf"),
            [string.Create(CultureInfo.InvariantCulture, $"port = {clone.Port}"), "unix_socket_directories = ''", $"log_directory = '{clone.Folder}'"]);
        await RunAsync();
        await clone.RunAsync();
        return clone;
    }

    internal string ConnectionString(string database) => Settings(database).ConnectionString;

    internal NpgsqlConnectionStringBuilder Settings(string database) => new()
    {
        Host = "127.0.0.1",
        Port = Port,
        Database = database,
        Username = Superuser,
        Password = Password,
        Pooling = false,
    };

    protected override DbConnection Connect() => new NpgsqlConnection(ConnectionString("postgres"));

    protected override async Task InitializeAsync(bool isDurable)
    {
        var passwords = Path.Combine(Folder, "password");
        await File.WriteAllTextAsync(passwords, Password);
        await ToEndAsync(Path.Combine(_programs, "initdb"), "-D", Data, "-U", Superuser, "-A", "scram-sha-256", "--pwfile", passwords, "-E", "UTF8", "--locale=C", "--no-sync");
        var settings = new List<string>
        {
            "listen_addresses = '127.0.0.1'",
            string.Create(CultureInfo.InvariantCulture, $"port = {Port}"),
            $"unix_socket_directories = '{(HasSocket ? Sockets : "")}'",
            "max_connections = 200",
            "shared_buffers = 32MB",
            "log_destination = stderr",
            "logging_collector = on",
            $"log_directory = '{Folder}'",
            "log_filename = log",
            "log_file_mode = 0644",
        };
        if (!isDurable)
            settings.AddRange(["fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off"]);
        await File.AppendAllLinesAsync(Path.Combine(Data, "postgresql.conf"), settings);
    }
}
