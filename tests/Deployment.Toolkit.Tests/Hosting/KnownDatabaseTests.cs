using Deployment.Toolkit.Composition;
using Deployment.Toolkit.KillApp;
using Deployment.Toolkit.Preflight;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Hosting;

/// <summary>The database that the journal knows is compared with the one that is there, before anything begins.</summary>
public sealed class KnownDatabaseTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();

    public KnownDatabaseTests()
    {
        _app.Configure = static deployment => deployment.AddEnvironments(static e => e.Add("Development").Add("Testing"));
        _app.Settings["ConnectionStrings:App"] = $"Data Source={_app.Database};Pooling=False";
    }

    public void Dispose() => _app.Dispose();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_environment_on_the_same_database_is_refused_by_every_verb_that_begins_something()
    {
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);

        foreach (var verb in Verbs()) Refused("DTK7419", "bears the stamp of environment", await _app.RunAsync(verb, environment: "Testing"));
        Assert.Equal(1L, _app.Scalar("SELECT count(*) FROM items"));
        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.UpAsync()).Outcome);
    }

    [Fact]
    public async Task A_database_is_taken_over_on_purpose_and_then_refused_where_it_came_from()
    {
        await _app.UpAsync();
        Assert.Equal(DeploymentOutcome.Succeeded, (await TakeOverAsync("Testing")).Outcome);

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync(environment: "Testing")).Outcome);
        Assert.Equal(1L, _app.Scalar("SELECT count(*) FROM items"));
        Refused("DTK7419", "bears the stamp of environment", await _app.UpAsync("2.0.0"));
        Assert.Equal(DeploymentOutcome.NothingToDo, (await TakeOverAsync("Testing")).Outcome);
        Assert.Contains("because the test says so", await File.ReadAllTextAsync(_app.JournalFile("testing"), CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_whose_journal_was_lost_is_refused_until_it_is_taken_over()
    {
        await _app.UpAsync();
        Directory.Delete(Path.Combine(_app.Folder, ".deployment"), recursive: true);

        Refused("DTK7419", "'Development' has none yet", await _app.UpAsync());
        await TakeOverAsync("Development");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
    }

    [Fact]
    public async Task A_database_that_bears_no_stamp_yet_is_told_by_its_history()
    {
        await _app.UpAsync();
        _app.Scalar("DROP TABLE deployment_stamp");

        foreach (var verb in Verbs()) Refused("DTK7415", "belongs to another journal", await _app.RunAsync(verb, environment: "Testing"));
        Assert.Equal(DeploymentOutcome.Succeeded, (await TakeOverAsync("Testing")).Outcome);
        Refused("DTK7419", "bears the stamp of environment 'Testing'", await _app.UpAsync("2.0.0"));
    }

    [Fact]
    public async Task A_database_that_is_gone_is_not_made_anew_in_silence()
    {
        await _app.UpAsync();
        File.Delete(_app.Database);

        foreach (var verb in Verbs()) Refused("DTK7416", "does not exist", await _app.RunAsync(verb));
        Assert.False(File.Exists(_app.Database));

        await TakeOverAsync("Development");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        Assert.Equal(1L, _app.Scalar("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task An_empty_database_in_its_place_is_refused()
    {
        await _app.UpAsync();
        File.Delete(_app.Database);
        _app.Scalar("CREATE TABLE other (id INTEGER)");

        foreach (var verb in Verbs()) Refused("DTK7416", "has no migrations at all", await _app.RunAsync(verb));
        Assert.Equal(["other"], _app.Tables());
    }

    [Fact]
    public async Task An_older_copy_in_its_place_is_refused_and_a_backup_may_replace_it()
    {
        await _app.UpAsync();
        File.Copy(_app.Database, _app.Database + ".old");
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        await _app.UpAsync("2.0.0");
        using (var host = _app.Build())
            await host.Services.GetRequiredService<DeploymentDatabase>().CreateBackupAsync(CancellationToken);
        File.Move(_app.Database + ".old", _app.Database, overwrite: true);

        foreach (var verb in Verbs()) Refused("DTK7416", "lacks 0002: it is an older copy", await _app.RunAsync(verb, "3.0.0"));
        var backup = Path.GetFileNameWithoutExtension(Directory.GetFiles(Path.Combine(_app.Folder, ".deployment", "development", "backups"), "manual-*.db").Single());
        var restored = await _app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup, request with { AcceptDataLoss = true }, token), "2.0.0");
        Assert.Equal(DeploymentOutcome.Succeeded, restored.Outcome);
        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.UpAsync("2.0.0")).Outcome);
    }

    [Fact]
    public async Task A_newer_database_than_the_journal_knows_is_refused()
    {
        await _app.UpAsync();
        var journal = await File.ReadAllBytesAsync(_app.JournalFile(), CancellationToken);
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        await _app.UpAsync("2.0.0");
        await File.WriteAllBytesAsync(_app.JournalFile(), journal, CancellationToken);
        // With the head of an older copy beside it, as a folder that was put back from a backup has it.
        File.Delete(Path.Combine(Path.GetDirectoryName(_app.JournalFile())!, "head.json"));

        var messages = (await _app.UpAsync("2.0.0")).Messages;
        Assert.Contains(messages, static m => m.Code == "DTK7416" && m.Text.Contains("has 0002 besides: it is newer than the journal", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_deployment_that_was_rolled_back_leaves_the_database_that_the_journal_knows()
    {
        await _app.UpAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        _app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy();
        Assert.Equal(DeploymentOutcome.RolledBack, (await _app.UpAsync("2.0.0")).Outcome);

        _app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Healthy();
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.RollbackAsync(acceptDataLoss: true)).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("3.0.0")).Outcome);
    }

    [Fact]
    public async Task A_relative_file_lies_in_the_content_root_whatever_folder_the_process_is_in()
    {
        _app.Settings["ConnectionStrings:App"] = "Data Source=relative.db;Pooling=False";

        var result = await _app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));
        Assert.Contains(result.Messages, m => m.Code == "DTK7418" && m.Severity == MessageSeverity.Warning && m.Text.Contains(Path.Combine(_app.Folder, "relative.db"), StringComparison.Ordinal));
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        Assert.True(File.Exists(Path.Combine(_app.Folder, "relative.db")));
        Assert.False(File.Exists("relative.db"));
    }

    private static IEnumerable<Func<Deployer, VerbRequest, CancellationToken, Task<DeploymentResult>>> Verbs() =>
    [
        static (deployer, request, token) => deployer.CheckAsync(request, token),
        static (deployer, request, token) => deployer.PlanAsync(request, token),
        static (deployer, request, token) => deployer.UpAsync(request, token),
        static (deployer, request, token) => deployer.RollbackAsync(request, token),
    ];

    private static void Refused(string code, string text, DeploymentResult result)
    {
        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        Assert.Contains(result.Messages, m => m.Code == code && m.Severity == MessageSeverity.Error && m.Text.Contains(text, StringComparison.Ordinal));
    }

    private async Task<DeploymentResult> TakeOverAsync(string environment)
    {
        using var host = _app.Build(environment);
        return await host.Services.GetRequiredService<DeploymentDatabase>().TakeOverAsync("because the test says so", CancellationToken);
    }

    // Of several that start at once the journal is read by one before another makes its first record, and the database after that.
    [Fact]
    public async Task What_another_process_did_since_the_journal_was_read_is_no_other_journals()
    {
        using var app = TestApp.WithMigrations();
        using var host = app.Build();
        var factory = host.Services.GetRequiredService<DeploymentPartsFactory>();
        var before = await factory.LookAsync(factory.Environment, TestContext.Current.CancellationToken);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync()).Outcome);
        var stale = new Intention(factory, factory.Environment, RunKind.Up, before) { Parts = factory.Create(null) };

        Assert.Empty(await new DatabaseCheck().FindAsync(stale, TestContext.Current.CancellationToken));
        Assert.NotEmpty(await new DatabaseCheck().FindAsync(stale with { HasLock = true }, TestContext.Current.CancellationToken));
    }
}
