using System.Diagnostics;
using Deployment.Toolkit.Databases.Testing;
using MySqlConnector;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Migrations;

/// <summary>Migrations as a script that the database's own client runs.</summary>
public abstract class ScriptConformance : IAsyncLifetime
{
    private TargetUnderTest _database = null!;
    private DeployedApp _app = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TargetUnderTest> CreateAsync();

    public async ValueTask InitializeAsync()
    {
        _database = await CreateAsync();
        _app = new DeployedApp(_database);
    }

    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Task<MigrationsScript> ScriptAsync(ScriptMigrationsRequest? request = null) =>
        _app.AskAsync(database => database.ScriptMigrationsAsync(request ?? new ScriptMigrationsRequest(), Token));

    private async Task PreparedAsync()
    {
        _app.Migration("0001_items", "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO items (id, name) VALUES (1, 'one');", "DROP TABLE items;");
        await _app.UpOkAsync();
        _app.Migration("0002_notes", "-- it's a note; with \\ and 'quotes'\nCREATE TABLE notes (id INTEGER, text TEXT);\n" + _database.Trigger("items", "INSERT INTO notes VALUES (1, 'it''s;')"), $"DROP TABLE notes; -- it's \\ back\n");
        _app.Migration("0003_more", "-- changes-rows: notes\nINSERT INTO items (id, name) VALUES (2, 'it''s two;') -- behind it\n;\n-- verify: SELECT count(*) = 2 FROM items\n", "DELETE FROM items WHERE id = 2;");
        _app.Migration("R__names", "DROP VIEW IF EXISTS names;\nCREATE VIEW names AS SELECT name FROM items;\n-- down\nDROP VIEW names;");
    }

    [Fact]
    public async Task The_client_runs_it_once_and_the_app_finds_nothing_pending()
    {
        await PreparedAsync();
        var script = await ScriptAsync();
        Assert.Equal(["0002", "0003", "R__names"], script.Versions);

        var (exitCode, output) = await RunAsync(script.Sql);
        Assert.True(exitCode == 0, output + script.Sql);
        Assert.Equal("it's two;", await _database.ScalarAsync("SELECT name FROM names WHERE name <> 'one'"));
        Assert.Equal("it's;", await _database.ScalarAsync("SELECT text FROM notes"));

        // A second time it stops before it has done anything.
        var again = await RunAsync(script.Sql);
        Assert.True(again.ExitCode != 0, again.Output);
        Assert.Equal("2", await _database.ScalarAsync("SELECT count(*) FROM items"));

        var plan = await _app.PlanAsync("2.0.0");
        Assert.True(plan.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(plan));
        Assert.Empty(plan.Plan!.Migrations);
        Assert.Equal(["0001", "0002", "0003"], plan.Plan.SchemaBefore);
        await _app.UpOkAsync("2.0.0");
        Assert.All(await _app.AskAsync(static database => database.GetMigrationsAsync(Token)), static migration => Assert.True(migration is { IsApplied: true, HasWayBack: true }));
        Assert.Empty((await ScriptAsync()).Versions);
        var verified = await _app.VerifyJournalAsync();
        Assert.True(verified.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(verified));
    }

    [Fact]
    public async Task A_script_of_ways_back_takes_them_back_and_one_that_was_not_run_changes_nothing()
    {
        await PreparedAsync();
        _app.Remove("R__names");
        _app.Migration("0002_notes", "CREATE TABLE notes (id INTEGER, text TEXT);", "DROP TABLE notes;");
        _app.Migration("0003_more", "INSERT INTO items (id, name) VALUES (2, 'two');", "DELETE FROM items WHERE id = 2;");
        await _app.UpOkAsync("2.0.0");
        var script = await ScriptAsync(new ScriptMigrationsRequest { IsDown = true, To = "0001" });
        Assert.Equal(["0003", "0002"], script.Versions);
        Assert.Contains("which removes rows", script.Sql, StringComparison.Ordinal);
        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.UpAsync("2.0.0")).Outcome);

        var (exitCode, output) = await RunAsync(script.Sql);
        Assert.True(exitCode == 0, output + script.Sql);
        Assert.Equal("deployment_migrations items", await _database.TablesAsync());
        Assert.NotEqual(0, (await RunAsync(script.Sql)).ExitCode);

        // The next deployment brings them again.
        await _app.UpOkAsync("2.0.1");
        Assert.Equal("2", await _database.ScalarAsync("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task A_way_back_that_has_no_transaction_is_part_of_none()
    {
        if (!_database.HasTransactionsOfSchema)
            return;
        await PreparedAsync();
        foreach (var other in (string[])["R__names", "0002_notes", "0002_notes.down", "0003_more", "0003_more.down"])
            _app.Remove(other);
        _app.Migration("0002_upkeep", _database.Upkeep, _database.Upkeep);
        await _app.UpOkAsync("2.0.0");

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => ScriptAsync(new ScriptMigrationsRequest { IsDown = true, To = "0001" }));

        Assert.Equal("DTK7343", Assert.Single(refused.Messages).Code);
        Assert.Contains("The way back of migration 0002_upkeep runs outside a transaction", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("'deploy migrations down --to VERSION", refused.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_of_it_and_what_can_not_be_part_of_one()
    {
        await PreparedAsync();
        Assert.Equal(["0002"], (await ScriptAsync(new ScriptMigrationsRequest { To = "0002" })).Versions);
        Assert.Equal(["0001", "0002"], (await ScriptAsync(new ScriptMigrationsRequest { From = "0", To = "0002" })).Versions);
        _app.Migration("0004_fill", "-- batch: 10\nUPDATE items SET name = 'x' WHERE id IN (SELECT id FROM (SELECT id FROM items WHERE name <> 'x' LIMIT 10) AS n);", "SELECT 1;");

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => ScriptAsync());

        Assert.Equal("DTK7343", Assert.Single(refused.Messages).Code);
        Assert.Contains("0004_fill works in batches", refused.Messages[0].Text, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string sql)
    {
        var file = Path.Combine(_app.Folder, "script.sql");
        await File.WriteAllTextAsync(file, sql, Token);
        var start = Client(_database.ConnectionString, file);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        using var process = Process.Start(start)!;
        var (said, failed) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        try
        {
            if (!start.ArgumentList.Contains("-f"))
                await process.StandardInput.WriteAsync(sql);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has stopped before the end.
        }

        var output = await said + await failed;
        await process.WaitForExitAsync(Token);
        Assert.DoesNotContain("WARNING:", output, StringComparison.Ordinal);
        return (process.ExitCode, output);
    }

    private ProcessStartInfo Client(string connectionString, string file)
    {
        if (_database.Folder == "sqlite")
            return new("sqlite3", [new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(connectionString).DataSource]);
        if (_database.Folder == "postgresql")
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            return new("psql", ["-X", "-h", settings.Host!, "-p", $"{settings.Port}", "-U", settings.Username!, "-d", settings.Database!, "-f", file])
            {
                Environment = { ["PGPASSWORD"] = settings.Password },
            };
        }

        var server = new MySqlConnectionStringBuilder(connectionString);
        var place = server.ConnectionProtocol == MySqlConnectionProtocol.UnixSocket || server.Server.StartsWith('/')
            ? $"--socket={server.Server}"
            : $"--host={server.Server}";
        return new("mariadb", ["--no-defaults", place, $"--port={server.Port}", $"--user={server.UserID}", server.Database])
        {
            Environment = { ["MYSQL_PWD"] = server.Password },
        };
    }
}

public sealed class SqliteScriptTests : ScriptConformance
{
    protected override Task<TargetUnderTest> CreateAsync() => Task.FromResult<TargetUnderTest>(new SqliteUnderTest());
}

public sealed class PostgreSqlScriptTests(PostgreSqlServer server) : ScriptConformance
{
    protected override async Task<TargetUnderTest> CreateAsync() => new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
}

public sealed class MySqlScriptTests(MySqlServer server) : ScriptConformance
{
    protected override async Task<TargetUnderTest> CreateAsync() => new MySqlUnderTest(await server.CreateDatabaseAsync());
}
