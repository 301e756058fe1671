using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Rollback;

/// <summary>Which backup a rollback takes, and when it takes it.</summary>
public sealed class BackupChoiceTests
{
    [Fact]
    public async Task Backups_are_in_the_order_of_the_journal_whatever_clocks_said()
    {
        using var app = await TwoReleasesAsync();
        var older = Backups(app)[0];
        await app.UpAsync("2.0.1");
        app.Migration("0003_more", "ALTER TABLE items ADD COLUMN more TEXT;", down: null);
        await app.UpAsync("3.0.0");
        var description = older.File + ".json";
        File.WriteAllText(description, Regex.Replace(File.ReadAllText(description), "\"takenAt\": \"....", "\"takenAt\": \"2999"));

        var backups = Backups(app);

        Assert.Equal(2999, backups.Single(backup => backup.Name == older.Name).TakenAt.Year);
        Assert.Equal(older.Name, backups[1].Name);
    }

    [Theory]
    [InlineData(".db")]
    [InlineData(".db.json")]
    public async Task A_damaged_newest_one_gives_way_to_an_older_one_of_the_same_schema_and_the_plan_says_so(string part)
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        using (var host = app.Build()) await host.Services.GetRequiredService<DeploymentDatabase>().CreateBackupAsync(TestContext.Current.CancellationToken);
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", down: null);
        await app.UpAsync("2.0.0");
        var (newest, older) = (Backups(app)[0], Backups(app)[1]);
        File.WriteAllText(newest.File[..^3] + part, "damaged");

        var plan = await app.RunAsync(static (deployer, request, token) => deployer.RollbackAsync(request with { DryRun = true }, token));

        Assert.True(plan.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', plan.Messages));
        Assert.Equal(older.Name, plan.Plan!.Backup);
        Assert.Contains(plan.Plan.Risks, risk => risk.Contains(older.Name, StringComparison.Ordinal) && risk.Contains(newest.Name, StringComparison.Ordinal));
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RollbackAsync()).Outcome);
        Assert.DoesNotContain("title", (string)app.Scalar("SELECT sql FROM sqlite_master WHERE name = 'items'")!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_goes_on_with_an_accepted_loss_is_told_what_was_written_by_then_and_where_it_is()
    {
        using var app = await TwoReleasesAsync();
        app.Scalar("INSERT INTO items (name) VALUES ('accepted')");
        using (var killed = new CancellationTokenSource())
        {
            app.OnProgress = progress =>
            {
                if (progress is { Kind: ProgressKind.StepStarted, Step: "revert migrate" }) killed.Cancel();
            };
            var interrupted = await app.RunAsync(static (deployer, request, token) => deployer.RollbackAsync(request with { AcceptDataLoss = true }, token), cancellationToken: killed.Token);
            Assert.Equal(DeploymentOutcome.Cancelled, interrupted.Outcome);
        }

        app.Scalar("INSERT INTO items (name) VALUES ('meanwhile'), ('and more')");
        var told = new List<string>();
        app.OnProgress = progress => told.Add(progress.Text);
        var resumed = await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));

        Assert.True(resumed.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', resumed.Messages));
        var kept = $"{resumed.Run!.Id}-before";
        Assert.Contains(told, line => line.Contains($"kept the database as it was as backup {kept}, which alone has at least 3 rows (items: 3) that were written since", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_old_release_goes_live_only_once_its_database_is_back()
    {
        using var app = await TwoReleasesAsync();
        app.Scalar("INSERT INTO items (name) VALUES ('since')");
        var plan = (await app.RunAsync(static (deployer, request, token) => deployer.RollbackAsync(request with { DryRun = true, AcceptDataLoss = true }, token))).Plan!;
        var names = plan.Steps.Select(static step => step.Name).ToList();
        Assert.True(names.IndexOf("revert migrate") < names.IndexOf(DeploymentSteps.Activate), string.Join(", ", names));

        app.Migration("0003_more", "ALTER TABLE items ADD COLUMN more TEXT;", down: null);
        app.Configure = static deployment => deployment.UseActivator<Nothing>();
        app.Health = HealthCheckResult.Unhealthy();
        app.Progress.Clear();
        Assert.Equal(DeploymentOutcome.RolledBack, (await app.UpAsync("3.0.0")).Outcome);
        Assert.Equal(
            [DeploymentSteps.Migrate, DeploymentSteps.Activate],
            app.Progress.Where(static progress => progress is { Kind: ProgressKind.StepDone, IsWayBack: true }).Select(static progress => progress.Step));
    }

    [Fact]
    public async Task By_down_scripts_the_code_goes_back_before_the_schema_that_it_needs()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", "ALTER TABLE items DROP COLUMN title;");
        await app.UpAsync("2.0.0");

        var plan = (await app.RunAsync(static (deployer, request, token) => deployer.RollbackAsync(request with { DryRun = true }, token))).Plan!;

        var names = plan.Steps.Select(static step => step.Name).ToList();
        Assert.True(names.IndexOf("revert migrate") > names.IndexOf(DeploymentSteps.Activate), string.Join(", ", names));
    }

    private static IReadOnlyList<BackupInfo> Backups(TestApp app)
    {
        using var host = app.Build();
        return host.Services.GetRequiredService<DeploymentDatabase>().GetBackups();
    }

    private static async Task<TestApp> TwoReleasesAsync()
    {
        var app = TestApp.WithMigrations();
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("1.0.0")).Outcome);
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", down: null);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
        return app;
    }

    private sealed class Nothing : ReleaseActivator
    {
        public override string Description => "does nothing";

        public override Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task<Release?> CurrentAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult<Release?>(null);
    }
}
