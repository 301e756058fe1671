using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>What the verbs say of an app with two databases, whose migrations lie in the folders that the names call for.</summary>
public sealed class SeveralDatabasesTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();

    public SeveralDatabasesTests()
    {
        Directory.CreateDirectory(Path.Combine(_app.Root, "Migrations", "Audit", "sqlite"));
        _app.Write("Migrations/Audit/0001_log.sql", "CREATE TABLE log (id INTEGER PRIMARY KEY);\n");
        _app.Write("Migrations/Audit/0001_log.down.sql", "DROP TABLE log;\n");
        _app.Write("Migrations/Audit/sqlite/0002_who.sql", "ALTER TABLE log ADD COLUMN who TEXT;\n");
        _app.ConfigureHost = builder => builder.Configuration["ConnectionStrings:Audit"] = $"Data Source={Path.Combine(_app.Root, "audit.db")};Pooling=False";
        _app.Configure = static deployment => deployment.UseSqlite(SqliteFactory.Instance, "Audit").AddMigrations("Audit");
    }

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Every_row_and_every_object_names_its_database()
    {
        var plan = await _app.RunAsync("plan", "--environment", "Development", "--sql");
        Assert.Equal(0, plan.ExitCode);
        foreach (var text in (string[])["migrate:Audit", "Audit: 0001_log", "SQL of Audit: 0002_who", "migration Audit: 0002_who has no way back of its own"])
            Assert.Contains(text, plan.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("DTK7309", plan.Out + plan.Error, StringComparison.Ordinal);

        var json = (await _app.RunAsync("plan", "--environment", "Development", "--output", "json")).Json.GetProperty("plan");
        Assert.Equal(["restoreBackup"], json.GetProperty("databases").EnumerateArray().Skip(1).Select(static database => database.GetProperty("wayBack").GetString()));
        Assert.Equal(["Audit", "Audit"], json.GetProperty("migrations").EnumerateArray().Skip(1).Select(static migration => migration.GetProperty("database").GetString()));

        Assert.Equal(0, (await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0")).ExitCode);
        var list = await _app.RunAsync("migrations", "list", "--database", "Audit", "--environment", "Development", "--output", "json");
        Assert.Equal(["0001 Audit", "0002 Audit"], list.Json.GetProperty("migrations").EnumerateArray().Select(static m => $"{m.GetProperty("version").GetString()} {m.GetProperty("database").GetString()}"));
        var backups = await _app.RunAsync("backup", "create", "--environment", "Development", "--output", "json");
        Assert.Equal(2, backups.Json.GetProperty("backups").EnumerateArray().Select(static backup => backup.GetProperty("database").GetString()).Distinct().Count());
        Assert.Contains("DATABASE", (await _app.RunAsync("backup", "list", "--environment", "Development")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verb_about_one_asks_which_and_a_new_migration_gets_into_its_folder()
    {
        var asked = await _app.RunAsync("migrations", "baseline", "0001", "--environment", "Development", "--reason", "was there");
        Assert.Equal(2, asked.ExitCode);
        Assert.Contains("Say which with --database NAME", asked.Out + asked.Error, StringComparison.Ordinal);
        var unknown = await _app.RunAsync("migrations", "list", "--database", "Adit", "--environment", "Development");
        Assert.Contains("Did you mean 'Audit'?", unknown.Out + unknown.Error, StringComparison.Ordinal);

        var added = await _app.RunAsync("migrations", "add", "more", "--database", "Audit", "--environment", "Development");
        Assert.Equal(0, added.ExitCode);
        Assert.True(File.Exists(Path.Combine(_app.Root, "Migrations", "Audit", "0003_more.sql")), added.Out);
    }
}
