using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class UncheckedOptionsAnalyzerTests
{
    [Theory]
    [InlineData("services.{|DTK2002:Configure<Mail>|}(section);", "services.AddOptions<Mail>().Bind(section).ValidateDataAnnotations().ValidateOnStart();")]
    [InlineData("services.AddOptions<Mail>().{|DTK2002:Bind|}(section);", "services.AddOptions<Mail>().Bind(section).ValidateDataAnnotations().ValidateOnStart();")]
    [InlineData("services.AddOptions<Mail>().{|DTK2002:BindConfiguration|}(\"Mail\").PostConfigure(m => m.Port++);", "services.AddOptions<Mail>().BindConfiguration(\"Mail\").ValidateDataAnnotations().ValidateOnStart().PostConfigure(m => m.Port++);")]
    public Task Rules_that_nothing_checks_are_reported_and_fixed(string statements, string fixedStatements) =>
        RuleTest.Fixes<UncheckedOptionsAnalyzer, ValidateOptionsCodeFix>(Code(statements), Code(fixedStatements));

    [Theory]
    [InlineData("var mail = section.{|DTK2002:Get<Mail>|}();")]
    [InlineData("var mail = new Mail();\nsection.{|DTK2002:Bind|}(mail);")]
    [InlineData("services.{|DTK2002:Configure<Derived>|}(section);")]
    [InlineData("services.{|DTK2002:Configure<Own>|}(section);")]
    [InlineData("var mail = section.Get<Mail>();\nservices.{|DTK2002:Configure<Mail>|}(section);\nservices.Configure<Mail>(\"other\", section);")]
    public Task Other_bindings_are_reported_once_and_not_fixed(string statements) => RuleTest.Reports<UncheckedOptionsAnalyzer>(Code(statements));

    [Theory]
    [InlineData("services.Configure<Mail>(section);\nservices.AddOptions<Mail>().ValidateDataAnnotations();")]
    [InlineData("services.AddOptions<Mail>().Bind(section).Validate(m => m.Port > 0);")]
    [InlineData("var mail = section.Get<Mail>()!;\nSystem.ComponentModel.DataAnnotations.Validator.ValidateObject(mail, new(mail));")]
    [InlineData("services.Configure<Mail>(section);\nCheck(new Mail());\nstatic void Check(object o) => System.ComponentModel.DataAnnotations.Validator.ValidateObject(o, new(o));")]
    [InlineData("services.Configure<Plain>(section);")]
    [InlineData("services.Configure<Mail>(m => m.Port = 1);")]
    [InlineData("services.Configure<Mail>(section);\nservices.AddValidated<Mail>();")]
    [InlineData("services.Configure<Fluent>(section);")]
    [InlineData("services.Configure<Checked>(section);\nservices.AddSingleton<IValidateOptions<Checked>, CheckedValidator>();")]
    [InlineData("var mail = section.Get<Mail>();\nOuter<Mail>(services, section);")]
    [InlineData("Bind<Mail>(services, section);")]
    public Task Rules_that_something_checks_are_silent(string statements) => RuleTest.Reports<UncheckedOptionsAnalyzer>(Code(statements));

    [Fact]
    public Task A_validator_that_nobody_registers_is_reported() => RuleTest.Expects<UncheckedOptionsAnalyzer>(
        Code("services.{|#0:Configure<Checked>|}(section);"),
        new DiagnosticResult(Rules.UncheckedOptions).WithLocation(0).WithArguments(
            "Checked", "the validator 'CheckedValidator', which is registered nowhere",
            "Bind it with AddOptions<T>().Bind(…).ValidateDataAnnotations().ValidateOnStart()."));

    [Fact]
    public Task The_message_names_the_rules() => RuleTest.Expects<UncheckedOptionsAnalyzer>(
        Code("services.AddOptions<Mail>().{|#0:Bind|}(section);"),
        new DiagnosticResult(Rules.UncheckedOptions).WithLocation(0).WithMessage(
            "'Mail' has rules on 'Server', 'Port', and nothing checks it. Call ValidateDataAnnotations().ValidateOnStart()."));

    private static string Code(string statements) =>
        $$"""
        using System.ComponentModel.DataAnnotations;
        using Microsoft.Extensions.Options;

        public class Mail { [Required] public string? Server { get; set; } [Range(1, 65535)] public int Port { get; set; } }
        public class Derived : Mail;
        public class Plain { [Display] public string? Server { get; set; } }
        public class Fluent { [Required] public string? Server { get; set; } }
        public class FluentValidator : FluentValidation.AbstractValidator<Fluent>;
        public class Own : IValidatableObject { public IEnumerable<ValidationResult> Validate(ValidationContext context) => []; }
        public class Checked { public string? Server { get; set; } }
        internal sealed class CheckedValidator : IValidateOptions<Checked> { public ValidateOptionsResult Validate(string? name, Checked options) => ValidateOptionsResult.Success; }

        public static class Startup
        {
            public static void Add(IServiceCollection services, IConfiguration section)
            {
                {{statements}}
            }

            public static OptionsBuilder<Mail> AddMail(IServiceCollection services) => services.AddOptions<Mail>("other");

            private static void AddValidated<T>(this IServiceCollection services) { }

            private static void Outer<T>(IServiceCollection services, IConfiguration section) where T : class => Inner<T>(services, section);

            private static void Inner<T>(IServiceCollection services, IConfiguration section) where T : class => services.AddOptions<T>().Bind(section).ValidateDataAnnotations();

            private static void Bind<T>(IServiceCollection services, IConfiguration section) where T : class => services.Configure<T>(section);
        }
        """;
}
