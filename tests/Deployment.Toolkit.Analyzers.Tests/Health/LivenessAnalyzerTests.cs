using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class LivenessAnalyzerTests
{
    private const string Database = "builder.Services.AddHealthChecks().AddNpgSql(\"\", tags: [\"ready\"]);\nvar app = builder.Build();\n";

    [Theory]
    [InlineData(Database + "app.MapHealthChecks({|DTK6004:\"/live\"|});")]
    [InlineData(Database + "app.MapHealthChecks({|DTK6004:\"/healthz/live\"|}).AllowAnonymous();")]
    [InlineData(Database + "app.UseHealthChecks({|DTK6004:\"/alive\"|});")]
    [InlineData(Database + "app.MapHealthChecks({|DTK6004:\"/livez\"|}, new HealthCheckOptions());")]
    [InlineData(Database + "app.MapHealthChecks({|DTK6004:\"/livez\"|}, new HealthCheckOptions { Predicate = _ => true });")]
    [InlineData(Database + "app.MapHealthChecks({|DTK6004:\"/livez\"|}, new HealthCheckOptions { Predicate = c => c.Tags.Contains(\"ready\") });")]
    [InlineData("builder.Services.AddHealthChecks().AddDbContextCheck<Db>();\nvar app = builder.Build();\napp.MapHealthChecks({|DTK6004:\"/liveness\"|});")]
    [InlineData("builder.Services.AddHealthChecks().AddCheck<Backend>(\"x\");\nvar app = builder.Build();\napp.MapHealthChecks({|DTK6004:\"/live\"|});")]
    public Task A_dependency_on_the_liveness_endpoint_is_reported(string statements) => RuleTest.Reports<LivenessAnalyzer>(Code(statements));

    [Theory]
    [InlineData(Database + "app.MapHealthChecks(\"/health\");\napp.MapHealthChecks(\"/ready\");\napp.MapHealthChecks(\"/deliver\");")]
    [InlineData(Database + "app.MapHealthChecks(\"/live\", new HealthCheckOptions { Predicate = _ => false });")]
    [InlineData(Database + "app.MapHealthChecks(\"/live\", new HealthCheckOptions { Predicate = c => c.Tags.Contains(\"live\") });")]
    [InlineData(Database + "app.MapHealthChecks(\"/live\", new HealthCheckOptions { Predicate = c => c.Name == \"self\" });")]
    [InlineData(Database + "app.MapHealthChecks(\"/live\", Options());\nstatic HealthCheckOptions Options() => new();")]
    [InlineData("builder.Services.AddHealthChecks().AddCheck(\"self\", () => HealthCheckResult.Healthy());\nvar app = builder.Build();\napp.MapHealthChecks(\"/live\");")]
    [InlineData("builder.Services.AddHealthChecks().AddCheck<Memory>(\"memory\");\nvar app = builder.Build();\napp.MapHealthChecks(\"/live\");")]
    public Task A_liveness_endpoint_of_its_own_is_silent(string statements) => RuleTest.Reports<LivenessAnalyzer>(Code(statements));

    [Fact]
    public Task The_message_names_both() => RuleTest.Expects<LivenessAnalyzer>(
        Code(Database + "app.MapHealthChecks({|#0:\"/live\"|});"), new DiagnosticResult(Rules.DependencyOnLiveness).WithLocation(0).WithArguments("/live", "AddNpgSql"));

    private static string Code(string statements) =>
        "using Microsoft.AspNetCore.Diagnostics.HealthChecks;\nusing Microsoft.Extensions.Diagnostics.HealthChecks;\n" + RuleTest.Program(
            statements,
            """
            public class Memory : IHealthCheck { public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken token = default) => Task.FromResult(HealthCheckResult.Healthy()); }
            public class Backend(IHttpClientFactory clients) : IHealthCheck { public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken token = default) => Task.FromResult(HealthCheckResult.Healthy(clients.ToString())); }
            """);
}
