using Deployment.Toolkit.Composition;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Tests.DatabaseJournal;

/// <summary>Apps whose journal lies in their database.</summary>
public sealed class ForJournalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_another_folder_that_shares_nothing_but_the_database_it_is_deployed_rolled_back_and_told()
    {
        using var data = new TestApp();
        using (var first = App(data.Folder))
        {
            first.Migration("0001_items", "CREATE TABLE items (id INTEGER PRIMARY KEY);", "DROP TABLE items;");
            Assert.Equal(DeploymentOutcome.Succeeded, (await first.UpAsync()).Outcome);
            Assert.False(File.Exists(first.JournalFile()));
        }

        using var second = App(data.Folder);
        second.Migration("0001_items", "CREATE TABLE items (id INTEGER PRIMARY KEY);", "DROP TABLE items;");
        second.Migration("0002_notes", "CREATE TABLE notes (id INTEGER PRIMARY KEY);", "DROP TABLE notes;");
        Assert.Equal("1.0.0", (await StatusAsync(second)).Release?.Version);
        Assert.Equal(DeploymentOutcome.NothingToDo, (await DryAsync(second)).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await second.UpAsync("2.0.0")).Outcome);

        using var third = App(data.Folder);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(second.Folder, "migrations")))
        {
            Directory.CreateDirectory(Path.Combine(third.Folder, "migrations"));
            File.Copy(file, Path.Combine(third.Folder, "migrations", Path.GetFileName(file)));
        }

        Assert.Equal(DeploymentOutcome.Succeeded, (await third.RollbackAsync()).Outcome);
        Assert.Equal("1.0.0", (await StatusAsync(third)).Release?.Version);
        using var host = third.Build();
        var verified = await host.Services.GetRequiredService<DeploymentHistory>().VerifyJournalAsync(null, Token);
        Assert.Equal(DeploymentOutcome.Succeeded, verified.Outcome);
        Assert.Contains("carry a MAC that key", verified.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("It agrees with what is kept outside of its folder: the database's history", verified.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restored_backup_does_not_take_the_journal_back()
    {
        using var app = App(null);
        app.Migration("0001_items", "CREATE TABLE items (id INTEGER PRIMARY KEY);", "DROP TABLE items;");
        await app.UpAsync();
        app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        await app.UpAsync("2.0.0");
        string backup;
        using (var host = app.Build()) backup = host.Services.GetRequiredService<DeploymentDatabase>().GetBackups()[^1].Name;
        var before = await RecordsAsync(app);

        var restored = await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup, request with { AcceptDataLoss = true }, token), "2.0.0");

        Assert.True(restored.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', restored.Messages));
        var after = await RecordsAsync(app);
        Assert.Equal(before, after.Take(before.Count));
        Assert.True(after.Count > before.Count);
    }

    [Fact]
    public async Task A_key_from_a_setting_is_not_kept_in_the_database()
    {
        using var app = App(null, static journal => journal.KeySetting = "Deployment:JournalKey");
        app.Settings["Deployment:JournalKey"] = new string('a', 64);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync()).Outcome);
        using (var connection = new SqliteConnection($"Data Source={app.Database}.deployment/journal.db;Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT content FROM keys";
            Assert.StartsWith("deployment-journal-key-1 elsewhere 0 ", System.Text.Encoding.ASCII.GetString((byte[])command.ExecuteScalar()!), StringComparison.Ordinal);
        }

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
        app.Settings["Deployment:JournalKey"] = new string('b', 64);
        var foreign = await app.UpAsync("3.0.0");
        Assert.Equal(DeploymentOutcome.Refused, foreign.Outcome);
        Assert.Contains("setting Deployment:JournalKey holds key", foreign.Messages[0].Text, StringComparison.Ordinal);
        app.Settings.Remove("Deployment:JournalKey");
        Assert.Contains("Setting Deployment:JournalKey is not there", (await app.UpAsync("3.0.0")).Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Before_a_database_is_named_it_is_refused()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        using var host = builder.AddDeployment().ForJournal().UseSqlite(SqliteFactory.Instance, "App").Host is HostApplicationBuilder own ? own.Build() : throw new InvalidOperationException();
        Assert.Contains("ForJournal() is called before any database was named", host.Services.GetRequiredService<DeploymentModel>().Declarations.Faults[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_of_its_own_beside_a_file_is_refused()
    {
        using var app = new TestApp { Configure = static deployment => deployment.ForJournal(static journal => journal.ConnectionString = "Other") };
        Assert.Contains("beside SQLite the journals have a file of their own", (await app.UpAsync()).Messages[0].Text, StringComparison.Ordinal);
    }

    private static TestApp App(string? data, Action<JournalDatabaseOptions>? journal = null)
    {
        var app = new TestApp { Configure = deployment => deployment.ForJournal(journal) };
        if (data is not null) app.Settings["ConnectionStrings:App"] = $"Data Source={Path.Combine(data, "app.db")};Pooling=False";
        return app;
    }

    private static async Task<EnvironmentStatus> StatusAsync(TestApp app)
    {
        using var host = app.Build();
        return Assert.Single(await host.Services.GetRequiredService<DeploymentHistory>().GetStatusAsync("Development", Token));
    }

    private static async Task<List<string>> RecordsAsync(TestApp app)
    {
        using var host = app.Build();
        var records = new List<string>();
        await foreach (var record in host.Services.GetRequiredService<DeploymentHistory>().GetRecordsAsync(null, Token)) records.Add(record.Hash);
        return records;
    }

    private static async Task<DeploymentResult> DryAsync(TestApp app)
    {
        File.Delete(Path.Combine(app.Folder, "migrations", "0002_notes.sql"));
        File.Delete(Path.Combine(app.Folder, "migrations", "0002_notes.down.sql"));
        var result = await app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request with { DryRun = true }, token));
        app.Migration("0002_notes", "CREATE TABLE notes (id INTEGER PRIMARY KEY);", "DROP TABLE notes;");
        return result;
    }
}
