using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Tests.Databases;

/// <summary>An app with a database App and a database Audit: one plan, one order, one way back.</summary>
public sealed class SeveralDatabasesTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();

    public SeveralDatabasesTests()
    {
        Audit("0001_log", "CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);", "DROP TABLE log;");
        _app.Settings["ConnectionStrings:Audit"] = $"Data Source={AuditFile};Pooling=False";
        _app.Configure = Both;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string AuditFile => Path.Combine(_app.Folder, "audit.db");

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task They_are_deployed_in_one_run_each_with_its_own_steps_and_history()
    {
        var up = await UpAsync();

        Assert.Equal(
            ["check configuration", "back up:App", "back up:Audit", "migrate:App", "migrate:Audit", "activate", "verify health", "mark verified"],
            up.Plan!.Steps.Select(static step => step.Name));
        Assert.Equal(["App 0001", "Audit 0001"], up.Plan.Migrations.Select(static migration => $"{migration.Database} {migration.Version}"));
        Assert.Equal(["App", "Audit"], up.Plan.Databases!.Select(static database => database.Name));
        Assert.All(up.Plan.Databases!, static database => Assert.Equal(["0001"], database.SchemaAfter));
        Assert.Equal(["items"], Tables(_app.Database));
        Assert.Equal(["log"], Tables(AuditFile));

        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.UpAsync()).Outcome);
        Audit("0002_who", "ALTER TABLE log ADD COLUMN who TEXT;", "ALTER TABLE log DROP COLUMN who;");
        var second = await UpAsync("2.0.0");
        Assert.Equal(["back up:Audit", "migrate:Audit"], second.Plan!.Steps.Select(static step => step.Name).Where(static name => name.Contains(':', StringComparison.Ordinal)));
        Assert.Equal(["0001", "0002"], second.Plan.Databases![1].SchemaAfter);
        Assert.Equal(["0001"], second.Plan.Databases[0].SchemaAfter);
    }

    [Theory]
    [InlineData("DROP TABLE more;")]
    [InlineData(null)]
    public async Task Where_the_second_fails_the_first_is_taken_back(string? down)
    {
        await UpAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", down);
        Audit("0002_broken", "CREATE TABLE seen (id INTEGER);\nINSERT INTO nowhere VALUES (1);", "DROP TABLE seen;");

        var up = await _app.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        Assert.Contains(up.Messages, static message => message.Text.Contains("Undone: migrate:App.", StringComparison.Ordinal));
        Assert.Equal(["items"], Tables(_app.Database));
        Assert.Equal(["log"], Tables(AuditFile));
        Assert.Equal(down is null ? SchemaWayBack.RestoreBackup : SchemaWayBack.DownScripts, up.Plan!.Databases![0].SchemaWayBack);
    }

    [Fact]
    public async Task What_turns_unhealthy_leaves_neither_changed()
    {
        await UpAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", null);
        Audit("0002_who", "ALTER TABLE log ADD COLUMN who TEXT;", "ALTER TABLE log DROP COLUMN who;");
        _app.Health = HealthCheckResult.Unhealthy("the test says so");

        var up = await _app.UpAsync("2.0.0");

        Assert.True(up.Outcome == DeploymentOutcome.RolledBack, string.Join('\n', up.Messages));
        Assert.Equal(["items"], Tables(_app.Database));
        Assert.Null(Scalar(AuditFile, "SELECT 1 FROM pragma_table_info('log') WHERE name = 'who'"));
        Assert.Equal(SchemaWayBack.RestoreBackup, up.Plan!.SchemaWayBack);
        Assert.Equal([SchemaWayBack.RestoreBackup, SchemaWayBack.DownScripts], up.Plan.Databases!.Select(static database => database.SchemaWayBack));
    }

    [Fact]
    public async Task A_rollback_counts_what_each_would_lose_and_goes_back_over_both()
    {
        await UpAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        Audit("0002_seen", "CREATE TABLE seen (id INTEGER PRIMARY KEY);", null);
        await UpAsync("2.0.0");
        Execute(_app.Database, "INSERT INTO more VALUES (1), (2)");
        Execute(AuditFile, "INSERT INTO log (what) VALUES ('a'), ('b'), ('c')");

        var refused = await _app.RollbackAsync();

        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Equal(["DTK7018", "DTK7018"], refused.Messages.Select(static message => message.Code));
        Assert.Contains("App: 0002_more may remove at least 2 rows (more: 2)", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("3 rows (log: 3)", refused.Messages[1].Text, StringComparison.Ordinal);

        var back = await _app.RollbackAsync(acceptDataLoss: true);

        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', back.Messages));
        Assert.Equal(
            ["revert migrate:Audit", "activate", "revert migrate:App", "verify health", "mark verified"],
            back.Plan!.Steps.Select(static step => step.Name));
        Assert.Equal(["items"], Tables(_app.Database));
        Assert.Equal(["log"], Tables(AuditFile));
        Assert.Equal(0L, Scalar(AuditFile, "SELECT count(*) FROM log"));
    }

    [Fact]
    public async Task A_second_database_is_added_to_an_app_that_had_one()
    {
        _app.Configure = static _ => { };
        var alone = await UpAsync();
        Assert.Null(alone.Plan!.Databases);
        Assert.Equal(["back up", "migrate"], alone.Plan.Steps.Select(static step => step.Name).Where(static name => name is "back up" or "migrate"));
        Assert.DoesNotContain("\"database", File.ReadAllText(_app.JournalFile()), StringComparison.Ordinal);

        _app.Configure = Both;
        var up = await UpAsync("2.0.0");
        Assert.Equal(["Audit"], up.Plan!.Migrations.Select(static migration => migration.Database));

        var back = await _app.RollbackAsync();
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', back.Messages));
        Assert.Equal(["items"], Tables(_app.Database));
        Assert.Empty(Tables(AuditFile));
    }

    [Fact]
    public async Task Databases_that_were_swapped_are_told()
    {
        await UpAsync();
        _app.Settings["ConnectionStrings:Audit"] = $"Data Source={_app.Database};Pooling=False";
        _app.Settings["ConnectionStrings:App"] = $"Data Source={AuditFile};Pooling=False";
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", null);

        var up = await _app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.Refused, up.Outcome);
        Assert.Contains(up.Messages, static message => message.Code is "DTK7301" or "DTK7302" or "DTK7416");
    }

    [Fact]
    public async Task One_file_under_two_names_is_refused()
    {
        _app.Settings["ConnectionStrings:Audit"] = $"Data Source={Path.Combine(_app.Folder, ".", "app.db")};Pooling=False";

        var up = await _app.UpAsync();

        Assert.Equal(DeploymentOutcome.Refused, up.Outcome);
        Assert.Contains("Databases 'App' and 'Audit' of 'Development' are one", Assert.Single(up.Messages).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_fit_together_is_told_at_start_all_at_once()
    {
        _app.Configure = deployment =>
        {
            deployment
                .UseSqlite(SqliteFactory.Instance, "Audit")
                .UseSqlite(SqliteFactory.Instance, "sqlite")
                .AddMigrations("Adit", static m => m.FromDirectory("audit"));
        };
        using var host = _app.Build();

        var start = await Assert.ThrowsAsync<DeploymentException>(() => host.StartAsync(Token));

        string[] expected =
        [
            "Migrations are added for database 'Adit', which is not declared. Did you mean 'Audit'?",
            "Database 'Audit' is one of 3 and has no migrations",
            "Database 'sqlite' has a name by which no folder can be called",
            "Connection string 'sqlite' is not set",
        ];
        foreach (var text in expected) Assert.Contains(start.Messages, message => message.Text.StartsWith(text, StringComparison.Ordinal));
        Assert.Equal(expected.Length, start.Messages.Count);
    }

    [Fact]
    public async Task What_is_about_one_asks_which()
    {
        await UpAsync();
        using var host = _app.Build();
        var database = host.Services.GetRequiredService<DeploymentDatabase>();

        Assert.Equal(["App", "Audit"], database.Names);
        Assert.Equal(["App 0001", "Audit 0001"], (await database.GetMigrationsAsync(Token)).Select(static state => $"{state.Database} {state.Version}"));
        Assert.Equal(["Audit 0001"], (await database.Of("audit").GetMigrationsAsync(Token)).Select(static state => $"{state.Database} {state.Version}"));
        Assert.Contains("--database NAME", (await Assert.ThrowsAsync<DeploymentException>(() => database.CreateBackupAsync(Token))).Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'Audit'", (await Assert.ThrowsAsync<DeploymentException>(() => database.Of("Adit").CreateBackupAsync(Token))).Message, StringComparison.Ordinal);

        var backup = await database.Of("Audit").CreateBackupAsync(Token);
        Execute(AuditFile, "INSERT INTO log (what) VALUES ('a')");
        Assert.Equal([backup.Name], database.Of("Audit").GetBackups().Select(static known => known.Name).Take(1));
        Assert.DoesNotContain(database.Of("App").GetBackups(), known => known.Name == backup.Name);

        var deployer = host.Services.GetRequiredService<Deployer>();
        Assert.Equal(DeploymentOutcome.Refused, (await deployer.RestoreAsync(backup.Name, new RestoreRequest { AcceptDataLoss = true }, Token)).Outcome);
        var restored = await deployer.RestoreAsync(backup.Name, new RestoreRequest { AcceptDataLoss = true, Database = "Audit" }, Token);
        Assert.True(restored.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', restored.Messages));
        Assert.Equal(0L, Scalar(AuditFile, "SELECT count(*) FROM log"));
        Assert.Equal(1L, Scalar(_app.Database, "SELECT count(*) FROM items"));

        var pruned = await database.Of("Audit").PruneBackupsAsync(new PruneBackupsRequest { Keep = 1 }, Token);
        Assert.True(pruned.Outcome is DeploymentOutcome.Succeeded or DeploymentOutcome.NothingToDo, string.Join('\n', pruned.Messages));
        Assert.Single(database.Of("App").GetBackups());
        var verified = await host.Services.GetRequiredService<DeploymentHistory>().VerifyJournalAsync(null, Token);
        Assert.True(verified.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', verified.Messages));
    }

    [Fact]
    public async Task A_database_without_a_history_is_baselined_by_its_name()
    {
        Execute(AuditFile, "CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT)");
        using (var host = _app.Build())
        {
            var database = host.Services.GetRequiredService<DeploymentDatabase>();
            var done = await database.Of("Audit").BaselineAsync(new BaselineRequest { Version = "0001", Reason = "was there" }, Token);
            Assert.True(done.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', done.Messages));
            Assert.StartsWith("1 migration counts as applied in 'Development'", Assert.Single(done.Messages).Text, StringComparison.Ordinal);
        }

        var up = await UpAsync();
        Assert.Equal(["App"], up.Plan!.Migrations.Select(static migration => migration.Database));

        Execute(AuditFile, "DELETE FROM deployment_migrations");
        var refused = await _app.UpAsync("2.0.0");
        Assert.Contains("deploy migrations take-over --database Audit --environment Development", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
        using (var host = _app.Build())
        {
            var taken = await host.Services.GetRequiredService<DeploymentDatabase>().Of("Audit").TakeOverAsync("made anew", Token);
            Assert.True(taken.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', taken.Messages));
        }

        Execute(AuditFile, "DROP TABLE log");
        await UpAsync("2.0.0");
        Assert.Equal(["log"], Tables(AuditFile));
    }

    [Fact]
    public async Task Both_are_rehearsed_judged_and_waited_for()
    {
        _app.Configure = static deployment => { Both(deployment); deployment.GuardSchema(SchemaOnStart.VerifyOnly); };
        using var host = _app.Build();
        var database = host.Services.GetRequiredService<DeploymentDatabase>();

        var report = await database.RehearseAsync(Token);
        Assert.True(report.IsProven);
        Assert.Equal(["App", "Audit"], report.Migrations.Select(static migration => migration.Database));
        Audit("0002_gone", "DROP TABLE log;", null);
        var judged = await database.LintMigrationsAsync(new LintMigrationsRequest { All = true }, Token);
        Assert.Contains(judged.Messages, static message => message.File == Path.Combine("audit", "0002_gone.sql"));
        File.Delete(Path.Combine(_app.Folder, "audit", "0002_gone.sql"));

        _app.Configure = static _ => { };
        await UpAsync();
        _app.Configure = static deployment => { Both(deployment); deployment.GuardSchema(SchemaOnStart.VerifyOnly); };
        using var behind = _app.Build();
        var start = await Assert.ThrowsAsync<DeploymentException>(() => behind.StartAsync(Token));
        Assert.Contains("Audit: 0001_log not applied", start.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_plan_in_the_journal_is_read_as_it_was_written()
    {
        var up = await UpAsync();
        using var host = _app.Build();
        DeploymentRun? run = null;
        await foreach (var each in host.Services.GetRequiredService<DeploymentHistory>().GetRunsAsync(cancellationToken: Token)) run = each;
        Assert.Equal(RunState.Succeeded, run!.State);

        using var planned = JsonDocument.Parse(File.ReadLines(_app.JournalFile()).First(static line => line.Contains("\"runPlanned\"", StringComparison.Ordinal)));
        Assert.Contains("\"databases\":[{\"name\":\"App\"", planned.RootElement.ToString(), StringComparison.Ordinal);
        Assert.Equal(up.Plan!.Hash, JsonSerializer.Deserialize<JsonElement>(planned.RootElement.GetRawText()).GetProperty("data").GetProperty("plan").GetProperty("hash").GetString());
    }

    [Fact]
    public async Task Steps_of_the_app_stand_before_and_behind_all_of_them()
    {
        _app.Configure = static deployment =>
        {
            Both(deployment);
            deployment
                .AddCommandStep("first", "true", [], static o => o.Before = DeploymentSteps.Migrate)
                .AddCommandStep("between", "true", [], static o => o.Before = "migrate:Audit")
                .AddCommandStep("last", "true", [], static o => o.After = DeploymentSteps.Migrate);
        };

        var up = await UpAsync();

        Assert.Equal(
            ["first", "migrate:App", "between", "migrate:Audit", "last"],
            up.Plan!.Steps.Select(static step => step.Name).Where(static name => name is "first" or "between" or "last" || name.StartsWith("migrate", StringComparison.Ordinal)));
    }

    private static void Both(DeploymentBuilder deployment) =>
        deployment.UseSqlite(SqliteFactory.Instance, "Audit").AddMigrations("Audit", static m => m.FromDirectory("audit"));

    private async Task<DeploymentResult> UpAsync(string release = "1.0.0")
    {
        var up = await _app.UpAsync(release);
        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', up.Messages));
        return up;
    }

    private void Audit(string name, string up, string? down)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_app.Folder, "audit")).FullName;
        File.WriteAllText(Path.Combine(folder, name + ".sql"), up);
        if (down is not null) File.WriteAllText(Path.Combine(folder, name + ".down.sql"), down);
    }

    private static void Execute(string file, string sql) => _ = Scalar(file, sql);

    private static object? Scalar(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static string[] Tables(string file) =>
        [.. ((Scalar(file, "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name)") as string) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(static name => !name.StartsWith("deployment_", StringComparison.Ordinal))];
}
