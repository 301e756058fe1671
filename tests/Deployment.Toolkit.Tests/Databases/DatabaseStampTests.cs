using Deployment.Toolkit.KillApp;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Databases;

/// <summary>A database says whose it is, and every verb of another environment leaves it alone.</summary>
public sealed class DatabaseStampTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();

    public DatabaseStampTests() => _app.Configure = static deployment => deployment.AddEnvironments(static e => e.Add("Development").Add("Testing"));

    public void Dispose() => _app.Dispose();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_deployment_stamps_the_database_and_later_ones_leave_the_stamp()
    {
        await _app.UpAsync();
        Assert.Equal("Development", _app.Scalar("SELECT environment FROM deployment_stamp"));
        var stamp = _app.Scalar("SELECT stamp || environment_id || stamped_at FROM deployment_stamp");
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        await _app.UpAsync("2.0.0");
        await _app.RollbackAsync(acceptDataLoss: true);

        Assert.Equal(stamp, _app.Scalar("SELECT stamp || environment_id || stamped_at FROM deployment_stamp"));
        Assert.Equal(1L, _app.Scalar("SELECT count(*) FROM deployment_stamp"));
    }

    [Fact]
    public async Task A_database_without_a_row_of_the_history_is_refused_by_its_stamp_alone()
    {
        Share();
        await _app.UpAsync();
        _app.Scalar("DELETE FROM deployment_migrations");

        await RefusedAsync("It is that one's database itself, whatever it is called here");
    }

    [Fact]
    public async Task A_second_name_of_the_same_file_is_the_same_database()
    {
        await _app.UpAsync();
        File.CreateSymbolicLink(_app.DatabaseOf("Testing"), _app.Database);

        await RefusedAsync("It is that one's database itself, whatever it is called here");
    }

    [Fact]
    public async Task A_copy_of_the_file_is_refused_as_a_copy_until_it_is_adopted_and_then_belongs_to_its_environment()
    {
        await _app.UpAsync();
        File.Copy(_app.Database, _app.DatabaseOf("Testing"));

        await RefusedAsync("It is not where that one was: a dump or a file of it that was put here, with its rows");
        Assert.Equal(DeploymentOutcome.Succeeded, (await AdoptAsync("Testing")).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync(environment: "Testing")).Outcome);
        // The one that it was copied from has its own stamp yet.
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
        Assert.Contains("\"stamp\":\"Development\"", await File.ReadAllTextAsync(_app.JournalFile("testing"), CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_was_adopted_is_refused_where_it_came_from()
    {
        Share();
        await _app.UpAsync();
        await AdoptAsync("Testing");

        var refused = await _app.UpAsync("2.0.0");
        Assert.Contains(refused.Messages, static m => m.Code == "DTK7419" && m.Text.Contains("bears the stamp of environment 'Testing'", StringComparison.Ordinal));
        Assert.Equal(DeploymentOutcome.NothingToDo, (await AdoptAsync("Testing")).Outcome);
    }

    [Fact]
    public async Task A_database_from_before_stamps_is_stamped_by_the_next_deployment_and_the_plan_says_so()
    {
        await _app.UpAsync();
        _app.Scalar("DROP TABLE deployment_stamp");

        var plan = await _app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token), "2.0.0");
        Assert.Contains(plan.Plan!.Risks, static risk => risk.Contains("bears no environment's stamp yet: this run stamps it as that of 'Development'", StringComparison.Ordinal));
        await _app.UpAsync("2.0.0");
        Assert.Equal("Development", _app.Scalar("SELECT environment FROM deployment_stamp"));
    }

    [Fact]
    public async Task A_backup_keeps_the_stamp_and_a_restored_one_from_before_it_is_stamped_again()
    {
        await _app.UpAsync();
        var stamp = _app.Scalar("SELECT stamp FROM deployment_stamp");
        var stamped = await BackUpAsync();
        _app.Scalar("DROP TABLE deployment_stamp");
        var bare = await BackUpAsync();

        await RestoreAsync(stamped);
        Assert.Equal(stamp, _app.Scalar("SELECT stamp FROM deployment_stamp"));
        await RestoreAsync(bare);
        Assert.Equal("Development", _app.Scalar("SELECT environment FROM deployment_stamp"));
        Assert.NotEqual(stamp, _app.Scalar("SELECT stamp FROM deployment_stamp"));
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
    }

    [Fact]
    public async Task What_somebody_wrote_into_the_stamp_moves_no_cursor_and_fills_no_screen()
    {
        await _app.UpAsync();
        _app.Scalar($"UPDATE deployment_stamp SET environment_id = 'else', environment = char(27) || '[2J' || '{new string('x', 100_000)}'");

        var message = Assert.Single((await _app.UpAsync("2.0.0")).Messages, static m => m.Code == "DTK7419");
        Assert.DoesNotContain('\e', message.Text);
        Assert.True(message.Text.Length < 2000, message.Text);
    }

    [Fact]
    public async Task An_unfinished_run_of_another_environment_is_not_gone_on_with()
    {
        await _app.UpAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        using var cancel = new CancellationTokenSource();
        _app.OnProgress = told => { if (told.Kind == ProgressKind.StepStarted && told.Step == "migrate") cancel.Cancel(); };
        await _app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), "2.0.0", cancellationToken: cancel.Token);
        // The folder with the journal is put into the other environment's place, and the database is its own.
        Directory.Move(Path.Combine(_app.Folder, ".deployment", "development"), Path.Combine(_app.Folder, ".deployment", "testing"));
        File.Move(_app.Database, _app.DatabaseOf("Testing"));

        foreach (var verb in Going())
        {
            var result = await _app.RunAsync(verb, "2.0.0", "Testing");
            Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
            Assert.Contains(result.Messages, static m => m.Code == "DTK7420" && m.Text.Contains("is that of 'Development'", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_unfinished_run_of_an_environment_of_the_same_name_elsewhere_is_not_gone_on_with()
    {
        using var elsewhere = TestApp.WithMigrations();
        await elsewhere.UpAsync();
        await _app.UpAsync();
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        using var cancel = new CancellationTokenSource();
        _app.OnProgress = told => { if (told.Kind == ProgressKind.StepStarted && told.Step == "migrate") cancel.Cancel(); };
        await _app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), "2.0.0", cancellationToken: cancel.Token);
        // Its journal comes to a machine whose environment has the same name and a database of its own.
        Directory.Delete(Path.Combine(elsewhere.Folder, ".deployment"), recursive: true);
        Directory.Move(Path.Combine(_app.Folder, ".deployment"), Path.Combine(elsewhere.Folder, ".deployment"));
        elsewhere.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");

        foreach (var verb in Going())
        {
            var result = await elsewhere.RunAsync(verb, "2.0.0");
            Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
            Assert.Contains(result.Messages, static m => m.Code == "DTK7419");
        }

        Assert.Equal(["deployment_migrations", "items"], elsewhere.Tables());
    }

    [Fact]
    public async Task A_plan_of_one_environment_is_not_approved_in_another()
    {
        _app.Configure = static deployment => deployment.AddEnvironments(static e => e.Add("Development", static d => d.RequireApprovals(1)).Add("Testing", static t => t.RequireApprovals(1)));
        var of = Deployment.Toolkit.Promotion.ApprovedPlan.HashOf(await PlanAsync("Development"));

        using var host = _app.Build("Testing");
        var refused = await host.Services.GetRequiredService<DeploymentPromotion>().ApproveAsync(new ApproveRequest { Release = "3.0.0", Plan = of }, CancellationToken);
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Contains(refused.Messages, m => m.Code == "DTK7217" && m.Text.Contains($"and {of} is another", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_plan_names_its_environment_and_its_databases_and_its_hash_is_another_elsewhere()
    {
        var bare = await PlanAsync("Development");
        Assert.Null(bare.EnvironmentId);
        Assert.Null(bare.Stamps);
        await _app.UpAsync();
        await _app.UpAsync(environment: "Testing");

        var (one, other) = (await PlanAsync("Development"), await PlanAsync("Testing"));
        Assert.NotEqual(one.EnvironmentId, other.EnvironmentId);
        Assert.NotEqual(one.Stamps![0], other.Stamps![0]);
        Assert.NotEqual(one.Hash, other.Hash);
        // Whatever else is the same.
        Assert.NotEqual(Deployment.Toolkit.Promotion.ApprovedPlan.HashOf(one), Deployment.Toolkit.Promotion.ApprovedPlan.HashOf(one with { EnvironmentId = other.EnvironmentId }));
        Assert.NotEqual(Deployment.Toolkit.Promotion.ApprovedPlan.HashOf(one), Deployment.Toolkit.Promotion.ApprovedPlan.HashOf(one with { Stamps = other.Stamps }));
    }

    private static IEnumerable<Func<Deployer, VerbRequest, CancellationToken, Task<DeploymentResult>>> Going() =>
    [
        static (deployer, request, token) => deployer.ResumeAsync(request, token),
        static (deployer, request, token) => deployer.AbortAsync(request, token),
        static (deployer, request, token) => deployer.UpAsync(request, token),
    ];

    private void Share() => _app.Settings["ConnectionStrings:App"] = $"Data Source={_app.Database};Pooling=False";

    private async Task RefusedAsync(string told)
    {
        foreach (var verb in Verbs())
        {
            var result = await _app.RunAsync(verb, "9.0.0", "Testing");
            Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
            Assert.Contains(result.Messages, m => m.Code == "DTK7419" && m.Text.Contains("bears the stamp of environment 'Development'", StringComparison.Ordinal) && m.Text.Contains(told, StringComparison.Ordinal));
        }
    }

    private static IEnumerable<Func<Deployer, VerbRequest, CancellationToken, Task<DeploymentResult>>> Verbs() =>
    [
        static (deployer, request, token) => deployer.CheckAsync(request, token),
        static (deployer, request, token) => deployer.PlanAsync(request, token),
        static (deployer, request, token) => deployer.UpAsync(request, token),
        static (deployer, request, token) => deployer.RollbackAsync(request, token),
        static (deployer, request, token) => deployer.RestoreAsync("any", request, token),
        static (deployer, request, token) => deployer.MigrateUpAsync(new MigrateUpRequest { Reason = "test", WithoutRelease = true }, token),
        static (deployer, request, token) => deployer.MigrateDownAsync(new MigrateDownRequest { To = "0", Reason = "test", WithoutRelease = true }, token),
    ];

    private async Task<DeploymentPlan> PlanAsync(string environment) =>
        (await _app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token), "3.0.0", environment)).Plan!;

    private async Task<DeploymentResult> AdoptAsync(string environment)
    {
        using var host = _app.Build(environment);
        return await host.Services.GetRequiredService<DeploymentDatabase>().TakeOverAsync("because the test says so", CancellationToken);
    }

    private async Task<string> BackUpAsync()
    {
        using var host = _app.Build();
        return (await host.Services.GetRequiredService<DeploymentDatabase>().CreateBackupAsync(CancellationToken)).Name;
    }

    private async Task RestoreAsync(string backup)
    {
        var result = await _app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup, request with { AcceptDataLoss = true }, token));
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', result.Messages));
    }
}
