using System.Text.Json;
using Deployment.Toolkit.CommandLine.Output;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

public sealed class OutcomeTests : IDisposable
{
    private static readonly string[] Up = ["up", "--environment", "Development", "--release", "1.0.0+abc", "--output", "json"];

    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData(DeploymentOutcome.Succeeded, 0)]
    [InlineData(DeploymentOutcome.NothingToDo, 0)]
    [InlineData(DeploymentOutcome.RolledBack, 1)]
    [InlineData(DeploymentOutcome.Failed, 1)]
    [InlineData(DeploymentOutcome.Refused, 2)]
    [InlineData(DeploymentOutcome.NeedsAttention, 3)]
    [InlineData(DeploymentOutcome.Cancelled, 130)]
    public void Each_outcome_has_its_exit_code(DeploymentOutcome outcome, int code) => Assert.Equal(code, new VerbReport(outcome, null, []).ExitCode);

    [Fact]
    public async Task Up_succeeds_and_has_nothing_to_do_the_second_time()
    {
        AssertEnded(await _app.RunAsync(Up), 0, "succeeded");
        AssertEnded(await _app.RunAsync(Up), 0, "nothingToDo");
    }

    [Fact]
    public async Task A_release_that_is_not_healthy_is_rolled_back()
    {
        _app.Health = HealthCheckResult.Unhealthy("no reader");
        var json = AssertEnded(await _app.RunAsync(Up), 1, "rolledBack");

        Assert.Contains(json.GetProperty("messages").EnumerateArray(), static message => message.GetProperty("code").GetString() == "DTK7501");
        Assert.Contains(json.GetProperty("run").GetProperty("steps").EnumerateArray(), static step => step.GetProperty("state").GetString() == "reverted");
    }

    [Fact]
    public async Task A_failure_before_anything_was_changed_is_just_that()
    {
        using var app = new TestApp { Health = HealthCheckResult.Unhealthy("no reader") };
        AssertEnded(await app.RunAsync(Up), 1, "failed");
    }

    [Fact]
    public async Task A_way_back_that_fails_needs_attention()
    {
        _app.Configure = static deployment => deployment.AddStep<OneWay>();
        _app.Health = HealthCheckResult.Unhealthy("no reader");
        AssertEnded(await _app.RunAsync(Up), 3, "needsAttention");

        var status = await _app.RunAsync("status", "--output", "json");
        Assert.Equal(0, status.ExitCode);
        Assert.Equal("needsAttention", status.Json.GetProperty("environments")[0].GetProperty("openRun").GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_cancelled_run_can_be_resumed()
    {
        using var source = new CancellationTokenSource();
        _app.Configure = static deployment => deployment.AddStep<WarmUp>();
        _app.Cancellation = source.Token;
        WarmUp.Work.Value = async token =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        };
        AssertEnded(await _app.RunAsync(Up), 130, "cancelled");

        _app.Cancellation = CancellationToken.None;
        WarmUp.Work.Value = null;
        AssertEnded(await _app.RunAsync("resume", "--environment", "Development", "--mark-not-done", "warm up", "--output", "json"), 0, "succeeded");
    }

    [Fact]
    public async Task Rollback_goes_back_and_unhold_lets_the_release_in_again()
    {
        AssertEnded(await _app.RunAsync(Up), 0, "succeeded");
        AssertEnded(await _app.RunAsync("up", "--environment", "Development", "--release", "1.1.0", "--output", "json"), 0, "succeeded");
        AssertEnded(await _app.RunAsync("rollback", "--environment", "Development", "--output", "json"), 0, "succeeded");
        AssertEnded(await _app.RunAsync("up", "--environment", "Development", "--release", "1.1.0", "--output", "json"), 2, "refused");
        AssertEnded(await _app.RunAsync("unhold", "--environment", "Development", "--release", "9", "--reason", "mended", "--output", "json"), 0, "nothingToDo");
        AssertEnded(await _app.RunAsync("unhold", "--environment", "Development", "--reason", "mended", "--output", "json"), 0, "succeeded");
        AssertEnded(await _app.RunAsync("up", "--environment", "Development", "--release", "1.1.0", "--output", "json"), 0, "succeeded");
    }

    [Fact]
    public async Task Health_exits_with_1_when_a_deployment_would_not_pass()
    {
        AssertEnded(await _app.RunAsync("health", "--output", "json"), 0, "succeeded");
        _app.Health = HealthCheckResult.Degraded("slow");
        AssertEnded(await _app.RunAsync("health", "--output", "json"), 1, "failed");
    }

    [Fact]
    public async Task Health_shows_no_secret_that_a_check_repeats()
    {
        _app.ConfigureHost = static builder => builder.Configuration["ConnectionStrings:Other"] = "Host=db;Password=canary-0815";
        _app.Health = HealthCheckResult.Unhealthy("no answer with Password=canary-0815", new InvalidOperationException("canary-0815"));

        var text = await _app.RunAsync("health");
        var json = await _app.RunAsync("health", "--output", "json");

        Assert.Contains("no answer with Password=***", text.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", text.Out + text.Error + json.Out + json.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_ran_ends_with_the_exit_code_that_it_set()
    {
        var before = Environment.ExitCode;
        try
        {
            var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
            var host = builder.Build();
            var lifetime = (Microsoft.Extensions.Hosting.IHostApplicationLifetime)host.Services.GetService(typeof(Microsoft.Extensions.Hosting.IHostApplicationLifetime))!;
            lifetime.ApplicationStarted.Register(() =>
            {
                Environment.ExitCode = 7;
                lifetime.StopApplication();
            });

            Assert.Equal(7, await host.RunDeploymentAsync([]));
        }
        finally
        {
            Environment.ExitCode = before;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_app_that_is_told_to_end_while_it_starts_ends_and_one_that_cancels_its_own_start_fails(bool isTold)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddHostedService(services => new Starting(services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>(), isTold));

        var run = builder.Build().RunDeploymentAsync([]);

        if (isTold) Assert.Equal(Environment.ExitCode, await run);
        else await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    // Waits at its start for what does not come.
    private sealed class Starting(Microsoft.Extensions.Hosting.IHostApplicationLifetime lifetime, bool isTold) : Microsoft.Extensions.Hosting.IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (!isTold) throw new OperationCanceledException();
            lifetime.StopApplication();
            return Task.Delay(Timeout.Infinite, cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Fact]
    public async Task A_journal_that_was_changed_is_refused()
    {
        AssertEnded(await _app.RunAsync(Up), 0, "succeeded");
        var journal = Directory.GetFiles(Path.Combine(_app.Root, ".deployment"), "journal.jsonl", SearchOption.AllDirectories)[0];
        await File.WriteAllTextAsync(journal, (await File.ReadAllTextAsync(journal, TestContext.Current.CancellationToken)).Replace("1.0.0", "1.0.1", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        AssertEnded(await _app.RunAsync("verify-journal", "--environment", "Development", "--output", "json"), 2, "refused");
        AssertEnded(await _app.RunAsync("status", "--output", "json"), 2, "refused");
    }

    [Fact]
    public async Task Check_reports_every_fault()
    {
        _app.WithMigration("0002_bad", "VACUUM;\n");
        Assert.Equal(2, (await _app.RunAsync("check", "--environment", "Development", "--output", "json")).ExitCode);
    }

    [Fact]
    public async Task An_error_that_nobody_expected_is_a_message_and_not_a_stack_trace()
    {
        _app.ConfigureHost = static builder => builder.Services.AddSingleton<Deployer>(static _ => throw new NotSupportedException("not on Sundays"));
        var ran = await _app.RunAsync("check");

        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("error DTK7602: 'deploy check' met an error that nobody expected: System.NotSupportedException: not on Sundays.", ran.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_a_deployment_is_told_to_add_one()
    {
        using var host = Host.CreateApplicationBuilder().Build();
        var ran = await _app.RunAsync(host, ["status"]);

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("error DTK7006: The host has no deployment. Call builder.AddDeployment()", ran.Out, StringComparison.Ordinal);
    }

    private static JsonElement AssertEnded(Ran ran, int code, string outcome)
    {
        Assert.Equal(outcome, ran.Json.GetProperty("outcome").GetString());
        Assert.Equal(code, ran.ExitCode);
        Assert.Equal(code, ran.Json.GetProperty("exitCode").GetInt32());
        return ran.Json;
    }
}
