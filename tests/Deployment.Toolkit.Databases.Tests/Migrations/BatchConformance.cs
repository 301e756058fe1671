using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Databases.Tests.Migrations;

/// <summary>Migrations that work in batches.</summary>
public abstract class BatchConformance : IAsyncLifetime
{
    private const int Rows = 250;

    private const string Fill = "UPDATE items SET hits = hits + 1, filled = 1 WHERE id IN (SELECT id FROM (SELECT id FROM items WHERE filled = 0 ORDER BY id LIMIT 100) AS next)";

    private TargetUnderTest _database = null!;
    private DeployedApp _app = null!;

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

    private async Task PreparedAsync()
    {
        _app.Migration("0001_items", "CREATE TABLE items (id INTEGER PRIMARY KEY, hits INTEGER NOT NULL, filled INTEGER NOT NULL);\n"
            + $"INSERT INTO items (id, hits, filled) VALUES {string.Join(", ", Enumerable.Range(1, Rows).Select(static id => $"({id}, 0, 0)"))};", "DROP TABLE items;");
        await _app.UpOkAsync();
    }

    private Task<string?> HitsAsync() => _database.ScalarAsync("SELECT sum(hits) FROM items");

    [Fact]
    public async Task A_statement_is_repeated_until_it_changes_no_row_and_goes_back()
    {
        await PreparedAsync();
        _app.Migration("0002_fill", $"-- batch: 100\n-- batch-pause: 1ms\n-- verify: SELECT count(*) = 0 FROM items WHERE filled = 0\n{Fill};", "-- keeps-rows: it fills anew\nUPDATE items SET hits = 0, filled = 0;");
        await _app.UpOkAsync("2.0.0");

        Assert.Equal($"{Rows}", await HitsAsync());
        Assert.Equal("1", await _database.ScalarAsync("SELECT max(hits) FROM items"));
        Assert.Contains($"0002_fill: {Rows} rows, none is left", _app.Said);
        Assert.Equal("deployment_migrations items", await _database.TablesAsync());
        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.UpAsync("2.0.0")).Outcome);

        var back = await _app.RollbackAsync(acceptDataLoss: true);
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(back));
        Assert.Equal("0", await HitsAsync());
    }

    [Fact]
    public async Task A_class_works_in_batches_too()
    {
        await PreparedAsync();
        _app.Configure = static builder => builder.AddMigrations(static m => m.Add<FillItems>());

        await _app.UpOkAsync("2.0.0");

        Assert.Equal($"{Rows}", await HitsAsync());
        Assert.Equal("1", await _database.ScalarAsync("SELECT max(hits) FROM items"));
        Assert.Contains($"0002_fill_items: {Rows} rows, none is left", _app.Said);
    }

    [Fact]
    public async Task One_that_never_ends_is_stopped_with_the_reason_and_goes_back()
    {
        await PreparedAsync();
        _app.Migration("0002_endless", "-- batch: 100\nUPDATE items SET hits = hits + 1 WHERE id <= 100;", "UPDATE items SET hits = 0;");

        var result = await _app.UpAsync("2.0.0");

        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(result));
        Assert.Contains($"has changed 300 rows of tables that have {Rows}", DeployedApp.TextOf(result), StringComparison.Ordinal);
        Assert.Contains("DTK7344", DeployedApp.TextOf(result), StringComparison.Ordinal);
        Assert.Equal("0", await HitsAsync());
        Assert.Equal("deployment_migrations items", await _database.TablesAsync());
    }

    [Fact]
    public async Task A_batch_that_changes_more_than_it_says_is_rolled_back()
    {
        await PreparedAsync();
        _app.Migration("0002_all", "-- batch: 100\nUPDATE items SET hits = 1 WHERE hits = 0;", "UPDATE items SET hits = 0;");

        var result = await _app.UpAsync("2.0.0");

        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(result));
        Assert.Contains($"changed {Rows} rows at once, and says '-- batch: 100'", DeployedApp.TextOf(result), StringComparison.Ordinal);
        Assert.Equal("0", await HitsAsync());
    }

    [Fact]
    public async Task One_that_fails_in_the_middle_goes_back_and_one_without_way_back_is_told_by_the_plan()
    {
        await PreparedAsync();
        _app.Migration("0002_fill", $"-- batch: 100\n-- verify: SELECT count(*) > 1000 FROM items\n{Fill};", "UPDATE items SET hits = 0, filled = 0;");
        var result = await _app.UpAsync("2.0.0");
        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(result));
        Assert.Equal("0", await HitsAsync());

        File.Delete(Path.Combine(_app.Folder, "migrations", "0002_fill.down.sql"));
        var plan = await _app.PlanAsync("2.0.0");
        Assert.Contains("no way back of its own", plan.Plan!.Migrations[0].Irreversible, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-- batch: many\nUPDATE items SET hits = 1;")]
    [InlineData("-- batch: 0\nUPDATE items SET hits = 1;")]
    [InlineData("-- batch: 10\nUPDATE items SET hits = 1; UPDATE items SET hits = 2;")]
    [InlineData("-- batch: 10\nSELECT 1;")]
    [InlineData("-- batch: 10\n-- batch-pause: soon\nUPDATE items SET hits = 1;")]
    [InlineData("-- batch: 10\n-- transaction: none\nUPDATE items SET hits = 1;")]
    [InlineData("-- batch-pause: 1s\nUPDATE items SET hits = 1;")]
    public async Task What_can_not_be_repeated_is_refused(string script)
    {
        _app.Migration("0001_bad", script, "SELECT 1;");

        var result = await _app.PlanAsync();

        Assert.Contains(result.Messages, static message => message is { Code: "DTK7313", Severity: MessageSeverity.Error });
    }

    [Toolkit.Migrations.Migration("0002", "fill items", ChangesRowsOf = ["items"])]
    internal sealed class FillItems : BatchedMigration
    {
        public override Task<int> NextAsync(MigrationContext context, CancellationToken cancellationToken) => context.ExecuteAsync(Fill, cancellationToken);
    }
}

public sealed class SqliteBatchTests : BatchConformance
{
    protected override Task<TargetUnderTest> CreateAsync() => Task.FromResult<TargetUnderTest>(new SqliteUnderTest());
}

public sealed class PostgreSqlBatchTests(PostgreSqlServer server) : BatchConformance
{
    protected override async Task<TargetUnderTest> CreateAsync() => new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
}

public sealed class MySqlBatchTests(MySqlServer server) : BatchConformance
{
    protected override async Task<TargetUnderTest> CreateAsync() => new MySqlUnderTest(await server.CreateDatabaseAsync());
}
