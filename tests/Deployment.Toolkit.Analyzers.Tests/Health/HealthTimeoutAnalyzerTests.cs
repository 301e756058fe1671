using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class HealthTimeoutAnalyzerTests
{
    [Theory]
    [InlineData("builder.Services.AddHealthChecks().{|DTK6001:AddCheck<Check>|}(\"db\");", "builder.Services.AddHealthChecks().AddCheck<Check>(\"db\", timeout: TimeSpan.FromSeconds(5));")]
    [InlineData("builder.Services.AddHealthChecks().{|DTK6001:AddNpgSql|}(\"\").{|DTK6001:AddUrlGroup|}(new Uri(\"https://x\"), \"x\");", "builder.Services.AddHealthChecks().AddNpgSql(\"\", timeout: TimeSpan.FromSeconds(5)).AddUrlGroup(new Uri(\"https://x\"), \"x\", timeout: TimeSpan.FromSeconds(5));")]
    [InlineData("var health = builder.Services.AddHealthChecks();\nhealth.{|DTK6001:AddNpgSql|}(\"\", tags: [\"ready\"]);", "var health = builder.Services.AddHealthChecks();\nhealth.AddNpgSql(\"\", tags: [\"ready\"], timeout: TimeSpan.FromSeconds(5));")]
    [InlineData("builder.Services.AddHealthChecks().{|DTK6001:AddAsyncCheck|}(\"x\", () => Task.FromResult(HealthCheckResult.Healthy()));", "builder.Services.AddHealthChecks().AddAsyncCheck(\"x\", () => Task.FromResult(HealthCheckResult.Healthy()), timeout: TimeSpan.FromSeconds(5));")]
    public Task A_check_without_a_timeout_is_reported_and_fixed(string statements, string fixedStatements) =>
        RuleTest.Fixes<HealthTimeoutAnalyzer, HealthTimeoutCodeFix>(Code(statements), Code(fixedStatements));

    [Fact]
    public Task The_message_names_the_check() => RuleTest.Expects<HealthTimeoutAnalyzer>(
        Code("builder.Services.AddHealthChecks().{|#0:AddCheck<Check>|}(\"db\");"), new DiagnosticResult(Rules.HealthTimeout).WithLocation(0).WithArguments("db"));

    [Theory]
    [InlineData("builder.Services.AddHealthChecks().AddCheck<Check>(\"db\", timeout: TimeSpan.FromSeconds(1));")]
    [InlineData("builder.Services.AddHealthChecks().AddCheck<Check>(\"db\", null, null, TimeSpan.FromSeconds(1));")]
    [InlineData("builder.Services.AddHealthChecks().AddCheck(\"self\", () => HealthCheckResult.Healthy());")]
    [InlineData("builder.Services.AddHealthChecks().AddDbContextCheck<Db>();")]
    [InlineData("builder.Services.AddHealthChecks().AddCheck<Check>(\"db\");\nbuilder.Services.Configure<HealthCheckServiceOptions>(o => { foreach (var r in o.Registrations) r.Timeout = TimeSpan.FromSeconds(1); });")]
    [InlineData("builder.Services.AddHttpContextAccessor();")]
    public Task A_check_with_a_timeout_or_that_takes_none_is_silent(string statements) => RuleTest.Reports<HealthTimeoutAnalyzer>(Code(statements));

    private static string Code(string statements) => "using Microsoft.Extensions.Diagnostics.HealthChecks;\n" + RuleTest.Program(
        statements,
        "public class Check : IHealthCheck { public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken token = default) => Task.FromResult(HealthCheckResult.Healthy()); }");
}
