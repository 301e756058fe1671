namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class EnvironmentCaseAnalyzerTests
{
    [Theory]
    [InlineData("{|DTK2004:env.EnvironmentName == \"Production\"|}", "env.IsProduction()")]
    [InlineData("{|DTK2004:env.EnvironmentName == \"production\"|}", "env.IsProduction()")]
    [InlineData("{|DTK2004:\"Development\" != env.EnvironmentName|}", "!env.IsDevelopment()")]
    [InlineData("{|DTK2004:env.EnvironmentName == Environments.Staging|} || flag", "env.IsStaging() || flag")]
    [InlineData("flag && /* why */ {|DTK2004:env.EnvironmentName.Equals(\"QA\")|}", "flag && /* why */ env.IsEnvironment(\"QA\")")]
    [InlineData("{|DTK2004:string.Equals(env.EnvironmentName, Live, StringComparison.Ordinal)|}", "env.IsEnvironment(Live)")]
    [InlineData("{|DTK2004:\"Production\".Equals(env.EnvironmentName)|}", "env.IsProduction()")]
    [InlineData("{|DTK2004:env.EnvironmentName is \"Production\"|}", "env.IsProduction()")]
    [InlineData("{|DTK2004:Environment.GetEnvironmentVariable(\"ASPNETCORE_ENVIRONMENT\") == \"Development\"|}", "string.Equals(Environment.GetEnvironmentVariable(\"ASPNETCORE_ENVIRONMENT\"), \"Development\", StringComparison.OrdinalIgnoreCase)")]
    public Task Comparisons_by_case_are_reported_and_fixed(string condition, string fixedCondition) =>
        RuleTest.Fixes<EnvironmentCaseAnalyzer, EnvironmentCaseCodeFix>(Code(condition), Code(fixedCondition));

    [Theory]
    [InlineData("{|DTK2004:env.EnvironmentName is \"Production\" or \"Live\"|}")]
    [InlineData("{|DTK2004:env.EnvironmentName|} switch { \"Production\" => true, _ => false }")]
    public Task Patterns_of_several_names_are_reported_without_a_fix(string condition) =>
        RuleTest.Fixes<EnvironmentCaseAnalyzer, EnvironmentCaseCodeFix>(Code(condition), null);

    [Fact]
    public Task A_misspelt_name_of_a_declared_environment_is_left_to_the_rule_of_spelling() => RuleTest.Reports<EnvironmentCaseAnalyzer>(RuleTest.Program(
        """
        Deployment.Toolkit.DeploymentBuilderExtensions.AddEnvironments(
            new Deployment.Toolkit.DeploymentBuilder(), e => e.Add("Acceptance").Add("Live"));
        var name = builder.Environment.EnvironmentName;
        _ = name == "Acceptence" || {|DTK2004:name == "Live"|} || {|DTK2004:name is "Acceptence" or "Live"|};
        """));

    [Fact]
    public Task A_local_and_a_switch_are_followed() => RuleTest.Reports<EnvironmentCaseAnalyzer>(RuleTest.Program(
        """
        var name = Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? "Production";
        if ({|DTK2004:name == "Production"|}) { }
        switch ({|DTK2004:builder.Environment.EnvironmentName|}) { case "Production": break; }
        """));

    [Theory]
    [InlineData("env.IsProduction()")]
    [InlineData("env.EnvironmentName.Equals(\"Production\", StringComparison.OrdinalIgnoreCase)")]
    [InlineData("string.Equals(env.EnvironmentName, \"Production\", StringComparison.InvariantCultureIgnoreCase)")]
    [InlineData("env.EnvironmentName.ToLowerInvariant() == \"production\"")]
    [InlineData("env.EnvironmentName == text")]
    [InlineData("env.EnvironmentName == null || env.EnvironmentName == \"\"")]
    [InlineData("env.EnvironmentName == \"Prodution\"")]
    [InlineData("env.ApplicationName == \"Production\"")]
    [InlineData("text == \"Production\"")]
    [InlineData("Environment.GetEnvironmentVariable(\"REGION\") == \"Production\"")]
    [InlineData("new Own().EnvironmentName == \"Production\"")]
    public Task What_ignores_case_or_is_no_environment_is_silent(string condition) => RuleTest.Reports<EnvironmentCaseAnalyzer>(Code(condition));

    private static string Code(string condition) =>
        $$"""
        public sealed class Own { public string EnvironmentName => ""; }

        public static class Startup
        {
            private const string Live = "Live";

            public static bool Is(IWebHostEnvironment env, string text, bool flag) => {{condition}};
        }
        """;
}
