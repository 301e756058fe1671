#pragma warning disable CA1822 // Members of options are not static, whatever they read.
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Tests.Configuration;

/// <summary>What is wrong with options is said without the secrets in them, wherever it is said.</summary>
public sealed class FaultSecrecyTests : IDisposable
{
    private const string Value = "Kq7canary9Zx";

    private readonly SettingsApp _app = new();

    public void Dispose() => _app.Dispose();

    public static TheoryData<Type> Leaky => [typeof(ParsingSetter), typeof(ThrowingRule), typeof(ThrowingValidate), typeof(TellingValidate), typeof(TellingAnnotation), typeof(ThrowingConstructor), typeof(TellingNested)];

    [Theory]
    [MemberData(nameof(Leaky))]
    public void A_resolved_secret_is_in_no_fault_and_no_exception(Type type)
    {
        _app.Write("appsettings.json", """{ "S": { "Port": "secret://port" } }""");
        var texts = (string[])typeof(FaultSecrecyTests).GetMethod(nameof(TextsOf), System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.MakeGenericMethod(type).Invoke(this, null)!;
        Assert.NotEmpty(texts);
        Assert.All(texts, static text => Assert.DoesNotContain(Value, text, StringComparison.Ordinal));
        Assert.Contains(texts, static text => text.Contains("DTK", StringComparison.Ordinal));
    }

    private string[] TextsOf<TOptions>()
        where TOptions : class
    {
        _app.Services = static services => services.AddSingleton<ISecretSource, Vault>();
        var host = _app.Build(static d => d.AddValidatedOptions<TOptions>("S"));
        var thrown = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<TOptions>>().Value);
        return [thrown.ToString(), .. host.Services.GetRequiredService<ConfigurationStore>().Check(ConfigurationPhase.Start).Select(static fault => fault.ToString())];
    }

    [Fact]
    public void A_configure_call_that_throws_is_a_fault_without_the_value()
    {
        _app.Services = static services => services.AddSingleton<ISecretSource, Vault>()
            .PostConfigure<Plain>(static o => _ = int.Parse(o.Port, CultureInfo.InvariantCulture));
        _app.Write("appsettings.json", """{ "S": { "Port": "secret://port", "Prot": 1 } }""");
        var faults = _app.Faults<Plain>("S");
        Assert.Equal(["DTK1001", "DTK7001"], faults.Select(static fault => fault.Code).Order());
        Assert.All(faults, static fault => Assert.DoesNotContain(Value, fault.ToString(), StringComparison.Ordinal));
        Assert.Contains(faults, static fault => fault.Text.Contains("FormatException", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_reload_is_logged_and_kept_without_the_value()
    {
        var log = new ConcurrentQueue<string>();
        _app.Write("appsettings.json", """{ "S": { "Port": "80" } }""");
        _app.Services = services => services.AddSingleton<ISecretSource, Vault>().AddLogging(l => l.AddProvider(new Recorder(log)));
        var host = _app.Build(static d => d.AddValidatedOptions<ParsingSetter>("S"));
        var state = host.Services.GetRequiredService<ConfigurationState>();
        var refused = new TaskCompletionSource<ConfigurationChangedEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        state.Changed += (_, e) => refused.TrySetResult(e);
        ((IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>())["S:Port"] = "secret://port";
        ((IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>()).Reload();
        var told = await refused.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.False(told.IsUsed);
        Assert.NotEmpty(told.Faults);
        Assert.All(told.Faults.Concat(state.Faults).Select(static f => f.ToString()).Concat(log), static text => Assert.DoesNotContain(Value, text, StringComparison.Ordinal));
        Assert.Contains(log, static text => text.Contains("DTK1002", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_listener_that_throws_is_logged_without_the_value()
    {
        var log = new ConcurrentQueue<string>();
        _app.Write("appsettings.json", """{ "S": { "Port": "secret://port" } }""");
        _app.Services = services => services.AddSingleton<ISecretSource, Vault>().AddLogging(l => l.AddProvider(new Recorder(log)));
        var host = _app.Build(static d => d.AddValidatedOptions<Plain>("S"));
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = host.Services.GetRequiredService<IOptionsMonitor<Plain>>().OnChange(o =>
        {
            called.TrySetResult();
            throw new InvalidOperationException($"cannot connect with {o.Port}");
        });
        ((IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>()).Reload();
        await called.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Contains(log, static text => text.Contains("InvalidOperationException", StringComparison.Ordinal));
        Assert.All(log, static text => Assert.DoesNotContain(Value, text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_rule_that_throws_does_not_end_the_report()
    {
        _app.Write("appsettings.json", """{ "S": { "Port": "80", "Least": 500, "Prot": 1 } }""");
        var faults = _app.Faults<ThrowingRule>("S");
        Assert.Equal([("DTK1001", "S:Prot"), ("DTK7001", "S:Least"), ("DTK7001", "S:Port")], faults.Select(static f => (f.Code, f.Key!)).Order());
    }

    [Fact]
    public void Validate_runs_only_after_the_attributes_have_passed()
    {
        ThrowingValidate.Calls = 0;
        _app.Write("appsettings.json", """{ "S": { "Port": "80", "Least": 500 } }""");
        Assert.Equal("S:Least", Assert.Single(_app.Faults<ThrowingValidate>("S")).Key);
        Assert.Equal(0, ThrowingValidate.Calls);

        _app.Write("appsettings.json", """{ "S": { "Port": "80", "Least": 5 } }""");
        var fault = Assert.Single(_app.Faults<ThrowingValidate>("S"));
        Assert.Equal("S", fault.Key);
        Assert.Contains("FormatException", fault.Text, StringComparison.Ordinal);
        Assert.Equal(1, ThrowingValidate.Calls);
    }

    public sealed class Plain
    {
        public string Port { get; set; } = "1";
    }

    public sealed class ParsingSetter
    {
        private int _port;

        public string Port { get => _port.ToString(CultureInfo.InvariantCulture); set => _port = int.Parse(value, CultureInfo.InvariantCulture); }
    }

    public sealed class ThrowingConstructor(string port)
    {
        public int Port { get; } = int.Parse(port, CultureInfo.InvariantCulture);
    }

    public sealed class ThrowingRule
    {
        [Throws]
        public string Port { get; set; } = "";

        [Range(1, 100)]
        public int Least { get; set; } = 1;
    }

    public sealed class ThrowingValidate : IValidatableObject
    {
        internal static int Calls { get; set; }

        public string Port { get; set; } = "";

        [Range(1, 100)]
        public int Least { get; set; } = 1;

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            Calls++;
            throw new FormatException($"'{Port}' is no port");
        }
    }

    public sealed class TellingValidate : IValidatableObject
    {
        public string Port { get; set; } = "";

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => [new($"'{Port}' is no port", [nameof(Port)])];
    }

    public sealed class TellingAnnotation
    {
        [Tells]
        public string Port { get; set; } = "";
    }

    public sealed class TellingNested
    {
        public string Port { get; set; } = "";

        public TellingNested? Same => null;

        public Told Told => new(Port);
    }

    public sealed class Told(string port) : IValidatableObject
    {
        [Tells]
        public string Port => port;

        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => [];
    }

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class ThrowsAttribute : ValidationAttribute
    {
        public override bool IsValid(object? value) => throw new InvalidOperationException($"no such port: {value}");
    }

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class TellsAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) => new($"{value} is no port");
    }

    private sealed class Vault : ISecretSource
    {
        public string Name => "vault";

        public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken) => ValueTask.FromResult<SecretValue?>(new SecretValue(new Secret(Value)));
    }

    private sealed class Recorder(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
