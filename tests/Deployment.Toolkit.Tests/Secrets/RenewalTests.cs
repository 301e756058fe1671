using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Deployment.Toolkit.Monitoring;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Tests.Secrets;

public sealed class RenewalTests : IAsyncLifetime
{
    private RenewalApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await RenewalApp.CreateAsync();

    public ValueTask DisposeAsync()
    {
        _app.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_new_one_is_made_sealed_tried_and_taken_up_before_the_old_one_ends()
    {
        var result = await _app.RenewAsync();

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal(["renew secret", "verify secret", "activate", "verify health", "retire secret", "mark verified"], result.Run!.Steps.Select(static step => step.Name));
        Assert.Equal(["create", "verify", "retire"], _app.Issuer.Calls);
        var value = "issued-for-" + result.Run.Id;
        Assert.Equal([value], _app.Issuer.Credentials.Keys);
        Assert.Equal(value, _app.Sealed.Get("Provider").Reveal());
        Assert.Equal(RenewalApp.First, _app.Sealed.Get("Provider", "previous").Reveal());
        Assert.Equal([value], _app.Issuer.Activated);
    }

    [Fact]
    public async Task The_verified_configuration_has_the_new_secret_so_that_nothing_drifts_and_nothing_is_left_to_deploy()
    {
        await _app.RenewAsync();
        using var host = _app.App.Build();
        Assert.Empty((await host.Services.GetRequiredService<ConfigurationInspector>().GetDriftAsync())!.Changes);
        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.App.UpAsync()).Outcome);
    }

    [Fact]
    public async Task One_that_does_not_work_is_revoked_and_the_old_one_is_current_again()
    {
        _app.Issuer.Before = static (call, rotation) => call == "verify" ? throw new InvalidOperationException($"access denied for {rotation.New!.Reveal()}") : Task.CompletedTask;
        var result = await _app.RenewAsync();

        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Equal(["create", "verify", "revoke"], _app.Issuer.Calls);
        Assert.Equal([RenewalApp.First], _app.Issuer.Credentials.Keys);
        Assert.Equal(RenewalApp.First, _app.Sealed.Get("Provider").Reveal());
        Assert.Equal([1L], _app.Sealed.List().Select(static secret => secret.Version));
        Assert.Contains(result.Messages, static message => message.Text.Contains("access denied for ***", StringComparison.Ordinal));
        Assert.Contains(result.Messages, static message => message.Text.Contains("run 'deploy secrets renew Provider --environment Development'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_the_way_back_readers_take_up_the_old_one_before_the_new_one_ends()
    {
        _app.App.Health = HealthCheckResult.Unhealthy("no answer");
        _app.Issuer.Before = (call, rotation) =>
        {
            if (call == "revoke") Assert.Equal(RenewalApp.First, _app.Issuer.Activated[^1]);
            return Task.CompletedTask;
        };
        Assert.Equal(DeploymentOutcome.RolledBack, (await _app.RenewAsync()).Outcome);
        Assert.Equal("revoke", _app.Issuer.Calls[^1]);
        Assert.Equal([RenewalApp.First], _app.Issuer.Credentials.Keys);
    }

    [Fact]
    public async Task The_old_version_keeps_its_own_times_when_it_comes_back()
    {
        var end = DateTimeOffset.UtcNow.AddDays(300);
        await _app.Sealed.SetAsync("Provider", new Secret(RenewalApp.First), new SealedValidity
        {
            ExpiresAt = end,
        }, CancellationToken.None);
        _app.Issuer.Before = static (call, _) => call == "verify" ? throw new InvalidOperationException("no") : Task.CompletedTask;
        await _app.RenewAsync(static request => request with { Grace = TimeSpan.Zero });
        Assert.Equal(end.ToUnixTimeSeconds(), Assert.Single(_app.Sealed.List()).ExpiresAt!.Value.ToUnixTimeSeconds());
        Assert.Equal(RenewalApp.First, _app.Sealed.Get("Provider").Reveal());
    }

    [Fact]
    public async Task No_value_stands_in_the_journal_the_messages_or_the_progress()
    {
        _app.Issuer.Before = static (call, rotation) => call == "retire" ? throw new InvalidOperationException($"{rotation.Old!.Reveal()} {rotation.New!.Reveal()}") : Task.CompletedTask;
        var result = await _app.RenewAsync();
        Assert.Equal(DeploymentOutcome.NeedsAttention, result.Outcome);
        var said = _app.Journal + string.Join(' ', result.Messages) + string.Join(' ', _app.App.Progress);
        Assert.DoesNotContain("issued-for-", said, StringComparison.Ordinal);
        Assert.DoesNotContain(RenewalApp.First, said, StringComparison.Ordinal);
        Assert.Contains("*** ***", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_issuer_says_while_it_makes_one_is_left_out()
    {
        _app.Issuer.Before = static (call, _) => call == "create" ? throw new HttpRequestException("the new key is s3cret-unknown", null, System.Net.HttpStatusCode.BadGateway) : Task.CompletedTask;
        var result = await _app.RenewAsync();
        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Contains("(HttpRequestException, status 502;", result.Messages[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret-unknown", _app.Journal + string.Join(' ', result.Messages), StringComparison.Ordinal);
        Assert.Equal([RenewalApp.First], _app.Issuer.Credentials.Keys);
    }

    [Fact]
    public async Task Past_the_end_of_the_old_one_only_the_way_forward_is_left()
    {
        _app.Issuer.Before = static (call, _) => call == "retire" ? throw new InvalidOperationException("the line broke") : Task.CompletedTask;
        Assert.Equal(DeploymentOutcome.NeedsAttention, (await _app.RenewAsync()).Outcome);
        Assert.NotEqual(DeploymentOutcome.RolledBack, (await _app.AbortAsync()).Outcome);
        _app.Issuer.Before = static (_, _) => Task.CompletedTask;
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.ResumeAsync()).Outcome);
        Assert.DoesNotContain(RenewalApp.First, _app.Issuer.Credentials.Keys);
    }

    [Fact]
    public async Task A_plan_shows_the_steps_and_asks_the_issuer_for_nothing()
    {
        var result = await _app.RenewAsync(static request => request with { DryRun = true });
        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Equal("the issuer has ended the old one", result.Plan!.Steps.Single(static step => step.Name == "retire secret").Irreversible);
        Assert.Empty(_app.Issuer.Calls);
        Assert.Single(_app.Sealed.List());
    }

    [Fact]
    public async Task A_secret_that_a_stronger_source_has_is_not_renewed_into_the_void()
    {
        await File.WriteAllTextAsync(Path.Combine(_app.App.Folder, "Provider"), "mounted");
        _app.App.Settings["Deployment:SecretsDirectory"] = ".";
        Assert.Equal("DTK7718", Assert.Single((await _app.RenewAsync()).Messages).Code);
        Assert.Empty(_app.Issuer.Calls);
    }

    [Fact]
    public async Task A_version_that_somebody_put_in_meanwhile_is_left_alone()
    {
        _app.Issuer.Before = async (call, _) =>
        {
            if (call == "create") await _app.Sealed.RotateAsync("Provider", new Secret("by somebody else"), TimeSpan.FromHours(1), default, CancellationToken.None);
        };
        var result = await _app.RenewAsync();
        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Equal("DTK7716", result.Messages[0].Code);
        Assert.Equal("by somebody else", _app.Sealed.Get("Provider").Reveal());
        Assert.Equal([RenewalApp.First], _app.Issuer.Credentials.Keys);
    }

    [Fact]
    public async Task A_secret_without_a_rotator_or_a_sealed_value_is_refused_with_the_mend()
    {
        var unknown = await _app.App.RunAsync(static (deployer, request, token) => deployer.RenewSecretAsync("Provder", request, token));
        Assert.Contains("Did you mean 'Provider'?", Assert.Single(unknown.Messages).Text, StringComparison.Ordinal);
        await _app.Sealed.RemoveAsync("Provider", CancellationToken.None);
        Assert.Contains("deploy secrets set Provider", Assert.Single((await _app.RenewAsync()).Messages).Text, StringComparison.Ordinal);
        Assert.Contains("nothing to retire", Assert.Single((await WithSecretAsync()).Messages).Text, StringComparison.Ordinal);

        async Task<DeploymentResult> WithSecretAsync()
        {
            await _app.Sealed.SetAsync("Provider", new Secret("x"), default, CancellationToken.None);
            return await _app.RetireAsync();
        }
    }

    [Fact]
    public async Task Without_an_activator_the_old_one_stays_valid_until_it_is_retired()
    {
        _app.Dispose();
        _app = await RenewalApp.CreateAsync(hasActivator: false);
        var renewed = await _app.RenewAsync();
        Assert.Equal(["renew secret", "verify secret", "mark verified"], renewed.Run!.Steps.Select(static step => step.Name));
        Assert.Equal(2, _app.Issuer.Credentials.Count);
        var due = Assert.Single((await StatusAsync()).Secrets);
        Assert.Equal(("Provider", SecretDuty.Retire), (due.Name, due.Duty));
        Assert.Equal(HealthStatus.Degraded, (await HealthAsync()).Status);

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.RetireAsync()).Outcome);
        Assert.Equal(["issued-for-" + renewed.Run.Id], _app.Issuer.Credentials.Keys);
        Assert.Empty((await StatusAsync()).Secrets);
        Assert.Equal(DeploymentOutcome.Refused, (await _app.RetireAsync()).Outcome);
    }

    [Fact]
    public async Task A_renewal_that_is_due_shows_in_status_health_and_metrics_until_it_is_done()
    {
        Assert.Empty((await StatusAsync()).Secrets);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync()).Status);
        Assert.InRange(await RemainingAsync("renew"), 89.9 * 86400, 90 * 86400);

        _app.Clock.Ahead = TimeSpan.FromDays(91);
        var due = Assert.Single((await StatusAsync()).Secrets);
        Assert.Equal(SecretDuty.Renew, due.Duty);
        var health = await HealthAsync();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("deploy secrets renew Provider --environment Development", health.Description, StringComparison.Ordinal);
        Assert.InRange(await RemainingAsync("renew"), -1.1 * 86400, -0.9 * 86400);

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.RenewAsync()).Outcome);
        Assert.Empty((await StatusAsync()).Secrets);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync()).Status);
        Assert.InRange(await RemainingAsync("renew"), 89.9 * 86400, 90 * 86400);
    }

    [Fact]
    public async Task An_expiry_shows_from_a_fortnight_before()
    {
        _app.Issuer.ExpiresAt = DateTimeOffset.UtcNow.AddDays(15);
        await _app.RenewAsync();
        Assert.Empty((await StatusAsync()).Secrets);
        _app.Clock.Ahead = TimeSpan.FromDays(2);
        Assert.Equal(SecretDuty.Replace, Assert.Single((await StatusAsync()).Secrets).Duty);
        Assert.Contains("expires on", (await HealthAsync()).Description, StringComparison.Ordinal);
        Assert.InRange(await RemainingAsync("replace"), 12.9 * 86400, 13 * 86400);
        _app.Clock.Ahead = TimeSpan.FromDays(16);
        Assert.Contains("expired on", (await HealthAsync()).Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_due_stops_no_deployment()
    {
        _app.Clock.Ahead = TimeSpan.FromDays(91);
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.App.UpAsync("1.1.0")).Outcome);
    }

    [Fact]
    public async Task Two_rotators_of_one_secret_are_refused_and_the_same_one_twice_is_one()
    {
        _app.Also = static deployment => deployment.AddSecretRotator<RenewalApp.FakeRotator>("Provider", TimeSpan.FromDays(90));
        _app.App.Build().Dispose();
        _app.Also = static deployment => deployment.AddSecretRotator<RenewalApp.FakeRotator>("provider", TimeSpan.FromDays(30));
        Assert.Equal("DTK7006", Assert.Single((await _app.App.UpAsync()).Messages).Code);
    }

    private async Task<EnvironmentStatus> StatusAsync()
    {
        using var host = _app.App.Build();
        return Assert.Single(await host.Services.GetRequiredService<DeploymentHistory>().GetStatusAsync("Development"));
    }

    private async Task<HealthReportEntry> HealthAsync()
    {
        using var host = _app.App.Build();
        return await RenewalApp.HealthAsync(host.Services.GetRequiredService<Deployer>());
    }

    /// <summary>What the gauge of a started host says, in seconds.</summary>
    private async Task<double> RemainingAsync(string duty)
    {
        using var host = _app.App.Build();
        var read = new ConcurrentBag<double>();
        var meter = host.Services.GetServices<IHostedService>().OfType<Deployment.Toolkit.Monitoring.SecretsMeter>().Single();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, meters) =>
            {
                // Other tests have hosts of their own at the same time.
                if (ReferenceEquals(instrument.Meter, meter.Meter)) meters.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            if (tags.ToArray().Any(tag => Equals(tag.Value, duty))) read.Add(value);
        });
        listener.Start();
        await host.StartAsync();
        listener.RecordObservableInstruments();
        await host.StopAsync();
        return Assert.Single(read);
    }
}
