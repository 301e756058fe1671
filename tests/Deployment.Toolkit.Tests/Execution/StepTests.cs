using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Execution;

public sealed class StepTests
{
    [Fact]
    public async Task A_failing_step_takes_back_what_was_done_before_it_in_reverse()
    {
        var steps = new ScriptedSteps();
        using var app = steps.App("first", "second", "third");
        steps.Execute["third"] = static _ => throw new InvalidOperationException("no luck");

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Equal(["do first", "do second", "do third", "undo third", "undo second", "undo first"], steps.Calls);
        Assert.Contains("Step 'third' failed: InvalidOperationException: no luck", result.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_is_tried_again_as_often_as_it_was_registered_to_be()
    {
        var steps = new ScriptedSteps { Options = static options => (options.Retries, options.RetryDelay) = (2, TimeSpan.FromMilliseconds(1)) };
        using var app = steps.App("flaky");
        var attempts = 0;
        steps.Execute["flaky"] = _ => ++attempts < 3 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(3, result.Run!.Steps.Single(static step => step.Name == "flaky").Attempts);
    }

    [Fact]
    public async Task An_optional_step_that_fails_is_reported_and_the_run_goes_on()
    {
        var steps = new ScriptedSteps { Options = static options => options.IsRequired = false };
        using var app = steps.App("nice to have");
        steps.Execute["nice to have"] = static _ => throw new InvalidOperationException("no luck");

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(MessageSeverity.Warning, Assert.Single(result.Messages).Severity);
    }

    [Fact]
    public async Task A_step_that_honours_its_token_is_stopped_at_its_timeout()
    {
        var steps = new ScriptedSteps { Options = static options => options.Timeout = TimeSpan.FromMilliseconds(50) };
        using var app = steps.App("slow");
        steps.Execute["slow"] = static token => Task.Delay(Timeout.Infinite, token);

        var result = await app.UpAsync();

        Assert.Equal((DeploymentOutcome.RolledBack, "DTK7202"), (result.Outcome, result.Messages[0].Code));
    }

    [Fact]
    public async Task A_step_that_blocks_and_ignores_its_token_is_left_behind()
    {
        using var release = new ManualResetEventSlim();
        var steps = new ScriptedSteps { Options = static options => options.Timeout = TimeSpan.FromMilliseconds(50), Probe = ProbeOutcome.NotDone };
        using var app = steps.App("deaf");
        steps.Execute["deaf"] = _ =>
        {
            release.Wait(CancellationToken.None);
            return Task.CompletedTask;
        };

        var result = await app.UpAsync();
        release.Set();

        Assert.Equal((DeploymentOutcome.RolledBack, "DTK7203"), (result.Outcome, result.Messages[0].Code));
    }

    [Fact]
    public async Task Cancelled_in_the_middle_the_run_can_be_resumed()
    {
        using var cancel = new CancellationTokenSource();
        var steps = new ScriptedSteps { IsIdempotent = true };
        using var app = steps.App("first", "second");
        steps.Execute["second"] = async token =>
        {
            await cancel.CancelAsync();
            token.ThrowIfCancellationRequested();
        };

        var interrupted = await app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), cancellationToken: cancel.Token);
        steps.Execute.Remove("second");
        var resumed = await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));

        Assert.Equal((DeploymentOutcome.Cancelled, "DTK7206"), (interrupted.Outcome, Assert.Single(interrupted.Messages).Code));
        Assert.Equal(DeploymentOutcome.Succeeded, resumed.Outcome);
        Assert.Equal(["do first", "do second", "do second"], steps.Calls);
    }

    [Fact]
    public async Task A_step_in_doubt_that_nobody_can_tell_stops_the_run_until_a_person_says()
    {
        var steps = new ScriptedSteps();
        using var app = steps.App("mystery");
        await InterruptAsync(app, steps, "mystery");

        var stopped = await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));
        var refused = await app.UpAsync();
        var told = await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request with { MarkDone = ["mystery"] }, token));

        Assert.Equal((DeploymentOutcome.NeedsAttention, "DTK7204"), (stopped.Outcome, Assert.Single(stopped.Messages).Code));
        Assert.Equal((DeploymentOutcome.Refused, "DTK7012"), (refused.Outcome, Assert.Single(refused.Messages).Code));
        Assert.Equal(DeploymentOutcome.Succeeded, told.Outcome);
        Assert.Equal(["do mystery"], steps.Calls);
    }

    [Fact]
    public async Task A_step_interrupted_between_two_tries_is_taken_back_too()
    {
        using var cancel = new CancellationTokenSource();
        var steps = new ScriptedSteps { Options = static options => (options.Retries, options.RetryDelay) = (1, TimeSpan.FromMinutes(1)) };
        using var app = steps.App("half done");
        app.OnProgress = progress =>
        {
            if (progress.Kind == ProgressKind.StepFailed) cancel.Cancel();
        };
        steps.Execute["half done"] = static _ => throw new InvalidOperationException("half way");

        await app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), cancellationToken: cancel.Token);
        await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));

        Assert.Equal(["do half done", "undo half done"], steps.Calls);
    }

    [Fact]
    public async Task A_person_may_say_that_it_was_not_done_and_go_back()
    {
        var steps = new ScriptedSteps();
        using var app = steps.App("first", "mystery");
        await InterruptAsync(app, steps, "mystery");

        var result = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request with { MarkNotDone = ["mystery"] }, token));

        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Equal(["do first", "do mystery", "undo first"], steps.Calls);
    }

    [Fact]
    public async Task A_mark_on_a_step_that_is_not_in_doubt_is_refused()
    {
        var steps = new ScriptedSteps();
        using var app = steps.App("first", "mystery");
        await InterruptAsync(app, steps, "mystery");

        var result = await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request with { MarkDone = ["first"] }, token));

        Assert.Equal((DeploymentOutcome.Refused, "DTK7015"), (result.Outcome, Assert.Single(result.Messages).Code));
    }

    [Fact]
    public async Task Past_the_point_of_no_return_only_the_way_forward_is_offered()
    {
        var steps = new ScriptedSteps();
        using var app = steps.App("last");
        var register = app.Configure;
        app.Configure = deployment => register(deployment.AddStep<ScriptedSteps.Notice>(static s => s.Before = "last"));
        steps.Execute["last"] = static _ => throw new InvalidOperationException("no luck");

        var stopped = await app.UpAsync();
        var aborted = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));
        steps.Execute.Remove("last");
        var resumed = await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));

        Assert.Equal((DeploymentOutcome.NeedsAttention, "DTK7014"), (stopped.Outcome, stopped.Messages[^1].Code));
        Assert.Equal((DeploymentOutcome.Refused, "DTK7014"), (aborted.Outcome, Assert.Single(aborted.Messages).Code));
        Assert.Equal(DeploymentOutcome.Succeeded, resumed.Outcome);
    }

    [Fact]
    public async Task A_way_back_that_fails_stops_and_can_be_taken_up_again()
    {
        var steps = new ScriptedSteps();
        using var app = steps.App("first", "second");
        steps.Execute["second"] = static _ => throw new InvalidOperationException("no luck");
        steps.Revert["first"] = static _ => throw new InvalidOperationException("stuck");

        var stopped = await app.UpAsync();
        steps.Revert.Remove("first");
        var aborted = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));

        Assert.Equal((DeploymentOutcome.NeedsAttention, "DTK7205"), (stopped.Outcome, stopped.Messages[^1].Code));
        Assert.Equal(DeploymentOutcome.RolledBack, aborted.Outcome);
    }

    [Fact]
    public async Task A_secret_that_a_step_lets_slip_reaches_neither_journal_nor_message()
    {
        var steps = new ScriptedSteps();
        using var app = steps.App("leaky");
        app.Settings["Provider:ApiKey"] = "canary-4711";
        app.Settings["ConnectionStrings:Other"] = "Host=db;Password=canary-0815";
        steps.Execute["leaky"] = static _ => throw new InvalidOperationException("refused for canary-4711 with canary-0815");

        var result = await app.UpAsync();

        Assert.DoesNotContain(result.Messages, static message => message.Text.Contains("canary", StringComparison.Ordinal));
        Assert.DoesNotContain("canary", await File.ReadAllTextAsync(app.JournalFile()), StringComparison.Ordinal);
        Assert.DoesNotContain(app.Progress, static progress => progress.Text.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_among_a_commands_arguments_reaches_neither_plan_nor_journal()
    {
        using var app = new TestApp();
        app.Settings["Provider:ApiKey"] = "canary-4711";
        app.Configure = static deployment => deployment.AddCommandStep("call", "/bin/true", ["--key=canary-4711"], static c => c.Revert = ["/bin/true", "canary-4711"]);

        var result = await app.UpAsync();

        Assert.Contains(result.Plan!.Steps, static step => step.Effect == "run /bin/true --key=***" && step.WayBack == "run /bin/true ***");
        Assert.DoesNotContain("canary", await File.ReadAllTextAsync(app.JournalFile()), StringComparison.Ordinal);
        Assert.DoesNotContain(app.Progress, static progress => progress.Text.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_error_that_nobody_expected_in_the_middle_of_a_run_says_that_it_is_unfinished()
    {
        using var app = TestApp.WithMigrations();
        var clock = new BreakableClock();
        app.Configure = deployment => deployment.Host.Services.AddSingleton<TimeProvider>(clock);
        app.OnProgress = progress => clock.IsBroken = progress is { Kind: ProgressKind.StepStarted, Step: DeploymentSteps.Migrate };

        var result = await app.UpAsync();

        Assert.Equal((DeploymentOutcome.NeedsAttention, "DTK7602", RunState.Unfinished), (result.Outcome, Assert.Single(result.Messages).Code, result.Run?.State));
        Assert.Contains("the clock stopped. Its stack trace stands in the log of category Deployment.Toolkit.Deployer. It is not finished. Go on with 'deploy resume --environment Development'", result.Messages[0].Text, StringComparison.Ordinal);

        clock.IsBroken = false;
        app.OnProgress = static _ => { };
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token))).Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_binary_that_lacks_what_is_still_to_be_applied_does_not_go_on_and_leaves_the_run_as_it_is(bool byUp)
    {
        using var app = TestApp.WithMigrations();
        using var cancel = new CancellationTokenSource();
        app.OnProgress = progress => { if (progress is { Kind: ProgressKind.StepStarted, Step: DeploymentSteps.Migrate }) cancel.Cancel(); };
        Assert.Equal(DeploymentOutcome.Cancelled, (await app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), cancellationToken: cancel.Token)).Outcome);
        app.OnProgress = static _ => { };
        app.Migration("0001_items", "CREATE TABLE others (id INTEGER PRIMARY KEY);", "DROP TABLE others;");

        var refused = await app.RunAsync((deployer, request, token) => byUp ? deployer.UpAsync(request, token) : deployer.ResumeAsync(request, token));

        Assert.Equal((DeploymentOutcome.Refused, "DTK7302"), (refused.Outcome, Assert.Single(refused.Messages).Code));
        app.Migration("0001_items", "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO items (name) VALUES ('one');", "DROP TABLE items;");
        var resumed = await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));
        Assert.True(resumed.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', resumed.Messages));
        Assert.Contains("items", app.Tables());
    }

    [Fact]
    public async Task A_timeout_of_somebody_elses_is_not_taken_for_a_cancelled_command()
    {
        using var app = new TestApp();
        app.Configure = static deployment => deployment.AddStep<AsksTooLong>();

        var result = await app.UpAsync();

        Assert.Equal((DeploymentOutcome.Failed, "DTK7602"), (result.Outcome, Assert.Single(result.Messages).Code));
    }

    [Theory]
    [InlineData("10675199.00:00:00", "00:00:01")]
    [InlineData("00:01:00", "2.00:00:00")]
    public async Task Patience_that_no_timer_has_is_refused_before_anything_begins(string timeout, string retryDelay)
    {
        using var app = new ScriptedSteps
        {
            Options = options => (options.Timeout, options.RetryDelay, options.Retries) =
                (TimeSpan.Parse(timeout, CultureInfo.InvariantCulture), TimeSpan.Parse(retryDelay, CultureInfo.InvariantCulture), 1),
        }.App("patient");

        var result = await app.UpAsync();

        Assert.Equal((DeploymentOutcome.Refused, "DTK7015"), (result.Outcome, Assert.Single(result.Messages).Code));
        Assert.Contains("to 30 days at most", result.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_and_plans_are_the_same_in_every_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," }, DateTimeFormat = { TimeSeparator = "." } };
            using var app = new ScriptedSteps { Options = static options => options.Timeout = TimeSpan.FromMilliseconds(50), Execute = { ["slow"] = static token => Task.Delay(Timeout.Infinite, token) } }.App("slow");
            Assert.Contains("timeout of 0.05 s", (await app.UpAsync()).Messages[0].Text, StringComparison.Ordinal);

            using var other = new TestApp();
            await other.UpAsync();
            Assert.Matches(@" \d\d:\d\d UTC ", (await other.UpAsync(environment: "Staging")).Plan!.Gates[0].Reason);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    private sealed class AsksTooLong : DeploymentStep
    {
        public override string Name => "asks too long";

        public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) =>
            throw new TaskCanceledException("The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.");

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Fact]
    public async Task A_step_placed_by_one_that_is_not_there_is_refused_with_a_suggestion()
    {
        using var app = TestApp.WithMigrations();
        app.Configure = static deployment => deployment.AddCommandStep("mine", "true", [], static c => c.After = "migrat");

        var result = await app.UpAsync();

        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        Assert.Contains("Did you mean 'migrate'?", Assert.Single(result.Messages).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_may_have_passed_its_point_of_no_return_is_not_turned_by_hand(bool isInterrupted)
    {
        using var cancel = new CancellationTokenSource();
        using var app = new TestApp();
        var send = new Sending { Work = token => isInterrupted ? cancel.CancelAsync().ContinueWith(_ => token.ThrowIfCancellationRequested(), TaskScheduler.Default) : throw new InvalidOperationException("half sent") };
        app.Configure = deployment =>
        {
            deployment.Host.Services.AddSingleton(send);
            deployment.AddStep<Send>();
        };
        await app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), cancellationToken: cancel.Token);

        var aborted = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));
        send.Work = static _ => Task.CompletedTask;
        var resumed = await app.RunAsync((deployer, request, token) => deployer.ResumeAsync(request with { MarkNotDone = isInterrupted ? ["send"] : [] }, token));

        Assert.Equal(isInterrupted ? "DTK7204" : "DTK7014", Assert.Single(aborted.Messages).Code);
        Assert.False(aborted.Run?.IsGoingBack ?? false);
        Assert.Equal(DeploymentOutcome.Succeeded, resumed.Outcome);
    }

    private static async Task InterruptAsync(TestApp app, ScriptedSteps steps, string step)
    {
        using var cancel = new CancellationTokenSource();
        steps.Execute[step] = async token =>
        {
            await cancel.CancelAsync();
            token.ThrowIfCancellationRequested();
        };
        await app.RunAsync(static (deployer, request, token) => deployer.UpAsync(request, token), cancellationToken: cancel.Token);
        steps.Execute.Remove(step);
    }

    private sealed class Sending
    {
        internal required Func<CancellationToken, Task> Work { get; set; }
    }

    [Irreversible("the customers have read it")]
    private sealed class Send(Sending sending) : DeploymentStep
    {
        public override string Name => "send";

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => sending.Work(cancellationToken);
    }

    private sealed class BreakableClock : TimeProvider
    {
        internal bool IsBroken { get; set; }

        public override long GetTimestamp() => IsBroken ? throw new IOException("the clock stopped") : base.GetTimestamp();
    }
}
