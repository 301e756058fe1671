using System.Globalization;
using Deployment.Toolkit.Databases.Testing;
using Microsoft.Data.Sqlite;
using MySqlConnector;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests;

/// <summary>A database of one kind for one test, with what its SQL has of its own.</summary>
public abstract class TargetUnderTest : IAsyncDisposable
{
    /// <summary>Makes an app deploy to it.</summary>
    internal abstract void Use(DeploymentBuilder builder);

    internal abstract string ConnectionString { get; }

    /// <summary>The first value of the first row as text; NULL and nothing are <see langword="null"/>.</summary>
    internal abstract Task<string?> ScalarAsync(string sql);

    /// <summary>What a folder of scripts for it is called.</summary>
    internal abstract string Folder { get; }

    /// <summary>All but that of the stamp, which every deployment leaves.</summary>
    internal abstract Task<string> TablesAsync();

    /// <summary>A script that can only run outside a transaction, and changes nothing.</summary>
    internal abstract string Upkeep { get; }

    /// <summary>Makes a trigger on inserts into one table that runs a statement.</summary>
    internal abstract string Trigger(string table, string statement);

    /// <summary>How the place of an unknown column in "SELECT nothere FROM items" is told, from 1.</summary>
    internal virtual int UnknownColumn => 8;

    /// <summary>Whether a change of the schema is taken back with its transaction.</summary>
    internal virtual bool HasTransactionsOfSchema => true;

    /// <summary>Quotes a name.</summary>
    internal virtual string Quote(string name) => $"\"{name}\"";

    /// <summary>A name of characters that are not ASCII, as far as names may hold them.</summary>
    internal virtual string ForeignName => "Größe 💥";

    /// <summary>One text behind another.</summary>
    internal virtual string Concat(string left, string right) => $"{left} || {right}";

    public abstract ValueTask DisposeAsync();
}

public sealed class SqliteUnderTest : TargetUnderTest
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-sqlite-").FullName;

    static SqliteUnderTest() => SQLitePCL.Batteries_V2.Init();

    internal override string ConnectionString => $"Data Source={Path.Combine(_folder, "app.db")};Pooling=False";

    internal override string Folder => "sqlite";

    internal override string Upkeep => "-- transaction: none\nVACUUM;\n";

    internal override void Use(DeploymentBuilder builder) => builder.UseSqlite(SqliteFactory.Instance, "App");

    internal override string Trigger(string table, string statement) => $"CREATE TRIGGER fires AFTER INSERT ON {table} BEGIN {statement}; END;";

    internal override Task<string> TablesAsync() => TextAsync("SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'deployment_stamp' ORDER BY name)");

    internal override async Task<string?> ScalarAsync(string sql)
    {
        await using var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync() is { } value and not DBNull ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;
    }

    private async Task<string> TextAsync(string sql) => await ScalarAsync(sql) ?? "";

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

public sealed class PostgreSqlUnderTest : TargetUnderTest
{
    internal PostgreSqlUnderTest(PostgreSqlDatabase database, bool? isPooled = true) => (Database = database).IsPooled = isPooled;

    internal PostgreSqlDatabase Database { get; }

    internal override string ConnectionString => Database.ConnectionString;

    internal override string Folder => "postgresql";

    internal override string Upkeep => "VACUUM;\n";

    internal override void Use(DeploymentBuilder builder) => builder.UsePostgreSql(NpgsqlFactory.Instance, "App");

    internal override string Trigger(string table, string statement) => $"""
        CREATE FUNCTION fires() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NEW; END $$;
        CREATE TRIGGER fires AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION fires();
        """;

    internal override async Task<string> TablesAsync() => await ScalarAsync("SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'deployment_stamp'") ?? "";

    internal override Task<string?> ScalarAsync(string sql) => Database.ScalarAsync(sql);

    public override ValueTask DisposeAsync() => Database.DisposeAsync();
}

public sealed class MySqlUnderTest(MySqlDatabase database) : TargetUnderTest
{
    internal MySqlDatabase Database => database;

    internal override string ConnectionString => database.ConnectionString;

    internal override string Folder => "mysql";

    internal override string Upkeep => "ANALYZE TABLE items;\n";

    internal override bool HasTransactionsOfSchema => false;

    // Only characters of the basic plane.
    internal override string ForeignName => "Größe \u2603";

    internal override string Quote(string name) => $"`{name}`";

    internal override string Concat(string left, string right) => $"CONCAT({left}, {right})";

    internal override void Use(DeploymentBuilder builder) => builder.UseMySql(MySqlConnectorFactory.Instance, "App");

    internal override string Trigger(string table, string statement) => $"\nDELIMITER //\nCREATE TRIGGER fires AFTER INSERT ON {table} FOR EACH ROW BEGIN {statement}; END//\nDELIMITER ;\n";

    internal override async Task<string> TablesAsync() => await ScalarAsync("SELECT GROUP_CONCAT(table_name ORDER BY table_name SEPARATOR ' ') FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name <> 'deployment_stamp'") ?? "";

    internal override Task<string?> ScalarAsync(string sql) => database.ScalarAsync(sql);

    public override ValueTask DisposeAsync() => database.DisposeAsync();
}
