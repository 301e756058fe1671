using FluentValidation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.FluentValidation.Tests;

public sealed class FluentValidatorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-fluent-").FullName;

    public sealed class MailOptions
    {
        public string? Host { get; set; }

        public int Port { get; set; } = 25;

        public List<Sender> Senders { get; set; } = [];
    }

    public sealed class Sender
    {
        public string? Address { get; set; }
    }

    public sealed class Known
    {
        public IReadOnlyList<string> Hosts { get; } = ["mail.example.org"];
    }

    public sealed class SenderValidator : AbstractValidator<Sender>
    {
        public SenderValidator() => RuleFor(static s => s.Address).EmailAddress();
    }

    public sealed class MailOptionsValidator : AbstractValidator<MailOptions>
    {
        public MailOptionsValidator(Known known)
        {
            RuleFor(static o => o.Host).NotEmpty();
            RuleForEach(static o => o.Senders).SetValidator(new SenderValidator());
            RuleFor(static o => o.Port).NotEqual(25).WithSeverity(Severity.Warning);
            this.InEnvironment("production", () => RuleFor(static o => o.Host).Must(host => known.Hosts.Contains(host!)).WithMessage("{PropertyName} is no known host"));
            this.WhenProtected(() => RuleFor(static o => o.Senders).NotEmpty());
        }
    }

    public sealed class AsyncValidator : AbstractValidator<MailOptions>
    {
        public AsyncValidator() => RuleFor(static o => o.Host).MustAsync(static (_, _) => Task.FromResult(true));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<IReadOnlyList<DeploymentMessage>> StartAsync(string environment, string json, Action<DeploymentBuilder>? configure = null)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "appsettings.json"), json, TestContext.Current.CancellationToken);
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _folder, EnvironmentName = environment, Args = [] });
        builder.Logging.ClearProviders();
        builder.Services.AddScoped<Known>();
        var deployment = builder.AddDeployment().AddValidatedOptions<MailOptions>("Mail").AddFluentValidator<MailOptions, MailOptionsValidator>().AddFluentValidator<MailOptions, MailOptionsValidator>();
        configure?.Invoke(deployment);
        using var host = builder.Build();
        try
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            await host.StopAsync(TestContext.Current.CancellationToken);
            return [];
        }
        catch (DeploymentException e)
        {
            return e.Messages;
        }
    }

    [Fact]
    public async Task Failures_stand_in_the_report_at_the_place_of_their_key()
    {
        var faults = await StartAsync("Development", "{ \"Mail\": {\n \"Senders\": [\n  { \"Address\": \"a@example.org\" },\n  { \"Address\": \"nobody\" } ], \"Prot\": 5 } }");
        Assert.Equal(
            [("DTK7001", "Mail:Senders:1:Address", 4), ("DTK1001", "Mail:Prot", 4), ("DTK7001", "Mail:Host", null)],
            faults.Select(static fault => (fault.Code, fault.Key!, fault.Line)));
    }

    [Theory]
    [InlineData("Production", 2)]
    [InlineData("Staging", 0)]
    public async Task Rules_hold_where_they_say(string environment, int count) =>
        Assert.Equal(count, (await StartAsync(environment, """{ "Mail": { "Host": "elsewhere" } }""")).Count);

    [Fact]
    public async Task A_warning_refuses_nothing() => Assert.Empty(await StartAsync("Development", """{ "Mail": { "Host": "x", "Port": 25 } }"""));

    [Fact]
    public async Task A_validator_with_asynchronous_rules_is_refused_loudly()
    {
        var fault = Assert.Single(await StartAsync("Development", """{ "Mail": { "Host": "x" } }""", static d => d.AddFluentValidator<MailOptions, AsyncValidator>()));
        Assert.Contains("AsyncValidatorInvokedSynchronouslyException", fault.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_validator_can_be_tested_in_an_environment()
    {
        var validator = new MailOptionsValidator(new Known());
        var options = new MailOptions { Host = "x", Port = 1 };
        Assert.True(validator.Validate(options).IsValid);
        Assert.False(validator.Validate(EnvironmentRules.For(options, new DeploymentEnvironment("Live") { IsProtected = true })).IsValid);
    }
}
