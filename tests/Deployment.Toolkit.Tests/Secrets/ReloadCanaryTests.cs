using System.Collections.Concurrent;
using System.Text.Json;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Tests.Secrets;

/// <summary>A reload brings new secrets and is refused by code that repeats them: nothing that says so holds one.</summary>
public sealed class ReloadCanaryTests : IDisposable
{
    private const string First = "first-canary-\"1\"";
    private const string Second = "second<canary>&2";
    private const string Sourced = "sourced/canary+3";
    private const string Pin = "PinCanary'4";
    private const string Token = "Vault/Canary=5";
    private const string Folder = "/srv/app/current-folder";
    private const string FolderBefore = "/srv/app/folder-before";

    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-reload-").FullName;
    private readonly ConcurrentQueue<string> _logged = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public sealed class GateOptions
    {
        public string Password { get; set; } = "";

        public Secret? Pin { get; set; }

        public string? Key { get; set; }

        public bool Fails { get; set; }
    }

    private sealed class Telling : IValidateOptions<GateOptions>
    {
        public ValidateOptionsResult Validate(string? name, GateOptions options) => !options.Fails
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail([$"no '{options.Password}' {JsonSerializer.Serialize(options.Password)} in {Folder} after {FolderBefore}", $"pin {options.Pin?.Reveal()} key {options.Key} {Uri.EscapeDataString(options.Key ?? "")}"]);
    }

    /// <summary>A source as real ones are: made from the app's services, opened by a secret of the settings, and it repeats that when it fails.</summary>
    private sealed class Source(IConfiguration configuration, IHostEnvironment host, ILogger<Source> logger) : ISecretSource
    {
        public string Name => "own";

        public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken)
        {
            logger.LogDebug("asked for {Name} in {Environment}", request.Name, host.EnvironmentName);
            return request.Name == "gate" ? new(new SecretValue(new Secret(Sourced)))
                : throw new InvalidOperationException($"{host.EnvironmentName} refuses '{configuration["Vault:Token"]}'");
        }
    }

    private sealed class Capture(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception} {string.Join(' ', state as IEnumerable<KeyValuePair<string, object?>> ?? [])}");

        public void Dispose()
        {
        }
    }

    private IHost Build(bool fails)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _folder, EnvironmentName = "Development", Args = [], Configuration = new ConfigurationManager() });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["PWD"] = Folder, ["OLDPWD"] = FolderBefore, ["Vault:Token"] = Token, ["Gate:Password"] = First, ["Gate:Fails"] = fails ? "true" : "false" });
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(new Capture(_logged));
        builder.Services.AddSingleton<IValidateOptions<GateOptions>, Telling>();
        builder.AddDeployment().AddSecretSource<Source>().AddValidatedOptions<GateOptions>("Gate");
        return builder.Build();
    }

    [Fact]
    public void A_refused_reload_tells_no_secret_that_it_brought()
    {
        using var host = Build(fails: false);
        var state = host.Services.GetRequiredService<ConfigurationState>();
        string[] heard = [];
        state.Changed += (_, change) => heard = [.. change.Faults.Select(static fault => fault.ToString())];
        var configuration = host.Services.GetRequiredService<IConfiguration>();
        configuration["Gate:Password"] = Second;
        configuration["Gate:Pin"] = Pin;
        configuration["Gate:Key"] = "secret://gate";
        configuration["Gate:Fails"] = "true";
        ((IConfigurationRoot)configuration).Reload();

        Assert.True(state.IsStale);
        Assert.NotEmpty(heard);
        AssertNone(string.Join('\n', heard), "what a listener hears");
        AssertNone(string.Join('\n', state.Faults), "the state's faults");
        AssertNone(string.Join('\n', _logged), "the log");
        Assert.Contains(_logged, static line => line.Contains("was refused", StringComparison.Ordinal) && line.Contains($"in {Folder} after {FolderBefore}", StringComparison.Ordinal) && line.Contains("'***'", StringComparison.Ordinal));
    }

    [Fact]
    public void A_source_made_from_services_that_fails_at_a_reload_does_not_tell_what_opens_it()
    {
        using var host = Build(fails: false);
        var state = host.Services.GetRequiredService<ConfigurationState>();
        var configuration = host.Services.GetRequiredService<IConfiguration>();
        configuration["Gate:Password"] = Second;
        configuration["Gate:Key"] = "secret://elsewhere";
        ((IConfigurationRoot)configuration).Reload();

        Assert.True(state.IsStale);
        var told = string.Join('\n', [.. state.Faults.Select(static fault => fault.ToString()), .. _logged]);
        AssertNone(told, "the faults and the log");
        // What a source says of itself is not repeated at all, its kind of failure is.
        Assert.Contains("'elsewhere', which could not be read: own: InvalidOperationException", told, StringComparison.Ordinal);
        Assert.Contains("asked for elsewhere in Development", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_are_asked_for_before_the_start_throw_without_their_values()
    {
        using var host = Build(fails: true);
        var thrown = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<GateOptions>>().Value);
        AssertNone(thrown + string.Join('\n', thrown.Failures), "the exception");
        Assert.Contains("no '***'", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_listener_that_throws_is_logged_without_what_it_says()
    {
        using var host = Build(fails: false);
        host.Services.GetRequiredService<ConfigurationState>().Changed += static (_, _) => throw new InvalidOperationException($"can't use {Second}", new InvalidOperationException(Second));
        var configuration = host.Services.GetRequiredService<IConfiguration>();
        configuration["Gate:Password"] = Second;
        ((IConfigurationRoot)configuration).Reload();
        AssertNone(string.Join('\n', _logged), "the log");
        Assert.Contains(_logged, static line => line.Contains("can't use ***", StringComparison.Ordinal));
    }

    private static void AssertNone(string text, string place)
    {
        foreach (var canary in (string[])[First, Second, Sourced, Pin, Token])
        {
            foreach (var form in (string[])[canary, JsonSerializer.Serialize(canary)[1..^1], Uri.EscapeDataString(canary)])
                Assert.False(text.Contains(form, StringComparison.Ordinal), $"'{canary}' stands in {place}: {text}");
        }
    }
}
