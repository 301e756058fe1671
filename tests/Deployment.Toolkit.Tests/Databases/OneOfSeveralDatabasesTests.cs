using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Databases;

/// <summary>What is done with one of an app's databases, App and Audit, while the release stays.</summary>
public sealed class OneOfSeveralDatabasesTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();

    public OneOfSeveralDatabasesTests()
    {
        Audit("0001_log", "CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);", "DROP TABLE log;");
        _app.Settings["ConnectionStrings:Audit"] = $"Data Source={AuditFile};Pooling=False";
        _app.Configure = Both;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string AuditFile => Path.Combine(_app.Folder, "audit.db");

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Migrations_of_one_go_up_and_down_and_the_other_stays()
    {
        Succeeded(await _app.UpAsync());
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        Audit("0002_seen", "CREATE TABLE seen (id INTEGER PRIMARY KEY);", "DROP TABLE seen;");
        Audit("0003_later", "CREATE TABLE later (id INTEGER PRIMARY KEY);", "DROP TABLE later;");
        using var host = _app.Build();
        var deployer = host.Services.GetRequiredService<Deployer>();

        var unnamed = await deployer.MigrateUpAsync(new MigrateUpRequest { To = "0002" }, Token);
        Assert.Equal(DeploymentOutcome.Refused, unnamed.Outcome);
        Assert.Contains("--database NAME", Assert.Single(unnamed.Messages).Text, StringComparison.Ordinal);

        var up = Succeeded(await deployer.MigrateUpAsync(new MigrateUpRequest { To = "0002", Database = "audit" }, Token));
        Assert.Equal(["back up:Audit", "migrate:Audit"], up.Plan!.Steps.Select(static step => step.Name));
        Assert.Equal(["Audit"], up.Plan.Databases!.Select(static database => database.Name));
        Assert.Equal(["log", "seen"], Tables(AuditFile));
        Assert.Equal(["items"], Tables(_app.Database));

        var all = Succeeded(await deployer.MigrateUpAsync(new MigrateUpRequest(), Token));
        Assert.Equal(["App 0002", "Audit 0003"], all.Plan!.Migrations.Select(static migration => $"{migration.Database} {migration.Version}"));
        Assert.Equal(["items", "more"], Tables(_app.Database));

        Assert.Equal(DeploymentOutcome.Refused, (await deployer.MigrateDownAsync(new MigrateDownRequest { To = "0001", Reason = "tried" }, Token)).Outcome);
        Execute(AuditFile, "INSERT INTO later VALUES (1)");
        var loses = await deployer.MigrateDownAsync(new MigrateDownRequest { To = "0001", Reason = "tried", Database = "Audit" }, Token);
        Assert.Contains("Audit: 0003_later may remove at least 1 row", Assert.Single(loses.Messages).Text, StringComparison.Ordinal);
        Assert.Contains("deploy migrations down --to 0001 --database Audit --reason", loses.Messages[0].Text, StringComparison.Ordinal);
        var down = Succeeded(await deployer.MigrateDownAsync(new MigrateDownRequest { To = "0001", Reason = "tried", Database = "Audit", AcceptDataLoss = true }, Token));
        Assert.Equal(["back up:Audit", "revert migrate:Audit"], down.Plan!.Steps.Select(static step => step.Name));
        Assert.Equal(["log"], Tables(AuditFile));
        Assert.Equal(["items", "more"], Tables(_app.Database));

        var after = Succeeded(await _app.UpAsync("2.0.0"));
        Assert.Equal(["Audit 0002", "Audit 0003"], after.Plan!.Migrations.Select(static migration => $"{migration.Database} {migration.Version}"));
        Succeeded(await host.Services.GetRequiredService<DeploymentHistory>().VerifyJournalAsync(null, Token));
    }

    [Fact]
    public async Task A_script_is_of_one_and_what_it_does_there_is_no_surprise()
    {
        Audit("0002_seen", "CREATE TABLE seen (id INTEGER PRIMARY KEY);", "DROP TABLE seen;");
        Succeeded(await _app.UpAsync());
        using var host = _app.Build();
        var database = host.Services.GetRequiredService<DeploymentDatabase>();

        var down = new ScriptMigrationsRequest { IsDown = true, To = "0001" };
        Assert.Contains("--database NAME", (await Assert.ThrowsAsync<DeploymentException>(() => database.ScriptMigrationsAsync(down, Token))).Message, StringComparison.Ordinal);
        var script = await database.Of("Audit").ScriptMigrationsAsync(down, Token);
        Assert.Equal(["0002"], script.Versions);
        Assert.Contains("database Audit", script.Sql.Split('\n')[0], StringComparison.Ordinal);

        // A run of the other database tells nothing of whether the script was run.
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        var deployer = host.Services.GetRequiredService<Deployer>();
        Succeeded(await deployer.MigrateUpAsync(new MigrateUpRequest { Database = "App" }, Token));
        // As sqlite3 does, which alone knows the lines that begin with a dot.
        Execute(AuditFile, string.Join('\n', script.Sql.Split('\n').Where(static line => !line.StartsWith('.'))));
        Assert.Equal(["log"], Tables(AuditFile));

        var up = Succeeded(await _app.UpAsync("2.0.0"));
        Assert.Equal(["Audit 0002"], up.Plan!.Migrations.Select(static migration => $"{migration.Database} {migration.Version}"));
    }

    [Fact]
    public async Task The_versions_of_a_script_for_one_are_missed_in_the_other()
    {
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        Audit("0002_seen", "CREATE TABLE seen (id INTEGER PRIMARY KEY);", "DROP TABLE seen;");
        Succeeded(await _app.UpAsync());
        using (var host = _app.Build())
            await host.Services.GetRequiredService<DeploymentDatabase>().Of("Audit").ScriptMigrationsAsync(new ScriptMigrationsRequest { IsDown = true, To = "0001" }, Token);

        Execute(_app.Database, "DELETE FROM deployment_migrations WHERE version = '0002'");

        var up = await _app.UpAsync("2.0.0");
        Assert.Equal(DeploymentOutcome.Refused, up.Outcome);
        Assert.Contains("--database App", string.Join('\n', up.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_is_to_be_rehearsed_where_the_environment_wants_it()
    {
        _app.Configure = static deployment =>
        {
            Both(deployment);
            deployment.AddEnvironments(static e => e.Add("Development", static d => d.RequireRehearsal()));
        };
        using var host = _app.Build();
        var (database, deployer) = (host.Services.GetRequiredService<DeploymentDatabase>(), host.Services.GetRequiredService<Deployer>());

        Assert.Equal(GateOutcome.Failed, await GateAsync());
        Assert.True((await database.Of("App").RehearseAsync(Token)).IsProven);
        Assert.Equal(GateOutcome.Failed, await GateAsync());
        Assert.True((await database.RehearseAsync(Token)).IsProven);
        Assert.Equal(GateOutcome.Passed, await GateAsync());

        Audit("0001_log", "CREATE TABLE log (id INTEGER PRIMARY KEY, other TEXT);", "DROP TABLE log;");
        Assert.Equal(GateOutcome.Failed, await GateAsync());

        async Task<GateOutcome> GateAsync() =>
            Assert.Single((await deployer.PlanAsync(new PlanRequest(), Token)).Plan!.Gates, static gate => gate.Name == "rehearsal").Outcome;
    }

    [Fact]
    public async Task Encrypted_backups_of_each_are_its_own()
    {
        _app.Settings["BackupKey"] = new string('5', 64);
        _app.Configure = static deployment =>
        {
            Both(deployment);
            deployment.ConfigureBackups(static backups => backups.KeySetting = "BackupKey");
        };
        Succeeded(await _app.UpAsync());
        using var host = _app.Build();
        var database = host.Services.GetRequiredService<DeploymentDatabase>();
        var backup = await database.Of("Audit").CreateBackupAsync(Token);
        Assert.True(backup.KeyId is not null);
        Execute(AuditFile, "INSERT INTO log (what) VALUES ('a')");

        // Under the other's name it is none of its backups.
        var other = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(backup.File))!, "App", Path.GetFileName(backup.File));
        File.Copy(backup.File, other);
        File.Copy(backup.File + ".json", other + ".json");
        var deployer = host.Services.GetRequiredService<Deployer>();
        var foreign = await deployer.RestoreAsync(backup.Name, new RestoreRequest { AcceptDataLoss = true, Database = "App" }, Token);
        Assert.Equal(DeploymentOutcome.Refused, foreign.Outcome);
        Assert.Equal(["items"], Tables(_app.Database));

        Succeeded(await deployer.RestoreAsync(backup.Name, new RestoreRequest { AcceptDataLoss = true, Database = "Audit" }, Token));
        Assert.Equal(0L, Scalar(AuditFile, "SELECT count(*) FROM log"));
    }

    private static void Both(DeploymentBuilder deployment) =>
        deployment.UseSqlite(SqliteFactory.Instance, "Audit").AddMigrations("Audit", static m => m.FromDirectory("audit"));

    private static DeploymentResult Succeeded(DeploymentResult result)
    {
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', result.Messages));
        return result;
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
