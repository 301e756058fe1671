using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.KillApp;
using Deployment.Toolkit.Tests.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Rollback;

/// <summary>What somebody wanted before they waited for the lock is done under it only where it is still what they wanted.</summary>
public sealed class MeanwhileTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Of_two_people_who_roll_back_at_once_one_goes_back_and_the_other_no_further()
    {
        await ReleasesAsync(3);
        var other = await WhileItWaitsAsync(Back, async () => await SucceedsAsync(Back));

        AssertOvertaken(other, "(rollback of release 2.0.0)");
        Assert.Equal(("2.0.0", 1), (await LiveAsync(), await RollbacksAsync()));
        Assert.Contains("of_2", _app.Tables());
    }

    [Fact]
    public async Task A_rollback_that_waited_for_a_deployment_does_not_take_it_back()
    {
        await ReleasesAsync(3);
        AssertOvertaken(await WhileItWaitsAsync(Back, () => ReleasesAsync(4, first: 4)), "(up of release 4.0.0)");
        Assert.Equal(("4.0.0", 0), (await LiveAsync(), await RollbacksAsync()));
    }

    [Fact]
    public async Task A_rollback_that_saw_a_deployment_under_way_does_not_take_it_back()
    {
        await ReleasesAsync(2);
        AssertOvertaken(await WhileRunningAsync(Back, "3.0.0"), "(up of release 3.0.0)");
        Assert.Equal(("3.0.0", 0), (await LiveAsync(), await RollbacksAsync()));
    }

    // Whoever typed it wanted to be rid of what was under way, and not of what was there before.
    [Fact]
    public async Task Nor_what_is_there_when_the_deployment_that_it_saw_has_gone_back_by_itself()
    {
        await ReleasesAsync(2);
        _app.Migration("1003_of", "CREATE TABLE of_3 (id INTEGER PRIMARY KEY);", "DROP TABLE of_3;");
        _app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy("no reader");
        var refused = await WhileRunningAsync(Back, "3.0.0", DeploymentOutcome.RolledBack);
        AssertOvertaken(refused, "(up of release 3.0.0)");
        Assert.Equal(("2.0.0", 0), (await LiveAsync(), await RollbacksAsync()));
    }

    [Fact]
    public async Task One_that_names_its_release_does_not_leave_another_than_was_live()
    {
        await ReleasesAsync(3);
        AssertOvertaken(await WhileItWaitsAsync(To("1.0.0"), () => ReleasesAsync(4, first: 4)), "(up of release 4.0.0)");
        Assert.Equal("4.0.0", await LiveAsync());
    }

    [Fact]
    public async Task Where_nothing_ended_meanwhile_it_goes_on()
    {
        await ReleasesAsync(3);
        Assert.Equal(DeploymentOutcome.Succeeded, (await WhileItWaitsAsync(Back, static () => Task.CompletedTask)).Outcome);
        Assert.Equal("2.0.0", await LiveAsync());
    }

    [Fact]
    public async Task A_release_that_is_put_on_hold_meanwhile_sends_nobody_past_it()
    {
        await ReleasesAsync(3);
        var refused = await WhileItWaitsAsync(Back, async () =>
        {
            using var host = _app.Build();
            Assert.Equal(DeploymentOutcome.Succeeded, (await host.Services.GetRequiredService<DeploymentHistory>().HoldAsync("2.0.0", "it leaks", CancellationToken.None)).Outcome);
        });

        Assert.Equal((DeploymentOutcome.Refused, "DTK7017"), (refused.Outcome, Assert.Single(refused.Messages).Code));
        Assert.StartsWith("This rollback was to go to release 2.0.0, and would go to 1.0.0 now", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal("3.0.0", await LiveAsync());
    }

    [Fact]
    public async Task Migrations_that_came_meanwhile_are_not_undone_with_those_that_were_there()
    {
        await ReleasesAsync(2);
        var down = await WhileItWaitsAsync(static (deployer, request, token) => deployer.MigrateDownAsync(
            new MigrateDownRequest { To = "0001", Reason = "mended", LockTimeout = request.LockTimeout, Progress = request.Progress }, token), () => ReleasesAsync(3, first: 3));

        AssertOvertaken(down, "(up of release 3.0.0)");
        Assert.Contains("of_3", _app.Tables());
    }

    [Fact]
    public async Task A_backup_does_not_take_the_place_of_a_database_that_came_meanwhile()
    {
        await ReleasesAsync(2);
        string backup;
        using (var host = _app.Build())
            backup = (await host.Services.GetRequiredService<DeploymentDatabase>().CreateBackupAsync(TestContext.Current.CancellationToken)).Name;

        AssertOvertaken(await WhileItWaitsAsync((deployer, request, token) => deployer.RestoreAsync(backup, request with { AcceptDataLoss = true }, token), () => ReleasesAsync(3, first: 3)), "(up of release 3.0.0)");
        Assert.Contains("of_3", _app.Tables());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_secret_is_renewed_once_by_two_at_once_and_a_release_that_came_meanwhile_is_none_of_its_business(bool isRenewed)
    {
        using var app = await RenewalApp.CreateAsync();
        var result = await WhileItWaitsAsync(
            app.App,
            static (deployer, request, token) => deployer.RenewSecretAsync("Provider", request, token),
            async () => Assert.Equal(DeploymentOutcome.Succeeded, (isRenewed ? await app.RenewAsync() : await app.App.UpAsync("2.0.0")).Outcome));

        if (isRenewed) AssertOvertaken(result, "(renew of release 1.0.0)");
        else Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(1, app.Issuer.Calls.Count(static call => call == "create"));
    }

    [Fact]
    public async Task A_run_is_not_taken_back_for_another_that_has_ended_meanwhile()
    {
        await ReleasesAsync(1);
        await InterruptAsync("2.0.0");
        var refused = await WhileItWaitsAsync(static (deployer, request, token) => deployer.AbortAsync(request, token), async () =>
        {
            await SucceedsAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));
            await InterruptAsync("3.0.0");
        });

        Assert.Equal((DeploymentOutcome.Refused, "DTK7012"), (refused.Outcome, Assert.Single(refused.Messages).Code));
        Assert.Contains("(up of release 2.0.0)", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("(up of release 3.0.0)", refused.Messages[0].Text, StringComparison.Ordinal);
        await SucceedsAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));
        Assert.Equal("3.0.0", await LiveAsync());
    }

    [Fact]
    public async Task A_hold_that_came_meanwhile_stays()
    {
        await ReleasesAsync(3);
        await SucceedsAsync(Back);
        using var clock = new Waiting();
        await using var held = await LockAsync(_app);
        _app.Clock = clock;
        using var host = _app.Build();
        var unheld = host.Services.GetRequiredService<DeploymentHistory>().UnholdAsync(null, "mended", CancellationToken.None);
        await clock.Begun.Task;
        await ReleaseHolding.AppendAsync(held, new Release("2.0.0"), "it leaks", "somebody");
        await held.DisposeAsync();

        Assert.Equal("Release 3.0.0 is no longer on hold.", Assert.Single((await unheld).Messages).Text);
    }

    [Fact]
    public async Task A_pin_that_came_meanwhile_is_not_lifted()
    {
        await ReleasesAsync(1);
        Pin("2.0.0", "20260101-000000-0001");
        using var clock = new Waiting();
        await using var held = await LockAsync(_app);
        _app.Clock = clock;
        using var host = _app.Build();
        var unpinned = host.Services.GetRequiredService<ConfigurationInspector>().UnpinAsync("mended", CancellationToken.None);
        await clock.Begun.Task;
        Pin("1.0.0", "20260101-000000-0002");
        await held.DisposeAsync();

        Assert.Equal((DeploymentOutcome.Refused, "DTK7021"), ((await unpinned).Outcome, Assert.Single((await unpinned).Messages).Code));
        Assert.Contains("was pinned anew meanwhile, to what 1.0.0 was verified with", (await unpinned).Messages[0].Text, StringComparison.Ordinal);

        void Pin(string release, string run) =>
            File.WriteAllText(Path.Combine(_app.Folder, ".deployment", "development", "pinned.json"), $$"""{ "release": "{{release}}", "run": "{{run}}", "values": { "Shop:Title": "old" }, "removed": [] }""");
    }

    private static Task<DeploymentResult> Back(Deployer deployer, VerbRequest request, CancellationToken cancellationToken) => deployer.RollbackAsync(request, cancellationToken);

    private static Func<Deployer, VerbRequest, CancellationToken, Task<DeploymentResult>> To(string release) => (deployer, request, token) => deployer.RollbackAsync(request with { To = release }, token);

    private static void AssertOvertaken(DeploymentResult result, string run)
    {
        Assert.Equal((DeploymentOutcome.Refused, "DTK7012"), (result.Outcome, Assert.Single(result.Messages).Code));
        Assert.Contains($"{run} ended in 'Development' meanwhile", result.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("'deploy status --environment Development'", result.Messages[0].Text, StringComparison.Ordinal);
    }

    private async Task ReleasesAsync(int last, int first = 1)
    {
        for (var release = first; release <= last; release++)
        {
            _app.Migration($"100{release}_of", $"CREATE TABLE of_{release} (id INTEGER PRIMARY KEY);", $"DROP TABLE of_{release};");
            Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync($"{release}.0.0")).Outcome);
        }
    }

    private async Task SucceedsAsync(Func<Deployer, VerbRequest, CancellationToken, Task<DeploymentResult>> verb)
    {
        var result = await _app.RunAsync(verb);
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', result.Messages));
    }

    private async Task InterruptAsync(string release)
    {
        using var cancel = new CancellationTokenSource();
        _app.OnProgress = progress =>
        {
            if (progress.Kind == ProgressKind.StepStarted) cancel.Cancel();
        };
        Assert.Equal(DeploymentOutcome.Cancelled, (await _app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), release, cancellationToken: cancel.Token)).Outcome);
        _app.OnProgress = static _ => { };
    }

    /// <summary>Somebody holds the lock and has begun no run yet; what comes meanwhile is done when the verb has looked and waits.</summary>
    private Task<DeploymentResult> WhileItWaitsAsync(Func<Deployer, VerbRequest, CancellationToken, Task<DeploymentResult>> verb, Func<Task> meanwhile) =>
        WhileItWaitsAsync(_app, verb, meanwhile);

    private static async Task<DeploymentResult> WhileItWaitsAsync(TestApp app, Func<Deployer, VerbRequest, CancellationToken, Task<DeploymentResult>> verb, Func<Task> meanwhile)
    {
        await using var held = await LockAsync(app);
        app.OnProgress = progress =>
        {
            if (progress.Kind != ProgressKind.Waiting) return;
            app.OnProgress = static _ => { };
            held.DisposeAsync().AsTask().GetAwaiter().GetResult();
            meanwhile().GetAwaiter().GetResult();
        };
        return await app.RunAsync(verb);
    }

    /// <summary>The verb begins while the release is under way, which ends when the verb has looked and waits.</summary>
    private async Task<DeploymentResult> WhileRunningAsync(
        Func<Deployer, VerbRequest, CancellationToken, Task<DeploymentResult>> verb, string release, DeploymentOutcome outcome = DeploymentOutcome.Succeeded)
    {
        Task<DeploymentResult>? waited = null;
        using var waits = new ManualResetEventSlim();
        _app.OnProgress = progress =>
        {
            if (progress.Kind == ProgressKind.Waiting) waits.Set();
            if (progress.Kind != ProgressKind.StepStarted || waited is not null) return;
            waited = Task.Run(() => _app.RunAsync(verb));
            waits.Wait(TestContext.Current.CancellationToken);
        };
        Assert.Equal(outcome, (await _app.UpAsync(release)).Outcome);
        return await waited!;
    }

    private static async Task<JournalSession> LockAsync(TestApp app)
    {
        using var host = app.Build();
        var factory = host.Services.GetRequiredService<DeploymentPartsFactory>();
        return (await JournalSession.TryOpenAsync(factory.StoreOf(factory.Environment), "up", factory.Operator, JournalKey.Throwaway, TimeProvider.System, TestContext.Current.CancellationToken))!;
    }

    private async Task<EnvironmentLedger> LedgerAsync()
    {
        using var host = _app.Build();
        var factory = host.Services.GetRequiredService<DeploymentPartsFactory>();
        return await factory.ReadLedgerAsync(factory.Environment, TestContext.Current.CancellationToken);
    }

    private async Task<string> LiveAsync() => (await LedgerAsync()).Current!.Evidence.Release.Version;

    private async Task<int> RollbacksAsync() => (await LedgerAsync()).Runs.Count(static run => run.Plan.Kind == RunKind.Rollback);

    /// <summary>Tells when somebody pauses for the first time, which who waits for the lock does.</summary>
    private sealed class Waiting : TimeProvider, IDisposable
    {
        internal TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(1)) Begun.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }

        public void Dispose() => Begun.TrySetCanceled();
    }
}
