using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class OptionsStartAnalyzerTests
{
    [Theory]
    [InlineData("services.AddOptions<Mail>().Bind(section).{|DTK2001:ValidateDataAnnotations|}();", "services.AddOptions<Mail>().Bind(section).ValidateDataAnnotations().ValidateOnStart();")]
    [InlineData("services.AddOptions<Mail>(\"named\").{|DTK2001:Validate|}(m => m.Port > 0);", "services.AddOptions<Mail>(\"named\").Validate(m => m.Port > 0).ValidateOnStart();")]
    [InlineData("services.AddOptions<Mail>().Validate(m => m.Port > 0).{|DTK2001:ValidateDataAnnotations|}().Bind(section);", "services.AddOptions<Mail>().Validate(m => m.Port > 0).ValidateDataAnnotations().ValidateOnStart().Bind(section);")]
    [InlineData("var mail = services.AddOptions<Mail>();\n        mail.{|DTK2001:ValidateDataAnnotations|}();", "var mail = services.AddOptions<Mail>();\n        mail.ValidateDataAnnotations().ValidateOnStart();")]
    [InlineData(
        """
        services.AddOptions<Mail>()
                    .Bind(section) // the one of the app
                    .{|DTK2001:ValidateDataAnnotations|}();
        """,
        """
        services.AddOptions<Mail>()
                    .Bind(section) // the one of the app
                    .ValidateDataAnnotations() // the one of the app
                    .ValidateOnStart();
        """)]
    public Task Validation_that_waits_for_the_first_use_is_reported_and_fixed(string statements, string fixedStatements) =>
        RuleTest.Fixes<OptionsStartAnalyzer, ValidateOptionsCodeFix>(Code(statements), Code(fixedStatements));

    [Fact]
    public Task A_registered_validator_is_reported() => RuleTest.Reports<OptionsStartAnalyzer>(Code(
        "services.Configure<Mail>(section);\n        services.{|DTK2001:AddSingleton<IValidateOptions<Mail>, MailValidator>|}();"));

    [Theory]
    [InlineData("services.AddOptions<Mail>().ValidateDataAnnotations().ValidateOnStart();")]
    [InlineData("services.AddOptions<Mail>().ValidateOnStart().ValidateDataAnnotations();")]
    [InlineData("services.AddOptionsWithValidateOnStart<Mail>().ValidateDataAnnotations();")]
    [InlineData("services.AddOptions<Mail>().ValidateDataAnnotations();\nservices.AddOptions<Mail>().ValidateOnStart();")]
    [InlineData("var mail = services.AddOptions<Mail>().ValidateDataAnnotations();\nmail.ValidateOnStart();")]
    [InlineData("var mail = services.AddOptions<Mail>().ValidateDataAnnotations();\nFinish(mail);")]
    [InlineData("Finish(services.AddOptions<Mail>().ValidateDataAnnotations());")]
    [InlineData("services.Configure<Mail>(section);\nservices.AddOptions<Mail>().ValidateOnStart();\nservices.AddSingleton<IValidateOptions<Mail>, MailValidator>();")]
    [InlineData("services.AddSingleton<IValidateOptions<Mail>, MailValidator>();")]
    [InlineData("services.AddOptions<Mail>().Bind(section);")]
    [InlineData("new Own().Validate();")]
    public Task Validation_at_the_start_or_in_other_hands_is_silent(string statements) => RuleTest.Reports<OptionsStartAnalyzer>(Code(statements));

    [Fact]
    public Task A_web_host_runs_no_validation_at_its_start() => RuleTest.Expects<OptionsStartAnalyzer>(
        Code(
            "services.AddOptions<Mail>().ValidateDataAnnotations().{|#0:ValidateOnStart|}();",
            "public static class Program { public static void Main(string[] args) => Microsoft.AspNetCore.WebHost.CreateDefaultBuilder(args).Build(); }"),
        new DiagnosticResult(Rules.ValidatedNever).WithLocation(0).WithArguments("Mail"));

    private static string Code(string statements, string rest = "") =>
        $$"""
        using Microsoft.Extensions.Options;

        public class Mail { public int Port { get; set; } }
        public class MailValidator : IValidateOptions<Mail> { public ValidateOptionsResult Validate(string? name, Mail options) => ValidateOptionsResult.Success; }
        public class Own { public void Validate() { } }

        public static class Startup
        {
            public static void Add(IServiceCollection services, IConfiguration section)
            {
                {{statements}}
            }

            public static OptionsBuilder<Mail> AddMail(IServiceCollection services) => services.AddOptions<Mail>("other").ValidateDataAnnotations();

            public static OptionsBuilder<T> Checked<T>(this OptionsBuilder<T> builder) where T : class { builder.ValidateDataAnnotations(); return builder; }

            private static void Finish(OptionsBuilder<Mail> builder) => builder.Checked();
        }

        {{rest}}
        """;
}
