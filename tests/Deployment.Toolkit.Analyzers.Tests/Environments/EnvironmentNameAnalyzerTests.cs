using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class EnvironmentNameAnalyzerTests
{
    private const string Declares = """builder.AddEnvironments(e => e.Add("Development").Add("Acceptance").Add("Live"));""";

    [Theory]
    [InlineData("""environment.IsEnvironment({|DTK2003:"Prodution"|})""")]
    [InlineData("""HostEnvironmentEnvExtensions.IsEnvironment(environment, {|DTK2003:"Prodution"|})""")]
    [InlineData("""HostEnvironmentEnvExtensions.IsEnvironment(environmentName: {|DTK2003:"Prodution"|}, hostEnvironment: environment)""")]
    [InlineData("""environment.EnvironmentName == {|DTK2003:"Prodution"|}""")]
    [InlineData("""{|DTK2003:"prodcution"|} != environment.EnvironmentName""")]
    [InlineData("""nullable?.EnvironmentName == {|DTK2003:"Productoin"|}""")]
    [InlineData("""web.EnvironmentName.Equals({|DTK2003:"Produktion"|})""")]
    [InlineData("""own.EnvironmentName.Equals({|DTK2003:"Produktion"|}, StringComparison.OrdinalIgnoreCase)""")]
    [InlineData("""{|DTK2003:"Prodution"|}.Equals(environment.EnvironmentName, StringComparison.Ordinal)""")]
    [InlineData("""string.Equals(environment.EnvironmentName, {|DTK2003:"Prodution"|}, StringComparison.Ordinal)""")]
    [InlineData("""string.Equals({|DTK2003:"Prodution"|}, environment.EnvironmentName)""")]
    [InlineData("""environment.EnvironmentName is {|DTK2003:"Prodution"|}""")]
    [InlineData("""environment.EnvironmentName is "Live" or {|DTK2003:"Prodution"|}""")]
    [InlineData("""environment.EnvironmentName switch { {|DTK2003:"Prodution"|} => true, _ => false }""")]
    [InlineData("""Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") == {|DTK2003:"Prodution"|}""")]
    public Task Near_misses_of_the_usual_environments_are_reported_and_fixed(string condition) => Verify(
        Code(condition), Code(System.Text.RegularExpressions.Regex.Replace(condition, @"\{\|DTK2003:.*?\|\}", "\"Production\"")));

    [Theory]
    [InlineData("""environment.IsEnvironment("production")""")]
    [InlineData("""environment.IsEnvironment("Testing")""")]
    [InlineData("""environment.IsEnvironment("Prod")""")]
    [InlineData("""environment.IsEnvironment("ProductionEU")""")]
    [InlineData("""environment.IsEnvironment("PreStaging")""")]
    [InlineData("""environment.IsEnvironment("Staging2")""")]
    [InlineData("""environment.IsEnvironment(text)""")]
    [InlineData("""environment.EnvironmentName == text""")]
    [InlineData("""environment.EnvironmentName == null""")]
    [InlineData("""environment.ApplicationName == "Prodution" """)]
    [InlineData("""text == "Prodution" """)]
    [InlineData("""text is "Prodution" """)]
    [InlineData("""Environment.GetEnvironmentVariable("REGION") == "Prodution" """)]
    [InlineData("""text.Equals("Prodution")""")]
    [InlineData("""object.Equals(1, 2)""")]
    [InlineData("""IsEnvironment("Prodution")""")]
    [InlineData("""unrelated.EnvironmentName == "Prodution" """)]
    public Task What_is_no_near_miss_or_no_environment_is_silent(string condition) => Verify(Code(condition));

    [Fact]
    public Task The_message_names_both() => Verify(
        Code("""environment.IsEnvironment({|#0:"Develpoment"|})"""),
        Code("""environment.IsEnvironment("Development")"""),
        new DiagnosticResult(EnvironmentNameAnalyzer.Descriptor).WithLocation(0)
            .WithMessage("Environment 'Develpoment' is not declared. Did you mean 'Development'?"));

    [Theory]
    [InlineData("""environment.IsEnvironment({|DTK2003:"Acceptence"|})""", """environment.IsEnvironment("Acceptance")""")]
    [InlineData("""environment.IsEnvironment({|DTK2003:"Lvie"|})""", """environment.IsEnvironment("Live")""")]
    public Task Declared_environments_take_the_place_of_the_usual_ones(string condition, string fixedCondition) =>
        Verify(Code(condition, Declares), Code(fixedCondition, Declares));

    [Theory]
    [InlineData("""environment.IsEnvironment("live")""")]
    [InlineData("""environment.IsEnvironment("Prodution")""")]
    [InlineData("""environment.IsEnvironment("Staging")""")]
    public Task Names_that_are_near_to_no_declared_one_are_silent(string condition) => Verify(Code(condition, Declares));

    [Fact]
    public Task Names_computed_at_run_time_may_be_any() =>
        Verify(Code("""environment.IsEnvironment("Acceptence")""", Declares + "builder.AddEnvironments(e => e.Add(text));"));

    [Fact]
    public Task A_constant_is_reported_where_it_is_used_and_not_fixed() => Verify(Code("environment.IsEnvironment({|DTK2003:Misspelt|})"));

    [Fact]
    public Task Fix_All_mends_every_one_of_them() => Verify(
        Code("""environment.IsEnvironment({|DTK2003:"Prodution"|}) || environment.EnvironmentName == /* or */ {|DTK2003:"Stagging"|}"""),
        Code("""environment.IsEnvironment("Production") || environment.EnvironmentName == /* or */ "Staging" """.TrimEnd()));

    private static string Code(string condition, string declarations = "") =>
        $$"""
        using System;
        using Deployment.Toolkit;
        using Microsoft.AspNetCore.Hosting;
        using Microsoft.Extensions.Hosting;

        public abstract class OwnEnvironment : IHostEnvironment
        {
            public string EnvironmentName { get; set; } = "";
            public abstract string ApplicationName { get; set; }
            public abstract string ContentRootPath { get; set; }
            public abstract Microsoft.Extensions.FileProviders.IFileProvider ContentRootFileProvider { get; set; }
        }

        public sealed class Unrelated { public string EnvironmentName => ""; }

        public static class Startup
        {
            private const string Misspelt = "Prodution";

            public static void Declare(DeploymentBuilder builder, string text) { {{declarations}} }

            public static bool Is(
                IHostEnvironment environment, IHostEnvironment? nullable, IWebHostEnvironment web, OwnEnvironment own, Unrelated unrelated, string text) =>
                {{condition}};

            private static bool IsEnvironment(string name) => name.Length > 0;
        }
        """;

    private static Task Verify(string source, string? fixedSource = null, params DiagnosticResult[] expected)
    {
        var test = new CSharpCodeFixTest<EnvironmentNameAnalyzer, ReplaceEnvironmentNameCodeFix>
        {
            TestState = { Sources = { source }, AdditionalReferences = { DeploymentApi.Reference } },
        };
        if (fixedSource is not null)
        {
            test.FixedCode = fixedSource;
        }

        Array.ForEach(expected, test.ExpectedDiagnostics.Add);
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
