using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Tests.Execution;

/// <summary>What is left behind of what went wrong: a stack trace in the log, its secrets masked, and a report that says where to look.</summary>
public sealed class FailureTests
{
    private const string Password = "hunter2-in-a-message";

    [Fact]
    public async Task What_a_step_threw_stands_in_the_log_with_its_stack_trace_and_its_secrets_masked()
    {
        using var log = new RecordedLog();
        var steps = new ScriptedSteps();
        using var app = App(steps, log);
        steps.Execute["first"] = static _ => throw new InvalidOperationException($"login with {Password} failed", new IOException($"also {Password}"));

        var result = await app.UpAsync();

        Assert.Contains("InvalidOperationException: login with *** failed. Its stack trace stands in the log of category Deployment.Toolkit.Deployer.", result.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("Warning Deployment.Toolkit.Deployer", log.Text, StringComparison.Ordinal);
        Assert.Contains($"   at {typeof(FailureTests).FullName}", log.Text, StringComparison.Ordinal);
        Assert.Contains("System.IO.IOException: also ***", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_way_back_threw_stands_in_the_log_too()
    {
        using var log = new RecordedLog();
        var steps = new ScriptedSteps();
        using var app = App(steps, log);
        steps.Execute["second"] = static _ => throw new InvalidOperationException("no luck");
        steps.Revert["first"] = static _ => Thrown(Password);

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.NeedsAttention, result.Outcome);
        Assert.Contains($"(way back: True) threw at attempt", log.Text, StringComparison.Ordinal);
        Assert.Contains(nameof(Thrown), log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_probe_threw_stands_in_the_log_and_the_report_says_so()
    {
        using var log = new RecordedLog();
        using var cancel = new CancellationTokenSource();
        using var app = new TestApp { Configure = deployment => log.AddTo(deployment.AddStep<Unsure>().Host.Services) };
        app.OnProgress = progress =>
        {
            if (progress is { Kind: ProgressKind.StepStarted, Step: "unsure" }) cancel.Cancel();
        };

        await app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), cancellationToken: cancel.Token);
        var stopped = await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));

        Assert.Equal("DTK7204", Assert.Single(stopped.Messages).Code);
        Assert.Contains("its probe failed: InvalidOperationException: cannot look. Its stack trace stands in the log", stopped.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains($"   at {typeof(FailureTests).FullName}", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_health_check_threw_stands_in_the_log_once_and_the_report_says_so()
    {
        using var log = new RecordedLog();
        using var app = new TestApp();
        app.Settings["Db:Password"] = Password;
        app.Configure = deployment =>
        {
            log.AddTo(deployment.Host.Services);
            deployment.Host.Services.AddHealthChecks().AddCheck("broken", static () => throw new InvalidOperationException($"login with {Password} failed"));
        };

        var result = await app.UpAsync();

        Assert.Contains("'broken' is unhealthy: login with *** failed (stack traces stand in the log of category Deployment.Toolkit.Deployer).", result.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("Warning Deployment.Toolkit.Deployer: Health check broken threw: System.InvalidOperationException: login with *** failed", log.Text, StringComparison.Ordinal);
        Assert.Contains($"   at {typeof(FailureTests).FullName}", log.Text, StringComparison.Ordinal);
        Assert.Equal(2, log.Text.Split("Health check broken threw").Length);
        Assert.DoesNotContain(Password, log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_dependency_threw_stands_in_the_log_and_the_report_says_so()
    {
        using var log = new RecordedLog();
        using var app = new TestApp();
        app.Settings["Db:Password"] = Password;
        app.Configure = deployment => log.AddTo(deployment.AddDependency("mail", static (_, _) => throw new InvalidOperationException($"login with {Password} failed")).Host.Services);

        var check = await app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request with { Online = true }, token));

        Assert.Contains("InvalidOperationException: login with *** failed. Its stack trace stands in the log of category Deployment.Toolkit.Deployer.", Assert.Single(check.Messages).Text, StringComparison.Ordinal);
        Assert.Contains("Dependency mail could not be used: System.InvalidOperationException: login with *** failed", log.Text, StringComparison.Ordinal);
        Assert.Contains($"   at {typeof(FailureTests).FullName}", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_watches_and_fails_at_it_stops_no_healthy_run()
    {
        using var log = new RecordedLog();
        var steps = new ScriptedSteps();
        using var app = App(steps, log);
        app.OnProgress = static _ => throw new InvalidOperationException($"the window is closed {Password}");

        var result = await app.UpAsync();

        Assert.Equal((DeploymentOutcome.Succeeded, 0), (result.Outcome, result.Messages.Count));
        Assert.Equal(2, log.Text.Split("Whoever watches the progress failed").Length);
        Assert.DoesNotContain(Password, log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_watches_and_cancels_what_is_not_theirs_stops_no_healthy_run()
    {
        var steps = new ScriptedSteps();
        using var app = steps.App("first");
        app.OnProgress = static _ => throw new OperationCanceledException("the window is closed");

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync()).Outcome);
    }

    [Fact]
    public async Task A_logger_that_throws_stops_no_healthy_run()
    {
        var steps = new ScriptedSteps { Options = static options => options.IsRequired = false };
        using var full = new FullLog();
        using var app = steps.App("first");
        steps.Execute["first"] = static _ => throw new InvalidOperationException("to have something to log");
        var configure = app.Configure;
        app.Configure = deployment =>
        {
            deployment.Host.Services.AddLogging(logging => logging.AddProvider(full));
            configure(deployment);
        };

        var result = await app.UpAsync();

        Assert.Equal((DeploymentOutcome.Succeeded, true), (result.Outcome, full.WasAsked));
    }

    private static TestApp App(ScriptedSteps steps, RecordedLog log)
    {
        var app = steps.App("first", "second");
        app.Settings["Mail:Password"] = Password;
        var configure = app.Configure;
        app.Configure = deployment =>
        {
            log.AddTo(deployment.Host.Services);
            configure(deployment);
        };
        return app;
    }

    private static Task Thrown(string text) => throw new InvalidOperationException(text);

    private sealed class Unsure : DeploymentStep
    {
        public override string Name => "unsure";

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

        public override Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("cannot look.");
    }

    private sealed class FullLog : ILoggerProvider, ILogger
    {
        internal bool WasAsked { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            WasAsked = true;
            throw new IOException("the disk is full");
        }

        public void Dispose()
        {
        }
    }
}
