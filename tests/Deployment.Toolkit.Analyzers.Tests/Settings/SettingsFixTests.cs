using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class SettingsFixTests
{
    private const string Code =
        """
        using System;
        using System.ComponentModel.DataAnnotations;
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;

        public enum Mode { Fast, Careful }

        public sealed class SmtpOptions
        {
            [Required] public string? Host { get; set; }
            public int Port { get; set; }
            public bool UseTls { get; set; }
            public Mode Mode { get; set; }
            public TimeSpan Timeout { get; set; }
            public RetryOptions Retry { get; set; } = new();
        }

        public sealed class RetryOptions { public int MaxAttempts { get; set; } public TimeSpan Pause { get; set; } }

        public sealed class CacheOptions { public string? Folder { get; set; } public int MaxEntries { get; set; } }

        public static class Startup
        {
            public static void Add(IServiceCollection services, IConfiguration configuration)
            {
                services.Configure<SmtpOptions>(configuration.GetSection("Smtp"));
                services.Configure<CacheOptions>(configuration.GetSection("Cache"));
            }
        }
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Keys_are_renamed(bool fromCode) => Verify<UnknownKeyAnalyzer, UnknownKeyCodeFix>(
        """
        {
          // The relay.
          "Smtp": {
            {|DTK1001:"Hots"|} : "mail", /* kept */
            "Retry": { {|DTK1001:"MaxAttempt"|}: 3 },
          },
          {|DTK1001:"Smtp:Prot"|}: 25
        }
        """,
        """
        {
          // The relay.
          "Smtp": {
            "Host" : "mail", /* kept */
            "Retry": { "MaxAttempts": 3 },
          },
          "Smtp:Port": 25
        }
        """,
        fromCode);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Values_take_a_form_that_converts(bool fromCode) => Verify<ValueAnalyzer, ValueCodeFix>(
        """
        { "Smtp": { "Port": {|DTK1002:"1,025"|}, "UseTls": {|DTK1002:"yes"|}, "Mode": {|DTK1002:"Carefull"|}, "Retry": { "Pause": {|DTK1002:"500ms"|} } } }
        """,
        """
        { "Smtp": { "Port": 1025, "UseTls": true, "Mode": "Careful", "Retry": { "Pause": "00:00:00.5000000" } } }
        """,
        fromCode);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Durations_are_written_out(bool fromCode) => Verify<DurationAnalyzer, DurationCodeFix>(
        """
        { "Smtp": { "Timeout": {|DTK1009:30|}, "Retry": { "Pause": {|DTK1009:"24:00:00"|} } } }
        """,
        """
        { "Smtp": { "Timeout": "00:00:30", "Retry": { "Pause": "1.00:00:00" } } }
        """,
        fromCode);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Keys_are_moved_to_their_section(bool fromCode) => Verify<MisplacedKeyAnalyzer, MisplacedKeyCodeFix>(
        """
        {
        ~"Cache": {
        ~~"Folder": "/tmp" // here
        ~},
        ~"Smtp": {
        ~~"Host": "mail",
        ~~{|DTK1011:"MaxEntries"|}: 10, // entries
        ~~"Port": 25
        ~}
        }
        """,
        """
        {
        ~"Cache": {
        ~~"Folder": "/tmp",
        ~~"MaxEntries": 10 // here
        ~},
        ~"Smtp": {
        ~~"Host": "mail",
        ~~// entries
        ~~"Port": 25
        ~}
        }
        """,
        fromCode);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Missing_keys_are_added(bool fromCode) => Verify<MissingKeyAnalyzer, MissingKeyCodeFix>(
        """
        {
          {|DTK1003:"Smtp"|}: {
            "Port": 25
          }
        }
        """,
        """
        {
          "Smtp": {
            "Port": 25,
            "Host": ""
          }
        }
        """,
        fromCode);

    [Theory]
    [InlineData("""{ "Port": 25 }""", """{ "Port": 25 }""", """{ "Port": 1, "Host": "" }""", """{ "Port": 2, "Host": "" }""")]
    [InlineData("""{ "Port": 25 }""", """{ "Port": 25, "Host": "" }""", """{ "Port": 1 }""", null)]
    public async Task A_key_that_several_environments_lack_is_added_to_all(string before, string after, string production, string? staging)
    {
        var test = new SettingsFixTest<MissingKeyAnalyzer, MissingKeyCodeFix> { TestCode = Code };
        test.TestState.AdditionalFiles.Add(("/0/appsettings.json", $$"""{ "Smtp": {{before}} }"""));
        test.TestState.AdditionalFiles.Add(("/0/appsettings.Production.json", """{ {|DTK1003:"Smtp"|}: { "Port": 1 } }"""));
        test.TestState.AdditionalFiles.Add(("/0/appsettings.Staging.json", staging is null ? "{ }" : """{ "Smtp": { "Port": 2 } }"""));
        test.FixedState.AdditionalFiles.Add(("/0/appsettings.json", $$"""{ "Smtp": {{after}} }"""));
        test.FixedState.AdditionalFiles.Add(("/0/appsettings.Production.json", $$"""{ "Smtp": {{production}} }"""));
        test.FixedState.AdditionalFiles.Add(("/0/appsettings.Staging.json", staging is null ? "{ }" : $$"""{ "Smtp": {{staging}} }"""));
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_section_takes_the_name_that_code_binds(bool fromCode) => Verify<MissingSectionAnalyzer, MissingSectionCodeFix>(
        """
        { "Cache": {}, {|DTK1004:"Stmp"|}: { "Host": "a" } }
        """,
        """
        { "Cache": {}, "Smtp": { "Host": "a" } }
        """,
        fromCode);

    [Fact]
    public Task Secrets_become_references() => Verify<SecretInSettingsAnalyzer, SecretInSettingsCodeFix>(
        """
        { "Smtp": { "Password": {|DTK3001:"T7#kq9!vLx2"|}, "ApiKey": {|DTK3001:"9f8e7d6c5b4a39281706"|} } }
        """,
        """
        { "Smtp": { "Password": "secret://smtp-password", "ApiKey": "secret://smtp-api-key" } }
        """,
        fromCode: false);

    [Fact]
    public Task Connection_strings_become_references() => Verify<ConnectionStringAnalyzer, ConnectionStringCodeFix>(
        """
        { "ConnectionStrings": { "Main": {|DTK3003:"Server=db;User Id=a;Password=T7kq9vLx2"|} } }
        """,
        """
        { "ConnectionStrings": { "Main": "secret://connection-strings-main" } }
        """,
        fromCode: false);

    [Fact]
    public Task Switches_are_turned_off() => Verify<DetailedErrorsAnalyzer, DetailedErrorsCodeFix>(
        """{ "DetailedErrors": {|DTK4002:true|}, "DisplayFullErrorStack": {|DTK4002:true|}, "Db": { "EnableSensitiveDataLogging": {|DTK4002:"True"|} } }""",
        """{ "DetailedErrors": false, "DisplayFullErrorStack": false, "Db": { "EnableSensitiveDataLogging": "false" } }""",
        fromCode: false);

    [Fact]
    public Task Levels_are_raised() => Verify<LogLevelAnalyzer, LogLevelCodeFix>(
        """{ "Logging": { "LogLevel": { "Default": {|DTK4005:"Debug"|}, "Shop.Cart": "Trace" } } }""",
        """{ "Logging": { "LogLevel": { "Default": "Information", "Shop.Cart": "Trace" } } }""",
        fromCode: false);

    private static async Task Verify<TAnalyzer, TFix>(string json, string fixedJson, bool fromCode)
        where TAnalyzer : Microsoft.CodeAnalysis.Diagnostics.DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        foreach (var end in new[] { "\n", "\r\n" })
        {
            var test = new SettingsFixTest<TAnalyzer, TFix> { TestCode = Code, FromCode = fromCode };
            test.TestState.AdditionalFiles.Add(("/0/appsettings.json", Lines(json, end)));
            test.FixedState.AdditionalFiles.Add(("/0/appsettings.json", Lines(fixedJson, end)));
            await test.RunAsync(TestContext.Current.CancellationToken);
        }
    }

    private static string Lines(string text, string end) => text.Replace('~', '\t').ReplaceLineEndings(end);
}
