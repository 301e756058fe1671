using Deployment.Toolkit.Databases.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Databases.Tests.Migrations;

/// <summary>A database that something else migrated until now goes on under the toolkit, with nothing run twice.</summary>
public abstract class BaselineConformance : IAsyncLifetime
{
    private TargetUnderTest _database = null!;
    private DeployedApp _app = null!;

    protected abstract Task<TargetUnderTest> CreateAsync();

    public async ValueTask InitializeAsync()
    {
        _database = await CreateAsync();
        _app = new DeployedApp(_database);
        _app.Migration("0001_items", OtherTools.Items, "DROP TABLE items;");
        _app.Migration("0002_notes", OtherTools.Notes, "DROP TABLE notes;");
        _app.Migration("0003_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
    }

    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("dbup", "DbUp")]
    [InlineData("fluentmigrator", "FluentMigrator")]
    [InlineData("evolve", "Evolve")]
    [InlineData("flyway", "Flyway")]
    [InlineData("ef", "EF Core")]
    public async Task What_another_tool_applied_counts_and_the_rest_is_deployed(string tool, string name)
    {
        await OtherTools.MigrateAsync(tool, _database);
        var before = await _database.TablesAsync();

        var tooEarly = await _app.UpAsync();
        Assert.Equal(DeploymentOutcome.Refused, tooEarly.Outcome);
        var said = Assert.Single(tooEarly.Messages, static message => message.Code == "DTK7334").Text;
        Assert.StartsWith($"{name} has migrated", said, StringComparison.Ordinal);
        Assert.Contains("has 2 of this binary's 3 migrations", said, StringComparison.Ordinal);

        var seen = await BaselineAsync(new BaselineRequest { From = tool, DryRun = true });
        Assert.True(seen.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(seen));
        Assert.Equal([true, true, false], seen.Migrations!.Select(static migration => migration.IsApplied));
        Assert.Equal(before, await _database.TablesAsync());

        var taken = await BaselineAsync(new BaselineRequest { From = tool, Reason = "it migrated until now" });
        Assert.True(taken.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(taken));
        Assert.Equal(DeploymentOutcome.NothingToDo, (await BaselineAsync(new BaselineRequest { From = tool, Reason = "again" })).Outcome);

        await _app.UpOkAsync();
        Assert.Equal("0", await _database.ScalarAsync("SELECT count(*) FROM more"));
        await EnsureVerifiesAsync();
    }

    [Fact]
    public async Task A_version_says_what_a_database_has_that_nobody_kept_a_history_of()
    {
        await OtherTools.ExecuteAsync(_database, OtherTools.Items + OtherTools.Notes);

        var taken = await BaselineAsync(new BaselineRequest { Version = "0002_notes", Reason = "made by hand" });

        Assert.True(taken.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(taken));
        await _app.UpOkAsync();
        await EnsureVerifiesAsync();
    }

    [Fact]
    public async Task What_was_taken_over_stays_when_the_first_deployment_fails_or_a_later_one_is_rolled_back()
    {
        await OtherTools.MigrateAsync("dbup", _database);
        await BaselineAsync(new BaselineRequest { From = "dbup", Reason = "it migrated until now" });
        _app.Migration("0003_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);\nSELECT nothere FROM items;", "DROP TABLE more;");

        var failed = await _app.UpAsync();

        Assert.Equal(DeploymentOutcome.RolledBack, failed.Outcome);
        Assert.Equal("2", await _database.ScalarAsync("SELECT count(*) FROM deployment_migrations"));
        Assert.Equal("0", await _database.ScalarAsync("SELECT count(*) FROM notes"));
        _app.Migration("0003_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        await _app.UpOkAsync();
        _app.Migration("0004_last", "CREATE TABLE last (id INTEGER PRIMARY KEY);", "DROP TABLE last;");
        await _app.UpOkAsync("2.0.0");
        var back = await _app.RollbackAsync();
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(back));
        Assert.Equal("3", await _database.ScalarAsync("SELECT count(*) FROM deployment_migrations"));
    }

    [Fact]
    public async Task What_is_none_of_this_binarys_or_broke_off_is_refused_and_nothing_is_changed()
    {
        await OtherTools.EvolveAsync(_database, OtherTools.Items, OtherTools.Notes, "CREATE TABLE third (id INTEGER);", "CREATE TABLE fourth (id INTEGER);");
        var before = await _database.TablesAsync();

        var unknown = await BaselineAsync(new BaselineRequest { From = "evolve", Reason = "why" });
        await OtherTools.ExecuteAsync(_database, _database is SqliteUnderTest ? "UPDATE changelog SET success = 0 WHERE version = '2'" : "UPDATE changelog SET success = FALSE WHERE version = '2'");
        var failed = await BaselineAsync(new BaselineRequest { From = "evolve", Reason = "why" });
        var lacking = await BaselineAsync(new BaselineRequest { From = "flyway", Reason = "why" });
        var misspelt = await BaselineAsync(new BaselineRequest { From = "dbupp", Reason = "why" });
        var silent = await BaselineAsync(new BaselineRequest { Version = "2", Reason = " " });
        var both = await BaselineAsync(new BaselineRequest { Version = "2", From = "evolve", Reason = "why" });
        var neither = await BaselineAsync(new BaselineRequest { Reason = "why" });
        var strange = await BaselineAsync(new BaselineRequest { Version = "9", Reason = "why" });

        Assert.All((DeploymentResult[])[unknown, failed, lacking, misspelt, silent, both, neither, strange], static result =>
        {
            Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
            Assert.Equal("DTK7335", Assert.Single(result.Messages).Code);
        });
        Assert.Contains("1 of 4 entries of Evolve's changelog are none of this binary's migrations: V4__step.sql", unknown.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("says that V2__step.sql broke off", failed.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'dbup'?", misspelt.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal(before, await _database.TablesAsync());
    }

    [Fact]
    public async Task Two_scripts_of_one_number_are_not_taken_for_one_migration()
    {
        await OtherTools.MigrateAsync("dbup", _database);
        await OtherTools.ExecuteAsync(_database, "INSERT INTO SchemaVersions (scriptname, applied) VALUES ('Shop.V2.Scripts.Script0002 - Other notes.sql', CURRENT_TIMESTAMP)");

        var refused = await BaselineAsync(new BaselineRequest { From = "dbup", Reason = "why" });

        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Contains("1 of 3 entries", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("Script0002 - ", refused.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recorded_but_cut_off_before_the_database_had_it_it_is_done_again()
    {
        await OtherTools.MigrateAsync("dbup", _database);
        await BaselineAsync(new BaselineRequest { From = "dbup", Reason = "it migrated until now" });
        // The journal's record is written first: a kill in between leaves just this.
        await OtherTools.ExecuteAsync(_database, "DROP TABLE deployment_migrations");

        Assert.Equal(DeploymentOutcome.Refused, (await _app.UpAsync()).Outcome);
        var again = await BaselineAsync(new BaselineRequest { From = "dbup", Reason = "it migrated until now" });

        Assert.True(again.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(again));
        await _app.UpOkAsync();
        await EnsureVerifiesAsync();
    }

    [Theory]
    // A number in the middle of a name is a part of it, and one behind a dot a part of another.
    [InlineData("add_utf3_columns.sql", null)]
    [InlineData("Script0001.3 - Something.sql", null)]
    // The name says one and the number another.
    [InlineData("Script0003 - Notes.sql", null)]
    [InlineData("0003_anything.sql", "0003")]
    [InlineData("V3__anything.sql", "0003")]
    [InlineData("Shop.Scripts.Script0003 - Anything.sql", "0003")]
    [InlineData("Shop.Scripts.more.sql", "0003")]
    public async Task An_entry_is_a_migration_only_where_nothing_speaks_of_another(string script, string? version)
    {
        await OtherTools.ExecuteAsync(_database, $"CREATE TABLE schemaversions (schemaversionsid INTEGER, scriptname VARCHAR(200), applied VARCHAR(30)); INSERT INTO schemaversions VALUES (1, '{script}', '2026-01-01')");

        var seen = await BaselineAsync(new BaselineRequest { From = "dbup", DryRun = true });

        Assert.Equal(version is null ? DeploymentOutcome.Refused : DeploymentOutcome.Succeeded, seen.Outcome);
        Assert.Equal(version, seen.Migrations?.FirstOrDefault(static migration => migration.IsApplied)?.Version);
    }

    private Task<DeploymentResult> BaselineAsync(BaselineRequest request) => _app.AskAsync(database => database.BaselineAsync(request));

    private async Task EnsureVerifiesAsync()
    {
        using var host = _app.Build();
        var verified = await host.Services.GetRequiredService<DeploymentHistory>().VerifyJournalAsync(null);
        Assert.True(verified.Outcome == DeploymentOutcome.Succeeded && !verified.Messages.Any(static message => message.Severity != MessageSeverity.Information), DeployedApp.TextOf(verified));
    }
}

public sealed class SqliteBaselineTests : BaselineConformance
{
    protected override Task<TargetUnderTest> CreateAsync() => Task.FromResult<TargetUnderTest>(new SqliteUnderTest());
}

public sealed class PostgreSqlBaselineTests(PostgreSqlServer server) : BaselineConformance
{
    protected override async Task<TargetUnderTest> CreateAsync() => new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
}
