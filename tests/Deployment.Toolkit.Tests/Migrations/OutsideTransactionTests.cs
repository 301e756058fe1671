using Deployment.Toolkit.Tests.Databases;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Migrations;

public sealed class OutsideTransactionTests
{
    private const string Compact = "-- transaction: none\nPRAGMA journal_mode = WAL;\nVACUUM;\n";

    [Fact]
    public async Task A_script_that_says_so_runs_outside_a_transaction()
    {
        using var app = TestApp.WithMigrations();
        app.Migration("0002_compact", Compact, null);
        app.Migration("0003_more", "INSERT INTO items (name) VALUES ('two');", "DELETE FROM items WHERE name = 'two';");

        var result = await app.UpAsync();

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join(' ', result.Messages));
        Assert.Equal("wal", app.Scalar("PRAGMA journal_mode"));
        Assert.Equal(["deployment_migrations", "items"], app.Tables());
        Assert.Equal(3L, app.Scalar("SELECT count(*) FROM deployment_migrations"));
        Assert.All(result.Plan!.Migrations, static migration => Assert.True(migration.HasWayBack));
    }

    [Fact]
    public async Task That_it_was_begun_is_written_before_it_runs_and_gone_when_it_is_recorded()
    {
        var factory = new RecordingFactory();
        using var app = TestApp.WithMigrations();
        app.Migration("0002_compact", Compact, null);
        app.Driver = factory;
        object? begun = null;
        factory.OnStatement = statement =>
        {
            if (statement == "VACUUM") begun = app.Scalar("SELECT version || ' ' || direction FROM deployment_migration_attempts");
        };

        await app.UpAsync();

        Assert.Equal("0002 Up", begun);
    }

    [Fact]
    public async Task One_that_was_cut_off_is_said_and_run_again()
    {
        using var app = await CutOffAsync();

        var result = await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join(' ', result.Messages));
        Assert.Contains(result.Run!.Steps.SelectMany(static step => step.Output), static line => line.Contains("migration 0002 was cut off while it ran outside a transaction; it is run again", StringComparison.Ordinal));
        Assert.Equal(["deployment_migrations", "items"], app.Tables());
        Assert.Equal(2L, app.Scalar("SELECT count(*) FROM deployment_migrations"));
    }

    [Fact]
    public async Task One_that_was_cut_off_is_taken_back_by_an_abort()
    {
        using var app = await CutOffAsync(down: "-- transaction: none\nPRAGMA journal_mode = DELETE;");

        var result = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));

        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, result.Outcome + string.Join(' ', result.Messages));
        Assert.Equal("delete", app.Scalar("PRAGMA journal_mode"));
        Assert.Empty(app.Tables());
    }

    [Fact]
    public async Task It_is_taken_back_with_the_release()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_compact", Compact, "-- transaction: none\nPRAGMA journal_mode = DELETE;");
        app.Health = HealthCheckResult.Unhealthy();

        var result = await app.UpAsync("2.0.0");

        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, result.Outcome + string.Join(' ', result.Messages));
        Assert.Equal("delete", app.Scalar("PRAGMA journal_mode"));
        Assert.Equal(1L, app.Scalar("SELECT count(*) FROM deployment_migrations"));
    }

    [Fact]
    public async Task A_journal_mode_that_cannot_be_had_is_a_failure_with_its_place()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Scalar("PRAGMA journal_mode = WAL");
        await using var other = new SqliteConnection($"Data Source={app.Database};Pooling=False");
        await other.OpenAsync();
        await using var command = other.CreateCommand();
        command.CommandText = "SELECT count(*) FROM items";
        await command.ExecuteScalarAsync();
        app.Migration("0002_mode", "-- transaction: none\nPRAGMA journal_mode = DELETE;", null);
        app.Settings["ConnectionStrings:App"] = $"Data Source={app.Database};Pooling=False;Default Timeout=1";

        var result = await app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Contains(result.Messages, static message => message.Text.Contains("0002_mode.sql:2:1", StringComparison.Ordinal) && message.Text.Contains("locked", StringComparison.Ordinal));
        Assert.Equal(["deployment_migrations", "items"], app.Tables());
    }

    [Theory]
    [InlineData("-- transaction: none\nVACUUM;\nCREATE TABLE a (id);", "Statement 'CREATE' stands in a script that runs outside a transaction")]
    [InlineData("-- transaction: off\nVACUUM;", "Marker 'transaction' says 'off', which means nothing.")]
    [InlineData("-- foreign-keys: off\n-- transaction: none\nVACUUM;", "Script says both 'foreign-keys: off' and 'transaction: none'.")]
    public async Task What_cannot_be_is_refused_before_anything_begins(string script, string told)
    {
        using var app = TestApp.WithMigrations();
        app.Migration("0002_compact", script, null);

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        Assert.Contains(told, string.Join(' ', result.Messages), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-- Transaction: this one needs none of its own\nSELECT 1;")]
    [InlineData("SELECT '\n-- transaction: none\n';")]
    [InlineData("SELECT 1; -- transaction: none")]
    [InlineData("/*\n-- transaction: none\n*/ SELECT 1;")]
    public async Task What_only_looks_like_a_marker_is_none(string script)
    {
        using var app = new TestApp();
        app.Migration("0001_a", script, null);

        var result = await app.UpAsync();

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join(' ', result.Messages));
        Assert.False(result.Plan!.Migrations[0].HasWayBack);
    }

    /// <summary>The process dies, as far as the database and the journal can tell: the step has an intent and no result, the script a row that it was begun.</summary>
    private static async Task<TestApp> CutOffAsync(string? down = null)
    {
        var app = TestApp.WithMigrations();
        app.Migration("0002_compact", Compact, down);
        using var stop = new CancellationTokenSource();
        var factory = new RecordingFactory { OnStatement = statement => { if (statement == "VACUUM") stop.Cancel(); } };
        app.Driver = factory;
        var result = await app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), cancellationToken: stop.Token);
        app.Driver = SqliteFactory.Instance;
        Assert.Equal(DeploymentOutcome.Cancelled, result.Outcome);
        Assert.Equal("0002", app.Scalar("SELECT version FROM deployment_migration_attempts"));
        return app;
    }
}
