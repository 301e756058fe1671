using System.Text.Json;
using Deployment.Toolkit.Notifications;
using Deployment.Toolkit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Notifications;

/// <summary>How runs end is told at least once, whatever receivers do, and no run depends on them.</summary>
public sealed class NoticeTests : IDisposable
{
    private readonly TestApp _app = new();
    private readonly Receiver _receiver = new();

    public NoticeTests()
    {
        _app.Settings["Notifications:Ops"] = _receiver.Address;
        _app.Configure = static deployment => deployment.AddWebhook("ops", "Notifications:Ops");
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _app.Dispose();
    }

    [Fact]
    public async Task Each_run_is_told_once_as_what_it_was()
    {
        await UpAsync("1.0.0+aaaaaaa1");
        await UpAsync("1.1.0+aaaaaaa2");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.RollbackAsync()).Outcome);
        _app.Health = HealthCheckResult.Unhealthy("no");
        Assert.Equal(DeploymentOutcome.Failed, (await _app.UpAsync("1.2.0+aaaaaaa3")).Outcome);

        var events = _receiver.Taken.Select(static posted => JsonDocument.Parse(posted.Body).RootElement).ToList();
        Assert.Equal(
            ["dev.cdevents.service.deployed.0.3.0", "dev.cdevents.service.upgraded.0.3.0", "dev.cdevents.service.rolledback.0.3.0", "dev.cdevents.pipelinerun.finished.0.3.0"],
            events.Select(static one => one.GetProperty("type").GetString()!));
        Assert.Equal(4, events.Select(static one => one.GetProperty("id").GetString()).Distinct().Count());
        Assert.All(_receiver.Taken, static posted => Assert.Equal("application/cloudevents+json; charset=utf-8", posted.ContentType));
        Assert.Equal("failure", events[3].GetProperty("data").GetProperty("subject").GetProperty("content").GetProperty("outcome").GetString());
        Assert.Empty(await WaitingAsync());
    }

    [Fact]
    public async Task What_ended_before_anybody_listened_is_nobodys_news()
    {
        var configure = _app.Configure;
        _app.Configure = static _ => { };
        await UpAsync("1.0.0");
        _app.Configure = configure;
        await UpAsync("1.1.0");
        Assert.Single(_receiver.Taken);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(404)]
    [InlineData(302)]
    public async Task A_receiver_that_fails_fails_no_run_shows_in_status_and_gets_it_once_when_it_is_back(int status)
    {
        _receiver.Answer = _ => status;
        await UpAsync("1.0.0");
        await UpAsync("1.1.0");
        var waiting = Assert.Single(await WaitingAsync());
        Assert.Equal(("ops", 2), (waiting.Receiver, waiting.Count));
        Assert.Contains($"It answered {status}.", waiting.LastError, StringComparison.Ordinal);

        _receiver.Answer = static _ => 202;
        Assert.Equal(DeploymentOutcome.Succeeded, (await SendAsync()).Outcome);
        Assert.Equal(["1.0.0", "1.1.0"], _receiver.Taken.Select(static posted => JsonDocument.Parse(posted.Body).RootElement.GetProperty("data").GetProperty("customData").GetProperty("version").GetString()!));
        Assert.Empty(await WaitingAsync());
        Assert.Equal(DeploymentOutcome.NothingToDo, (await SendAsync()).Outcome);
    }

    [Fact]
    public async Task One_that_fails_for_a_moment_is_asked_again_at_once()
    {
        _receiver.Answer = static call => call == 1 ? 503 : 200;
        await UpAsync("1.0.0");
        Assert.Equal((2, 1), (_receiver.Calls, _receiver.Taken.Count));
    }

    [Fact]
    public async Task Whoever_says_when_to_come_again_is_not_asked_before()
    {
        (_receiver.Answer, _receiver.RetryAfter) = (static _ => 429, "1800");
        await UpAsync("1.0.0");
        await UpAsync("1.1.0");
        Assert.Equal(1, _receiver.Calls);
        Assert.Equal(2, Assert.Single(await WaitingAsync()).Count);
    }

    [Fact]
    public async Task One_that_hangs_holds_up_a_command_for_a_while_and_no_other_receiver()
    {
        using var other = new Receiver();
        _app.Settings["Notifications:Other"] = other.Address;
        _app.Configure = static deployment => deployment.AddWebhook("other", "Notifications:Other").AddWebhook("ops", "Notifications:Ops");
        _receiver.Answer = static _ => -1;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await UpAsync("1.0.0");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), watch.Elapsed.ToString());
        Assert.Single(other.Taken);
        Assert.Equal("ops", Assert.Single(await WaitingAsync()).Receiver);
    }

    [Fact]
    public async Task One_that_is_not_there_and_one_without_an_address_say_so_without_the_address()
    {
        _receiver.Dispose();
        _app.Configure = static deployment => deployment.AddWebhook("ops", "Notifications:Ops").AddSlack("team", "Notifications:None");
        await UpAsync("1.0.0");
        var waiting = await WaitingAsync();
        Assert.Equal(2, waiting.Count);
        Assert.Contains(waiting, one => one is { Receiver: "ops", LastError: { } error } && error.Contains($"127.0.0.1:{_receiver.Port}", StringComparison.Ordinal));
        Assert.Contains(waiting, static one => one is { Receiver: "team", LastError: { } error } && error.Contains("Setting Notifications:None", StringComparison.Ordinal));
        Assert.All(waiting, static one => Assert.DoesNotContain("canary", one.LastError, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_observer_of_the_apps_own_is_told_and_what_it_throws_is_its_own()
    {
        var own = new List<DeploymentNotice>();
        _app.Configure = deployment =>
        {
            deployment.Host.Services.AddSingleton(own);
            deployment.AddObserver<Own>();
        };
        await UpAsync("1.0.0");
        Assert.Equal((NoticeKind.Deployed, "1.0.0"), (own[0].Kind, own[0].Release.Version));
        Assert.StartsWith("Succeeded in ", own[0].Outcome, StringComparison.Ordinal);
        own.Clear();
        await UpAsync("9.9.9");
        Assert.Contains("InvalidOperationException: not that one", Assert.Single(await WaitingAsync()).LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_secret_is_in_what_is_sent_or_kept()
    {
        var slack = new Receiver();
        _app.Settings["Notifications:Slack"] = slack.Address;
        _app.Settings["Shop:Password"] = "canary-password-72";
        _app.Configure = static deployment => deployment.AddWebhook("ops", "Notifications:Ops").AddSlack("team", "Notifications:Slack").AddTeams("teams", "Notifications:Slack")
            .AddCommandStep("leak", "sh", ["-c", "echo canary-password-72 $0; exit 1", "canary-token-71"]);
        _receiver.Answer = static call => call < 4 ? 500 : 200;
        Assert.NotEqual(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.0.0")).Outcome);
        var kept = string.Concat(Directory.EnumerateFiles(Path.Combine(_app.Folder, ".deployment", "development", "outbox"), "*.json").Select(File.ReadAllText));
        Assert.Contains("leak", kept, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_app.Folder, ".deployment", "development", "outbox")));
        await SendAsync();
        var sent = string.Concat(_receiver.Taken.Concat(slack.Taken).Select(static posted => posted.Body));
        slack.Dispose();
        Assert.Equal(3, _receiver.Taken.Count + slack.Taken.Count);
        Assert.DoesNotContain("canary-password-72", sent + kept, StringComparison.Ordinal);
        Assert.DoesNotContain("token=canary-token-71", sent + kept, StringComparison.Ordinal);
        Assert.Contains("***", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_app_tells_what_a_command_did_not()
    {
        _receiver.Answer = static _ => 500;
        await UpAsync("1.0.0");
        _receiver.Answer = static _ => 200;
        var outbox = new Outbox(Path.Combine(_app.Folder, ".deployment", "development", "outbox"));
        outbox.Keep(outbox.Waiting()[0] with { NotBefore = null });
        using var host = _app.Build();
        var factory = host.Services.GetRequiredService<Deployment.Toolkit.Composition.DeploymentPartsFactory>();
        Assert.True(await factory.NoticesOf(factory.Environment).TellAsync(TimeSpan.FromSeconds(10), isAtOnce: false, TestContext.Current.CancellationToken));
        Assert.Single(_receiver.Taken);
        Assert.Contains(host.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>(), static service => service is NoticeWatch);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_waits_for_a_receiver_that_is_registered_no_more_says_so_and_is_given_up_after_a_week(bool isRenamed)
    {
        _receiver.Answer = static _ => 500;
        await UpAsync("1.0.0");
        await UpAsync("1.1.0");
        var log = new RecordedLog();
        _app.Configure = deployment =>
        {
            log.AddTo(deployment.Host.Services);
            if (isRenamed) deployment.AddWebhook("operations", "Notifications:Ops");
        };

        var sent = await SendAsync();
        Assert.Equal(DeploymentOutcome.Failed, sent.Outcome);
        var text = Assert.Single(sent.Messages).Text;
        Assert.StartsWith("2 notices for 'ops' wait since ", text, StringComparison.Ordinal);
        Assert.Contains("no receiver of that name is registered any more", text, StringComparison.Ordinal);
        Assert.DoesNotContain("tried again", text, StringComparison.Ordinal);
        Assert.DoesNotContain("given up", log.Text, StringComparison.Ordinal);

        Age();
        Assert.Equal(DeploymentOutcome.Succeeded, (await SendAsync()).Outcome);
        Assert.Empty(await WaitingAsync());
        Assert.Equal(2, log.Text.Split("for a week (no receiver of that name is registered any more.); it is given up").Length - 1);
    }

    [Fact]
    public async Task What_was_never_tried_behind_one_that_failed_is_given_up_for_the_same_reason()
    {
        _receiver.Answer = static _ => 500;
        await UpAsync("1.0.0");
        Assert.StartsWith("1 notice for 'ops' waits since ", Assert.Single((await SendAsync()).Messages).Text, StringComparison.Ordinal);
        await UpAsync("1.1.0");
        Age();
        var (log, configure) = (new RecordedLog(), _app.Configure);
        _app.Configure = deployment =>
        {
            log.AddTo(deployment.Host.Services);
            configure(deployment);
        };

        Assert.Equal(DeploymentOutcome.Succeeded, (await SendAsync()).Outcome);
        Assert.Equal(2, log.Text.Split("for a week (It answered 500.); it is given up").Length - 1);
    }

    [Fact]
    public async Task A_test_is_accepted_and_seen_by_its_code_alone()
    {
        using var host = _app.Build();
        var notifications = host.Services.GetRequiredService<DeploymentNotifications>();
        Assert.Equal(DeploymentOutcome.Succeeded, (await notifications.TestAsync(TestContext.Current.CancellationToken)).Outcome);
        var body = JsonDocument.Parse(Assert.Single(_receiver.Taken).Body).RootElement;
        var code = body.GetProperty("id").GetString()!["test-".Length..];
        Assert.Contains($"--seen {code}", body.GetProperty("data").GetProperty("customData").GetProperty("outcome").GetString(), StringComparison.Ordinal);
        Assert.Equal(DeploymentOutcome.Refused, (await notifications.ConfirmTestAsync("0", TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await notifications.ConfirmTestAsync(code, TestContext.Current.CancellationToken)).Outcome);
        _receiver.Answer = static _ => 410;
        var refused = await notifications.TestAsync(TestContext.Current.CancellationToken);
        Assert.Equal((DeploymentOutcome.Failed, "DTK7240"), (refused.Outcome, Assert.Single(refused.Messages).Code));
    }

    [Fact]
    public void Two_receivers_of_one_name_are_refused_when_they_differ()
    {
        _app.Configure = static deployment => deployment.AddWebhook("ops", "A").AddWebhook("ops", "A").AddSlack("ops", "B");
        using var host = _app.Build();
        Assert.Contains("Receiver 'ops' is registered twice", Assert.ThrowsAny<Exception>(() => host.Services.GetRequiredService<Deployment.Toolkit.Composition.DeploymentPartsFactory>().Create(null)).Message, StringComparison.Ordinal);
    }

    private void Age()
    {
        var outbox = new Outbox(Path.Combine(_app.Folder, ".deployment", "development", "outbox"));
        foreach (var item in outbox.Waiting()) outbox.Keep(item with { Since = item.Since.AddDays(-8) });
    }

    private async Task UpAsync(string release)
    {
        var result = await _app.UpAsync(release);
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', result.Messages.Select(static message => message.Text)));
    }

    private async Task<IReadOnlyList<WaitingNotices>> WaitingAsync()
    {
        using var host = _app.Build();
        return (await host.Services.GetRequiredService<DeploymentHistory>().GetStatusAsync("Development", TestContext.Current.CancellationToken))[0].Notices;
    }

    private async Task<DeploymentResult> SendAsync()
    {
        using var host = _app.Build();
        return await host.Services.GetRequiredService<DeploymentNotifications>().SendAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Own(List<DeploymentNotice> told) : DeploymentObserver
    {
        public override Task NotifyAsync(DeploymentNotice notice, CancellationToken cancellationToken)
        {
            if (notice.Release.Version == "9.9.9") throw new InvalidOperationException("not that one");
            told.Add(notice);
            return Task.CompletedTask;
        }
    }
}
