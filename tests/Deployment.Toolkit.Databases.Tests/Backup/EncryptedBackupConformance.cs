using System.Text;
using System.Text.Json.Nodes;
using Deployment.Toolkit.Databases.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Databases.Tests.Backup;

/// <summary>What encrypted backups owe, whatever database they are of.</summary>
public abstract class EncryptedBackupConformance
{
    private const string Marker = "nobody-may-read-this-text";
    private const string Items = "CREATE TABLE items (id int PRIMARY KEY, name varchar(80) NOT NULL);";

    private static readonly string s_key = new('a', 64);
    private static readonly string s_other = new('b', 64);

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected abstract Task<TargetUnderTest> CreateAsync();

    [Fact]
    public async Task They_are_taken_before_a_migration_told_and_restored()
    {
        await using var database = await CreateAsync();
        using var app = App(database, s_key);
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        await database.ScalarAsync($"INSERT INTO items VALUES (1, '{Marker}')");
        app.Migration("0002_more", "CREATE TABLE more (id int PRIMARY KEY);");
        await app.UpOkAsync("2.0.0");
        var backup = (await BackupsAsync(app))[0];
        Assert.True(backup.IsEncrypted);
        Assert.EndsWith(".enc", backup.File, StringComparison.Ordinal);
        Assert.Equal(["0001"], backup.Schema);
        AssertClear(app);
        await database.ScalarAsync("DELETE FROM items");
        var result = await RestoreAsync(app, backup);
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result));
        Assert.Equal(Marker, await database.ScalarAsync("SELECT name FROM items"));
        AssertClear(app);
        Assert.All(await BackupsAsync(app), static one => Assert.True(one.IsEncrypted));
    }

    [Fact]
    public async Task A_release_that_is_unhealthy_goes_back_by_one()
    {
        await using var database = await CreateAsync();
        using var app = App(database, s_key);
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        await database.ScalarAsync($"INSERT INTO items VALUES (1, '{Marker}')");
        app.Migration("0002_more", "CREATE TABLE more (id int PRIMARY KEY);");
        app.Health = HealthCheckResult.Unhealthy("no");
        var result = await app.UpAsync("2.0.0");
        if (!database.HasTransactionsOfSchema)
            result = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token), "2.0.0", acceptDataLoss: true);
        Assert.True(result.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(result));
        Assert.Equal(Marker, await database.ScalarAsync("SELECT name FROM items"));
        Assert.DoesNotContain("more", await database.TablesAsync(), StringComparison.Ordinal);
        AssertClear(app);
    }

    [Theory]
    [InlineData("altered")]
    [InlineData("truncated")]
    [InlineData("contents")]
    public async Task One_that_was_changed_with_its_description_is_refused(string how)
    {
        await using var database = await CreateAsync();
        using var app = App(database, s_key);
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        var backup = await app.AskAsync(static database => database.CreateBackupAsync(Token));
        await database.ScalarAsync($"INSERT INTO items VALUES (1, '{Marker}')");
        var bytes = await File.ReadAllBytesAsync(backup.File, Token);
        if (how == "altered")
            bytes[^5] ^= 4;
        await File.WriteAllBytesAsync(backup.File, how == "truncated" ? bytes[..^1] : bytes, Token);
        var description = JsonNode.Parse(await File.ReadAllTextAsync(backup.File + ".json", Token))!;
        description["sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(backup.File, Token)));
        if (how == "contents")
            description["schema"] = new JsonArray("0001", "0002");
        await File.WriteAllTextAsync(backup.File + ".json", description.ToJsonString(), Token);
        var refused = await RestoreAsync(app, backup);
        Assert.True(refused.Outcome == DeploymentOutcome.Refused, DeployedApp.TextOf(refused));
        Assert.Equal("DTK7403", refused.Messages[0].Code);
        Assert.Equal(Marker, await database.ScalarAsync("SELECT name FROM items"));
        AssertClear(app);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_backed_up_or_migrated_and_the_call_that_makes_one_is_said()
    {
        await using var database = await CreateAsync();
        using var app = App(database, null);
        app.Migration("0001_items", Items);
        foreach (var refused in (DeploymentResult[])[await app.PlanAsync(), await app.UpAsync()])
        {
            Assert.Equal((DeploymentOutcome.Refused, "DTK7408"), (refused.Outcome, refused.Messages[0].Code));
            Assert.Contains("setting BackupKey, which is not there", refused.Messages[0].Text, StringComparison.Ordinal);
            Assert.Contains("openssl rand -hex 32", refused.Messages[0].Text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("items", await database.TablesAsync(), StringComparison.Ordinal);
        app.Settings["BackupKey"] = "no key at all";
        var wrong = await app.UpAsync();
        Assert.Equal("DTK7408", wrong.Messages[0].Code);
        Assert.DoesNotContain("no key at all", wrong.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_change_and_what_was_taken_before_stays_readable()
    {
        await using var database = await CreateAsync();
        using var app = App(database, s_key);
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        await database.ScalarAsync($"INSERT INTO items VALUES (1, '{Marker}')");
        UseKey(app, false);
        var plain = await app.AskAsync(static database => database.CreateBackupAsync(Token));
        Assert.False(plain.IsEncrypted);
        UseKey(app, true);
        var old = await app.AskAsync(static database => database.CreateBackupAsync(Token));
        await database.ScalarAsync("DELETE FROM items");

        app.Settings["BackupKey"] = s_other;
        var refused = await RestoreAsync(app, old);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7403"), (refused.Outcome, refused.Messages[0].Code));
        Assert.Contains($"key {old.KeyId}", refused.Messages[0].Text, StringComparison.Ordinal);
        UseKey(app, false);
        Assert.Equal("DTK7408", (await RestoreAsync(app, old)).Messages[0].Code);

        UseKey(app, true);
        app.Settings["BackupKey"] = s_other + " " + s_key;
        foreach (var backup in (BackupInfo[])[old, plain])
        {
            var result = await RestoreAsync(app, backup);
            Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result));
            Assert.Equal(Marker, await database.ScalarAsync("SELECT name FROM items"));
            await database.ScalarAsync("DELETE FROM items");
        }

        Assert.NotEqual(old.KeyId, (await app.AskAsync(static database => database.CreateBackupAsync(Token))).KeyId);
    }

    [Fact]
    public async Task One_of_another_environment_is_refused()
    {
        await using var database = await CreateAsync();
        using var app = App(database, s_key);
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        var backup = await app.AskAsync(static database => database.CreateBackupAsync(Token));
        await using var elsewhere = await CreateAsync();
        using var other = App(elsewhere, s_key);
        other.Configure += static deployment => deployment.AddEnvironments(static environments => environments.Add("Staging"));
        other.Migration("0001_items", Items);
        var up = await other.UpAsync(environment: "Staging");
        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(up));
        var staging = Path.Combine(other.Folder, ".deployment", "staging", "backups");
        foreach (var file in (string[])[backup.File, backup.File + ".json"])
            File.Copy(file, Path.Combine(staging, Path.GetFileName(file)));
        var refused = await other.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup.Name, request, token), acceptDataLoss: true, environment: "Staging");
        Assert.True(refused.Outcome == DeploymentOutcome.Refused, DeployedApp.TextOf(refused));
        Assert.Contains("of another environment or database", DeployedApp.TextOf(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pruning_reads_them()
    {
        await using var database = await CreateAsync();
        using var app = App(database, s_key);
        app.Migration("0001_items", Items);
        await app.UpOkAsync();
        for (var i = 0; i < 3; i++)
            await app.AskAsync(static database => database.CreateBackupAsync(Token));
        var pruned = await app.AskAsync(static database => database.PruneBackupsAsync(new PruneBackupsRequest { Keep = 1 }, Token));
        Assert.True(pruned.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(pruned));
        Assert.Equal(3, pruned.Backups!.Count(static decision => decision.IsRemoved));
        Assert.Single(Directory.EnumerateFiles(Folder(app), "*.enc"));
    }

    private static DeployedApp App(TargetUnderTest database, string? key)
    {
        var app = new DeployedApp(database) { TakesBackups = true };
        app.Settings["BackupKey"] = key;
        UseKey(app, true);
        return app;
    }

    private static void UseKey(DeployedApp app, bool isUsed) =>
        app.Configure = isUsed ? static deployment => deployment.ConfigureBackups(static backups => backups.KeySetting = "BackupKey") : static _ => { };

    private static string Folder(DeployedApp app) => Path.Combine(app.Folder, ".deployment", "development", "backups");

    // Neither the text nor anything unpacked lies anywhere below the deployment's folder, also not compressed.
    private static void AssertClear(DeployedApp app)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(app.Folder, ".deployment"), "*", SearchOption.AllDirectories))
            Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Marker)) < 0, file);
        Assert.Equal([".enc", ".json"], Directory.EnumerateFiles(Folder(app)).Select(static file => Path.GetExtension(file)).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateDirectories(Folder(app)));
    }

    private protected static Task<IReadOnlyList<BackupInfo>> BackupsAsync(DeployedApp app) => app.AskAsync(static database => Task.FromResult(database.GetBackups()));

    private static Task<DeploymentResult> RestoreAsync(DeployedApp app, BackupInfo backup) =>
        app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup.Name, request, token), acceptDataLoss: true);
}

public sealed class EncryptedSqliteBackupTests : EncryptedBackupConformance
{
    private protected override Task<TargetUnderTest> CreateAsync() => Task.FromResult<TargetUnderTest>(new SqliteUnderTest());
}

public sealed class EncryptedPostgreSqlBackupTests(PostgreSqlServer server) : EncryptedBackupConformance
{
    private protected override async Task<TargetUnderTest> CreateAsync()
    {
        Assert.SkipUnless(FullRun.IsOn, FullRun.Only);
        return new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
    }
}

public sealed class EncryptedMySqlBackupTests(MySqlServer server) : EncryptedBackupConformance
{
    private protected override async Task<TargetUnderTest> CreateAsync()
    {
        Assert.SkipUnless(FullRun.IsOn, FullRun.Only);
        return new MySqlUnderTest(await server.CreateDatabaseAsync());
    }
}
