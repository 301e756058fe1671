using System.Text.RegularExpressions;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Tests.Diagnostics;

/// <summary>A command that the toolkit names runs as it is printed, wherever that is: in another shell it means the same environment and release.</summary>
public sealed partial class NamedCommandsTests : IDisposable
{
    private readonly TestApp _app = new();
    private readonly RecordedLog _log = new();

    public NamedCommandsTests() => _app.Configure = deployment =>
    {
        _log.AddTo(deployment.Host.Services);
        deployment.AddEnvironments(static e => e.Add("Development").Add("Staging")).AddValidatedOptions<Provider>("Provider");
    };

    public void Dispose() => _app.Dispose();

    private sealed class Provider
    {
        public Secret? Key { get; set; }
    }

    [Fact]
    public async Task A_start_that_is_refused_names_the_environment_in_question()
    {
        _app.Settings["Provider:Key"] = "secret://provider-key";
        using var host = _app.Build("Staging");

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("'deploy secrets set provider-key --environment Staging'", refused.Message, StringComparison.Ordinal);
        AssertWhole(refused.Message, "Staging");
    }

    [Fact]
    public async Task What_a_reload_is_refused_for_names_it_too()
    {
        using var host = _app.Build("Staging");
        await host.StartAsync(TestContext.Current.CancellationToken);
        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();
        configuration["Provider:Key"] = "secret://provider-key";
        configuration.Reload();

        Assert.Contains("was refused; the last good one stays in use", _log.Text, StringComparison.Ordinal);
        Assert.Contains("'deploy secrets set provider-key --environment Staging'", _log.Text, StringComparison.Ordinal);
        AssertWhole(_log.Text, "Staging");
    }

    [Fact]
    public async Task A_notice_the_history_and_the_log_name_the_runs_environment_and_the_first_two_its_release()
    {
        using var receiver = new Receiver();
        _app.Settings["Notifications:Ops"] = receiver.Address;
        var configure = _app.Configure;
        _app.Configure = deployment =>
        {
            configure(deployment);
            deployment.AddWebhook("ops", "Notifications:Ops");
        };
        _app.Health = HealthCheckResult.Unhealthy("no");
        Assert.NotEqual(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.0.0+9fceb02d0ae598e95dc970b74767f19372d61af8", "Staging")).Outcome);

        const string again = "'deploy up --environment Staging --release 1.0.0+9fceb02d0ae598e95dc970b74767f19372d61af8' again; 'deploy health --environment Staging' asks";
        var told = Regex.Unescape(Assert.Single(receiver.Taken).Body);
        Assert.Contains(again, told, StringComparison.Ordinal);
        AssertWhole(told, "Staging");
        AssertWhole(_log.Text, "Staging");
        AssertWhole(string.Join('\n', _app.Progress.Select(static line => line.Text)), "Staging");

        using var host = _app.Build("Staging");
        var run = (await host.Services.GetRequiredService<DeploymentHistory>().GetStatusAsync("Staging", TestContext.Current.CancellationToken))[0].LastRun!;
        Assert.Contains(run.Steps, static step => step.Error?.Contains(again, StringComparison.Ordinal) == true);
        AssertWhole(string.Join('\n', [.. run.Messages.Select(static message => message.Text), .. run.Steps.Select(static step => step.Error)]), "Staging");
    }

    private static void AssertWhole(string text, string environment)
    {
        var named = Named().Matches(text).Select(static match => match.Value).ToList();
        Assert.NotEmpty(named);
        Assert.All(named, command => Assert.Contains($"--environment {environment}", command, StringComparison.Ordinal));
    }

    [GeneratedRegex("'deploy [^'\\n]+'")]
    private static partial Regex Named();
}
