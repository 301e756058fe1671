namespace Deployment.Toolkit.Tests.Backup;

public sealed class BackupByTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_command_takes_it_before_anything_is_migrated()
    {
        if (OperatingSystem.IsWindows()) return;

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", "DROP TABLE more;");
        _app.Configure = deployment => deployment.BackupBy("/bin/cp", [_app.Database, Path.Combine(_app.Folder, "snapshot-{environment}-{release}-{run}.db")]);

        var planned = await PlanAsync();
        Assert.Contains(planned.Plan!.Steps, static step => step.Name == DeploymentSteps.BackUp && step.Effect.Contains("'/bin/cp'", StringComparison.Ordinal) && step.Effect.Contains("does not put back", StringComparison.Ordinal));
        var result = await _app.UpAsync("2.0.0");
        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.True(File.Exists(Path.Combine(_app.Folder, $"snapshot-Development-2.0.0-{result.Run!.Id}.db")));
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(_app.Folder, ".deployment"), "*.db", SearchOption.AllDirectories), path => path.Contains(result.Run.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_fails_leaves_everything_as_it_was()
    {
        if (OperatingSystem.IsWindows()) return;

        _app.Configure = static deployment => deployment.BackupBy("/bin/false", []);
        var result = await _app.UpAsync();
        Assert.Equal(DeploymentOutcome.Failed, result.Outcome);
        Assert.Empty(_app.Tables());
    }

    [Fact]
    public async Task Code_of_the_apps_takes_it_and_what_it_throws_is_the_end()
    {
        var taken = new List<string>();
        _app.Configure = deployment => deployment.BackupBy("the storage's snapshot", (context, _) =>
        {
            taken.Add(context.RunId);
            context.Write("snapshot 17");
            return taken.Count == 2 ? throw new IOException("no room") : Task.CompletedTask;
        });
        var result = await _app.UpAsync();
        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal([result.Run!.Id], taken);

        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", "DROP TABLE more;");
        Assert.Equal(DeploymentOutcome.Failed, (await _app.UpAsync("2.0.0")).Outcome);
        Assert.DoesNotContain("more", _app.Tables());
    }

    [Fact]
    public async Task What_nothing_puts_back_makes_a_migration_without_a_way_back_irreversible()
    {
        _app.Configure = static deployment => deployment.BackupBy("the storage's snapshot", static (_, _) => Task.CompletedTask);
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", null);
        var planned = await PlanAsync();
        Assert.Contains(planned.Plan!.Risks, static risk => risk.Contains("the storage's snapshot takes backups, which the deployment does not put back", StringComparison.Ordinal));
        Assert.Contains(planned.Plan.Steps, static step => step.Name == DeploymentSteps.Migrate && step.Irreversible is not null);

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
        var refused = await _app.RollbackAsync();
        Assert.Equal((DeploymentOutcome.Refused, "DTK7403"), (refused.Outcome, refused.Messages[0].Code));
        Assert.Contains("there is no backup that a rollback could restore: the storage's snapshot takes backups", refused.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_puts_it_back_once_the_loss_is_accepted()
    {
        if (OperatingSystem.IsWindows()) return;

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", null);
        var snapshot = Path.Combine(_app.Folder, "snapshot-{run}.db");
        _app.Configure = deployment => deployment.BackupBy("/bin/cp", [_app.Database, snapshot], b => b.Restore = ["/bin/cp", snapshot, _app.Database]);
        _app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy("no");

        var stopped = await _app.UpAsync("2.0.0");
        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        var message = Assert.Single(stopped.Messages.Concat(stopped.Run!.Messages).Distinct(), static message => message.Code == "DTK7018");
        Assert.Contains("can't be told. Nothing was restored", message.Text, StringComparison.Ordinal);
        Assert.Contains("more", _app.Tables());

        var back = await _app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request with { AcceptDataLoss = true }, token), "2.0.0");
        Assert.Equal(DeploymentOutcome.RolledBack, back.Outcome);
        Assert.DoesNotContain("more", _app.Tables());
    }

    [Fact]
    public async Task One_that_ends_well_and_restored_nothing_is_found_out()
    {
        if (OperatingSystem.IsWindows()) return;

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", null);
        _app.Configure = static deployment => deployment.BackupBy("/bin/true", [], static b => b.Restore = ["/bin/true"]);
        _app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy("no");
        await _app.UpAsync("2.0.0");
        var back = await _app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request with { AcceptDataLoss = true }, token), "2.0.0");
        Assert.Equal(DeploymentOutcome.NeedsAttention, back.Outcome);
        Assert.Contains(back.Messages.Concat(back.Run!.Messages), static message => message.Code == "DTK7404" && message.Text.Contains("ended well", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Said_beside_WithoutBackup_it_is_a_contradiction()
    {
        _app.Configure = static deployment => deployment.WithoutBackup("nothing is worth it").BackupBy("/bin/true", []);
        var refused = await _app.UpAsync();
        Assert.Equal((DeploymentOutcome.Refused, "DTK7006"), (refused.Outcome, refused.Messages[0].Code == "DTK7006" ? "DTK7006" : refused.Messages[0].ToString()));
    }

    [Fact]
    public async Task How_long_one_may_take_stands_in_the_plan_and_is_a_time()
    {
        _app.Configure = static deployment => deployment.ConfigureBackups(static b => b.WaitAtMost = TimeSpan.FromHours(3));
        Assert.Equal(10800, (await PlanAsync()).Plan!.Steps.Single(static step => step.Name == DeploymentSteps.BackUp).TimeoutSeconds);

        _app.Configure = static deployment => deployment.ConfigureBackups(static b => b.WaitAtMost = TimeSpan.Zero);
        Assert.Equal(DeploymentOutcome.Refused, (await PlanAsync()).Outcome);
    }

    private Task<DeploymentResult> PlanAsync() => _app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token), "2.0.0");
}
