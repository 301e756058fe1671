using System.ComponentModel.DataAnnotations;
using Deployment.Toolkit.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Tests.Configuration.Binding;

public sealed class StartReportTests : IDisposable
{
    private readonly SettingsApp _app = new();

    public sealed class LimitOptions
    {
        [Range(1, 100)]
        public int Least { get; set; } = 1;

        [Range(1, 100)]
        public int Most { get; set; } = 10;

        public string? Url { get; set; }

        public Secret? ApiKey { get; set; }
    }

    private sealed class CrossField : IValidateOptions<LimitOptions>
    {
        public ValidateOptionsResult Validate(string? name, LimitOptions options) =>
            options.Least <= options.Most ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail($"Least is {options.Least} and above Most, which is {options.Most}");
    }

    private sealed class Eager : IHostedService
    {
        internal static int Made;

        public Eager() => Interlocked.Increment(ref Made);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_start_is_refused_with_every_fault_before_any_hosted_service_is_made()
    {
        _app.Write("appsettings.json", """
            {
              "Limits": { "Least": 0, "Most": "ten", "Utl": "x" }
            }
            """);
        // Registered before AddDeployment, and still not made.
        _app.Services = static services => services.AddHostedService<Eager>().AddSingleton<IValidateOptions<LimitOptions>, CrossField>();
        using var host = _app.Build(static d => d.AddValidatedOptions<LimitOptions>("Limits", static o => o.Require(x => x.Url)));
        Eager.Made = 0;
        var refused = await Assert.ThrowsAsync<DeploymentException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["Limits:Least", "Limits:Most", "Limits:Utl", "Limits:Url"], refused.Messages.Select(static message => message.Key));
        Assert.Equal(0, Eager.Made);
    }

    [Fact]
    public void Two_runs_give_the_same_text()
    {
        _app.Write("appsettings.json", """{ "Limits": { "A": 1, "B": 2, "Least": 0, "Most": 200 } }""");
        Assert.Equal(_app.Faults<LimitOptions>("Limits").Select(static f => f.ToString()), _app.Faults<LimitOptions>("Limits").Select(static f => f.ToString()));
    }

    [Fact]
    public void A_validator_of_the_app_is_placed_at_the_key_that_it_names()
    {
        _app.Services = static services => services.AddSingleton<IValidateOptions<LimitOptions>, CrossField>();
        _app.Write("appsettings.json", "{ \"Limits\": {\n  \"Least\": 50 } }");
        var fault = Assert.Single(_app.Faults<LimitOptions>("Limits"));
        Assert.Equal(("DTK7001", "Limits:Least", 2), (fault.Code, fault.Key, fault.Line));
    }

    [Fact]
    public void Options_that_are_not_valid_throw_where_they_are_asked_for()
    {
        _app.Write("appsettings.json", """{ "Limits": { "Least": 0 } }""");
        var host = _app.Build(static d => d.AddValidatedOptions<LimitOptions>("Limits"));
        var thrown = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<LimitOptions>>().Value);
        Assert.Contains("Limits:Least", Assert.Single(thrown.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", 2)]
    [InlineData("Staging", 1)]
    [InlineData("Development", 0)]
    public void Rules_hold_in_the_environments_that_they_name(string environment, int count)
    {
        _app.Environment = environment;
        _app.Write("appsettings.json", """{ "Limits": { "Url": "http://x" } }""");
        var faults = _app.Faults(static d => d.AddValidatedOptions<LimitOptions>("Limits", static o => o
            .WhenProtected(static p => p.Require(static x => x.ApiKey))
            .InEnvironment("production", static p => p.Must(static x => x.Url!.StartsWith("https:", StringComparison.Ordinal), "Url must begin with https", static x => x.Url))
            .InEnvironment("Staging", static p => p.Must(static x => x.Most > 10, "Most is too small"))));
        Assert.Equal(count, faults.Count);
    }

    [Fact]
    public void A_rule_for_an_environment_that_is_not_declared_is_refused()
    {
        var fault = Assert.Single(_app.Faults(static d => d.AddValidatedOptions<LimitOptions>("Limits", static o => o.InEnvironment("Prodution", static p => p.Require(static x => x.ApiKey)))));
        Assert.Equal("DTK2003", fault.Code);
        Assert.Contains("Did you mean 'Production'?", fault.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_of_the_deploy_phase_does_not_stop_a_start()
    {
        using var host = _app.Build(static d => d.AddValidatedOptions<LimitOptions>("Limits", static o => o.From(ConfigurationPhase.Deploy, static p => p.Require(static x => x.Url))));
        var store = host.Services.GetRequiredService<ConfigurationStore>();
        Assert.Empty(store.Check(ConfigurationPhase.Start));
        Assert.Equal("Limits:Url", Assert.Single(store.Check(ConfigurationPhase.Deploy)).Key);
    }

    [Fact]
    public void Configure_calls_of_the_app_still_count()
    {
        _app.Services = static services => services.Configure<LimitOptions>(static o => o.Url = "set by code").PostConfigure<LimitOptions>(static o => o.Most++);
        _app.Write("appsettings.json", """{ "Limits": { "Most": 20 } }""");
        var options = _app.Bind<LimitOptions>("Limits");
        Assert.Equal(("set by code", 21), (options.Url, options.Most));
    }

    [Fact]
    public void Named_options_are_bound_to_sections_of_their_own()
    {
        _app.Write("appsettings.json", """{ "A": { "Most": 20 }, "B": { "Most": 30 } }""");
        using var host = _app.Build(static d => d.AddValidatedOptions<LimitOptions>("A").AddValidatedOptions<LimitOptions>("B", name: "b"));
        var monitor = host.Services.GetRequiredService<IOptionsMonitor<LimitOptions>>();
        Assert.Equal((20, 30), (monitor.CurrentValue.Most, monitor.Get("b").Most));
        Assert.Throws<InvalidOperationException>(() => monitor.Get("c"));
    }

    [Fact]
    public async Task A_type_that_is_bound_to_two_sections_under_one_name_is_refused()
    {
        using var host = _app.Build(static d => d.AddValidatedOptions<LimitOptions>("A").AddValidatedOptions<LimitOptions>("B"));
        var refused = await Assert.ThrowsAsync<DeploymentException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains(refused.Messages, static message => message.Code == "DTK7006" && message.Text.Contains("'A' and to 'B'", StringComparison.Ordinal));
    }
}
