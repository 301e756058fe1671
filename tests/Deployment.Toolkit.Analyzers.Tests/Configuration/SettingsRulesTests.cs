using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Tests;

/// <summary>Rules that judge several files together, or code and files.</summary>
public sealed class SettingsRulesTests
{
    private const string Usings =
        """
        using System;
        using System.Collections.Generic;
        using System.ComponentModel.DataAnnotations;
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;

        """;

    private const string Smtp = Usings +
        """
        public enum Mode { Fast, Careful }
        public class SmtpOptions
        {
            [Required] public string? Host { get; set; }
            [Required] public string From { get; set; } = "nobody@example.com";
            [Required] public int Port { get; set; }
            public required string Name { get; set; }
            public bool? UseTls { get; set; }
            public Mode Mode { get; set; }
            public Uri? Url { get; set; }
            public TimeSpan Timeout { get; set; }
            public TimeSpan KeptDays { get; set; }
            public int[] Ports { get; set; } = [];
            public Dictionary<string, double> Weights { get; set; } = new();
            public Guid Id { get; set; }
            public decimal Price { get; set; }
            public byte Level { get; set; }
        }
        public static class Startup
        {
            public static void Add(IServiceCollection services, IConfiguration configuration) =>
                services.Configure<SmtpOptions>(configuration.GetSection("Smtp"));
        }
        """;

    [Fact]
    public Task Values_are_held_to_their_types() => Verify<ValueAnalyzer>(Smtp, (
        "appsettings.json",
        """
        { "Smtp": {
          "Port": "#{Port}#", "UseTls": "", "Mode": "fast", "Url": "/relative", "Timeout": "00:00:30", "Ports": [ 1, {|DTK1002:"x"|}, 2.0e0 ],
          "Weights": { "a": 1.5, "b": {|DTK1002:"1,5"|}, "c": "1e3" }, "Id": {|DTK1002:"abc"|}, "Price": "12.50", "Level": {|DTK1002:300|}, "Name": { }
        } }
        """.Replace("2.0e0", "{|DTK1002:2.0e0|}", StringComparison.Ordinal)), (
        "appsettings.Staging.json",
        """
        { "smtp": { "port": {|DTK1002:1.5|}, "UseTls": {|DTK1002:"on"|}, "Mode": {|DTK1002:"Quick"|}, "Ports": {|DTK1002:"1;2"|}, "Weights:d": {|DTK1002:true|}, "Name": {|DTK1002:[ "x" ]|} } }
        """));

    [Fact]
    public Task A_value_that_every_environment_overrides_is_left_alone() => Verify<ValueAnalyzer>(
        Smtp,
        ("appsettings.json", """{ "Smtp": { "Port": "later" } }"""),
        ("appsettings.Production.json", """{ "Smtp": { "Port": 25 } }"""));

    [Fact]
    public Task Durations_that_are_days_are_told() => Verify<DurationAnalyzer>(Smtp, (
        "appsettings.json", """{ "Smtp": { "Timeout": {|DTK1009:"30"|}, "KeptDays": 30 } }"""), (
        "appsettings.Staging.json", """{ "Smtp": { "Timeout": "1.00:00:00" } }"""), (
        "appsettings.Production.json", """{ "Smtp": { "Timeout": {|DTK1009:"36:00:00"|} } }"""));

    [Fact]
    public async Task A_required_key_is_missing_where_no_file_of_the_environment_gives_it()
    {
        var test = Test<MissingKeyAnalyzer>(
            Smtp,
            ("appsettings.json", """{ {|#0:"Smtp"|}: { "Port": 25, "Name": "a" } }"""),
            ("appsettings.Staging.json", """{ "Smtp": { "Host": "staging" } }"""));
        test.ExpectedDiagnostics.Add(new DiagnosticResult("DTK1003", DiagnosticSeverity.Info).WithLocation(0)
            .WithMessage("Required key 'Smtp:Host' is missing in Production: no settings file gives it there"));
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("none", DiagnosticSeverity.Warning)]
    [InlineData("Other:*", DiagnosticSeverity.Warning)]
    [InlineData("Smtp:Ho*", null)]
    public async Task What_supplies_keys_elsewhere_can_be_said(string providers, DiagnosticSeverity? severity)
    {
        var test = Test<MissingKeyAnalyzer>(Smtp, ("appsettings.json", """{ {|#0:"Smtp"|}: { "Port": 25, "Name": "a" } }"""));
        test.TestState.AnalyzerConfigFiles.Add(("/0/.editorconfig", $"root = true\n[appsettings*.json]\ndeployment_toolkit.DTK1003.external_providers = {providers}\n"));
        if (severity is { } expected)
        {
            test.ExpectedDiagnostics.Add(new DiagnosticResult("DTK1003", expected).WithLocation(0));
        }

        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("severity = none", null)]
    [InlineData("severity = error", DiagnosticSeverity.Error)]
    [InlineData("severity = suggestion", DiagnosticSeverity.Info)]
    [InlineData("allowed_keys = Smtp:Hots", null)]
    [InlineData("allowed_keys = Other, smtp:*", null)]
    [InlineData("allowed_keys = Other", DiagnosticSeverity.Warning)]
    public async Task A_rule_is_set_by_keys_of_its_own(string key, DiagnosticSeverity? severity)
    {
        var test = Test<UnknownKeyAnalyzer>(Smtp, ("appsettings.json", """{ "Smtp": { {|#0:"Hots"|}: "a" } }"""));
        test.TestState.AnalyzerConfigFiles.Add(("/0/.editorconfig", $"root = true\n[appsettings*.json]\ndeployment_toolkit.DTK1001.{key}\n"));
        if (severity is { } expected)
        {
            test.ExpectedDiagnostics.Add(new DiagnosticResult("DTK1001", expected).WithLocation(0));
        }

        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public Task Comments_with_a_reason_switch_a_rule_off() => Verify<UnknownKeyAnalyzer>(Smtp, (
        "appsettings.json",
        """
        { "Smtp": {
          // dtk-disable-next-line DTK1001: the relay's own
          "Hots": 1,
          // dtk-disable-next-line DTK1001, DTK1002: both
          "Hsot": 1,
          // dtk-disable-next-line DTK1001:
          {|DTK1001:"Hozt"|}: 1,
          // dtk-disable-next-line DTK1002: another rule
          {|DTK1001:"Hoost"|}: 1
        } }
        """), (
        "appsettings.Staging.json",
        """
        // dtk-disable DTK1001: written by another program
        { "Smtp": { "Hots": 1 } }
        """));

    [Theory]
    [InlineData("""{ "Title": 1, {|DTK1006:"title"|}: 2 }""")]
    [InlineData("""{ "A": { "B": 1 }, {|DTK1006:"a:b"|}: 2 }""")]
    [InlineData("""{ "A": { "B": 1 }, "a": { {|DTK1006:"b"|}: 2, "c": 3 } }""")]
    [InlineData("""{ "A": { "B": 1 }, "a": { "c": 3 } }""")]
    public Task A_key_stands_once(string json) => Verify<DuplicateKeyAnalyzer>("", ("appsettings.json", json));

    [Fact]
    public Task Shorter_arrays_leave_the_rest() => Verify<ArrayOverrideAnalyzer>(
        "",
        ("appsettings.json", """{ "A": [ 1, 2, 3 ], "B": { "C": [ 1 ] } }"""),
        ("appsettings.Production.json", """{ {|DTK1007:"A"|}: [ 9 ], "B:C": [ 7, 8 ] }"""),
        ("appsettings.Staging.json", """{ {|DTK1007:"a"|}: [], "B": { "C": [ 2 ] } }"""));

    [Fact]
    public Task Inherited_environments_lie_in_between() => Verify<ArrayOverrideAnalyzer>(
        """
        using Deployment.Toolkit;
        public static class Startup
        {
            public static void Declare(DeploymentBuilder deployment) =>
                deployment.AddEnvironments(e => e.Add("Production").Add("Staging", s => s.InheritsFrom("Production")));
        }
        """,
        ("appsettings.Production.json", """{ "A": [ 1, 2, 3 ] }"""),
        ("appsettings.Staging.json", """{ {|DTK1007:"A"|}: [ 9 ] }"""));

    [Theory]
    [InlineData("appsettings.production.json", "{|DTK1010:{|}}")]
    [InlineData("appsettings.Prodution.json", "{|DTK1010:{|}}")]
    [InlineData("appsettings.Docker.json", "{}")]
    [InlineData("appsettings.Local.json", "{}")]
    [InlineData("appsettings.Staging.json", "{}")]
    public Task Files_are_of_an_environment(string name, string json) => Verify<EnvironmentFileAnalyzer>("", (name, json));

    [Theory]
    [InlineData("SQLite", "'appsettings.SQLite.json' is not read: environment 'SQLite' is not declared.")]
    [InlineData("Stagin", "'appsettings.Stagin.json' is not read: environment 'Stagin' is not declared. Did you mean 'appsettings.Staging.json'?")]
    public Task A_file_of_no_declared_environment_is_likened_to_what_is_near(string environment, string message)
    {
        var test = Test<EnvironmentFileAnalyzer>(
            """
            using Deployment.Toolkit;
            public static class P
            {
                public static void M(DeploymentBuilder deployment) => deployment.AddEnvironments(e => e.Add("Production").Add("Staging"));
            }
            """,
            ($"appsettings.{environment}.json", "{|#0:{|}}"));
        test.ExpectedDiagnostics.Add(new Microsoft.CodeAnalysis.Testing.DiagnosticResult(EnvironmentFileAnalyzer.Descriptor).WithLocation(0).WithMessage(message));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("configuration[{|DTK1005:\"Mail:Hozt\"|}]")]
    [InlineData("configuration.GetValue<string>({|DTK1005:\"Mail:Hozt\"|})")]
    [InlineData("configuration.GetSection(\"Mail\")[{|DTK1005:\"Hozt\"|}]")]
    [InlineData("configuration.GetConnectionString({|DTK1005:\"Mian1\"|})")]
    [InlineData("configuration[{|DTK1005:\"Relay:RetryCount\"|}]")]
    [InlineData("configuration[\"Mail:Port\"]")]
    [InlineData("configuration[\"Mail:Password\"]")]
    [InlineData("configuration[\"ASPNETCORE_URLS\"]")]
    [InlineData("configuration[\"mail:HOST1\"]")]
    public Task Keys_that_code_reads_stand_in_a_file(string read) => Verify<ReadKeyAnalyzer>(
        Usings + $$"""public static class P { public static object? M(IConfiguration configuration) => {{read}}; }""",
        ("appsettings.json", """{ "Mail": { "Host1": "a", "Port": 25, "RetryCount": 3 }, "ConnectionStrings": { "Main1": "x" } }""".Replace("Host1", read.Contains("Hozt", StringComparison.Ordinal) ? "Host" : "Host1", StringComparison.Ordinal)));

    // The section is bound and its key read beside that: what the type lacks and nearly has is a slip, whether a file has the key or not.
    [Theory]
    [InlineData("configuration[{|DTK1005:\"Smtp:Prot\"|}]", "{ \"Smtp\": { \"Host\": \"mail\" } }")]
    [InlineData("configuration[{|DTK1005:\"Smtp:Prot\"|}]", "{ \"Smtp\": { \"Host\": \"mail\", \"Port\": 25 } }")]
    [InlineData("configuration.GetSection(\"Smtp\").GetValue<int>({|DTK1005:\"Potr\"|})", "{ \"Smtp\": { \"Host\": \"mail\" } }")]
    [InlineData("configuration[\"Smtp:Port\"]", "{ \"Smtp\": { \"Host\": \"mail\" } }")]
    [InlineData("configuration[\"Smtp:Sender\"]", "{ \"Smtp\": { \"Host\": \"mail\" } }")]
    [InlineData("configuration[\"Smtp:Prot\"]", "{ \"Smtp\": { \"Prot\": \"1\" } }")]
    [InlineData("configuration[\"Other:Prot\"]", "{ \"Smtp\": { \"Host\": \"mail\" } }")]
    public Task A_key_that_a_bound_type_nearly_has_is_a_slip(string read, string file) => Verify<ReadKeyAnalyzer>(
        $$"""
        using Microsoft.Extensions.Configuration;
        public class Smtp { public string? Host { get; set; } public int Port { get; set; } }
        static class P { static object? M(IConfiguration configuration) { _ = configuration.GetSection("Smtp").Get<Smtp>(); return {{read}}; } }
        """,
        ("appsettings.json", file));

    [Theory]
    [InlineData("class Site { public int Port { get; set; } }", true)]
    [InlineData("class Site { public Imports Import { get; set; } = new(); public class Imports { public int BatchSize { get; set; } } }", false)]
    [InlineData("class Site : Dictionary<string, string> { }", false)]
    public Task What_is_bound_to_the_root_has_its_own_members_alone(string site, bool isReported) => Verify<ReadKeyAnalyzer>(
        Usings + site + $$"""
         static class P { static object? M(IConfiguration configuration) { _ = configuration.Get<Site>(); return configuration[{{(isReported ? "{|DTK1005:\"Jobs:BatchSize\"|}" : "\"Jobs:BatchSize\"")}}]; } }
        """,
        ("appsettings.json", """{ "Import": { "BatchSize": 3 } }"""));

    [Fact]
    public Task A_section_that_another_rule_speaks_of_is_not_called_unread() => Verify<UnreadSectionAnalyzer>(
        Smtp, ("appsettings.json", """{ "Stmp": { "Host": "a" }, "UseTls": true, {|DTK1013:"Legacy"|}: { "Host": "a" } }"""));

    [Theory]
    [InlineData("""{ "AllowedHosts": "*", "Cors": { "AllowedOrigins": [ "https://a.example", {|DTK4003:"http://localhost:3000"|} ] }, "CorsOrigins": {|DTK4003:"*"|}, "Origin": "*" }""")]
    [InlineData("""{ "Cors": { "Origins": {|DTK4003:"https://a.example;http://127.0.0.1"|} } }""")]
    public Task Origins_of_production_are_named(string json) => Verify<CorsSettingsAnalyzer>("", ("appsettings.json", json));

    [Fact]
    public Task What_production_overrides_does_not_count() => Verify<CorsSettingsAnalyzer>(
        "",
        ("appsettings.json", """{ "Cors": { "Origins": "*" } }"""),
        ("appsettings.Development.json", """{ "Cors": { "Origins": "http://localhost:3000" } }"""),
        ("appsettings.Production.json", """{ "cors": { "origins": "https://a.example" } }"""));

    [Theory]
    [InlineData("""{ "ConnectionStrings": { "A": {|DTK4006:"Server=db.example.com;TrustServerCertificate=True"|}, "B": "Server=localhost;TrustServerCertificate=True", "C": {|DTK4006:"Host=db;SSL Mode=Prefer"|}, "D": "Host=db;SSL Mode=VerifyFull" }, "Jwt": { "RequireHttpsMetadata": {|DTK4006:false|} } }""")]
    public Task Connections_of_production_are_checked(string json) => Verify<TransportSettingsAnalyzer>("", ("appsettings.json", json));

    [Fact]
    public async Task A_check_of_tokens_that_is_off_in_a_file_is_told_where_it_may_be()
    {
        var test = Test<TokenSettingsAnalyzer>("", ("appsettings.json", """{ "Jwt": { "ValidateLifetime": {|#0:false|} } }"""));
        test.ExpectedDiagnostics.Add(new Microsoft.CodeAnalysis.Testing.DiagnosticResult(Rules.UncheckedToken).WithLocation(0).WithMessage(
            "'Jwt:ValidateLifetime' is off in production too, so that the app accepts tokens that have expired. Turn it on, or off in "
                + "appsettings.Development.json alone."));
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("""{ "Api": { "Url": {|DTK4007:"http://localhost:5000"|}, "Other": {|DTK4007:"http://api.example.com"|}, "Secure": "https://api.example.com", "Neighbour": "http://catalog-api" } }""")]
    [InlineData("""{ "Kestrel": { "Endpoints": { "Http": { "Url": "http://localhost:5000" } } }, "urls": "http://localhost:5000", "Jwt": { "Issuer": "http://localhost" }, "Namespace": "http://schemas.example.com" }""")]
    [InlineData("""{ "Redis": {|DTK4007:"localhost:6379"|}, "ConnectionStrings": { "A": {|DTK4007:"Server=localhost;Database=a"|}, "B": "Server=(localdb)\\x;Database=a", "C": "Data Source=a.db" } }""")]
    [InlineData("""{ "Shop": { "Urls": { "Stock": {|DTK4007:"http://localhost:8080"|} }, "ApplicationUrl": {|DTK4007:"https://localhost:7001"|} }, "Urls": { "Stock": {|DTK4007:"http://localhost:8081"|} } }""")]
    [InlineData("""{ "Tracing": { "Enabled": false, "Endpoint": "http://localhost:9411" }, "Bus": { "BusEnabled": "False", "BusAddress": "localhost:5672", "Other": {|DTK4007:"localhost:6379"|} }, "Keys": { "KeepInRedis": false, "KeepInRedisUrl": "localhost:6379" } }""")]
    [InlineData("""{ "Tracing": { "Enabled": true, "Endpoint": {|DTK4007:"http://localhost:9411"|} }, "Tls": { "Check": false, "Endpoint": {|DTK4007:"http://localhost:9411"|} } }""")]
    public Task Endpoints_of_production_are_its_own(string json) => Verify<LocalEndpointAnalyzer>("", ("appsettings.json", json), ("appsettings.Production.json", "{ }"));

    [Fact]
    public Task An_access_key_beside_its_secret_key_is_a_user_name() => Verify<SecretInSettingsAnalyzer>(
        "",
        ("appsettings.json",
            """
            {
              "Files": { "accessKey": "backups", "secretKey": {|DTK3001:"9f8e7d6c5b4a39281706"|} },
              "Aws": { "AccessKey": "Q3EGRT7XKPLW2MND", "SecretAccessKey": {|DTK3001:"9f8e7d6c5b4a39281706"|} },
              "Search": { "AccessKey": {|DTK3001:"9f8e7d6c5b4a39281706"|} }
            }
            """));

    [Fact]
    public async Task Variables_match_keys_and_hold_no_secret()
    {
        const string LaunchSettings =
            """{ "profiles": { "http": { "environmentVariables": { "ASPNETCORE_ENVIRONMENT": "Development", {|DTK1012:"Smtp__Hots"|}: "a", "Smtp__Host": "b", "Weights__a": "1" } } } }""";
        await Verify<VariableAnalyzer>(
            Smtp, ("Properties/launchSettings.json", LaunchSettings), (".env", "# a comment\nexport {|DTK1012:Smpt__Host|}=a\nSmtp__Weights__x=1\nPLAIN=1\n"));
        await Verify<CommittedSecretAnalyzer>(
            "",
            (".env", "DB_PASSWORD={|DTK3005:hunter2|}\nDB_USER=app\nJWT_SECRET={|DTK3005:\"a b9c8\"|} # why\nEMPTY_PASSWORD=\nREF_PASSWORD=${DB_PASSWORD}\n"),
            (".env.example", "DB_PASSWORD=hunter2\n"),
            ("web.config", """<configuration><environmentVariable name="Smtp__Password" value="{|DTK3005:hunter2|}" /></configuration>"""));
    }

    [Fact]
    public Task Production_has_secrets_of_its_own() => Verify<SharedSecretAnalyzer>(
        "",
        ("appsettings.json", """{ "A": { "Password": "hunter2" }, "B": { "Password": "other" } }"""),
        ("appsettings.Production.json", """{ "A": { "Password": {|DTK3006:"hunter2"|} }, "B": { "Password": "hunter3" } }"""));

    private static Task Verify<TAnalyzer>(string code, params (string Name, string Text)[] files)
        where TAnalyzer : DiagnosticAnalyzer, new() =>
        Test<TAnalyzer>(code, files).RunAsync(TestContext.Current.CancellationToken);

    private static SettingsTest<TAnalyzer> Test<TAnalyzer>(string code, params (string Name, string Text)[] files)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var test = new SettingsTest<TAnalyzer> { TestCode = code };
        test.TestState.AdditionalReferences.Add(DeploymentApi.Reference);
        foreach (var (name, text) in files)
        {
            test.TestState.AdditionalFiles.Add(("/0/" + name, text));
        }

        return test;
    }
}
