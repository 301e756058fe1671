using System.Collections.Immutable;
using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Tests;

/// <summary>A harness that lets everything pass would make all other tests worthless.</summary>
public sealed class HarnessTests
{
    [Fact]
    public Task What_is_expected_passes() => Run("class {|X1:Bad|} { }");

    [Theory]
    [InlineData("class Bad { }", "expected \"0\" actual \"1\"")]
    [InlineData("class {|X1:Good|} { }", "expected \"1\" actual \"0\"")]
    [InlineData("class {|X2:Bad|} { }", "Expected diagnostic id to be \"X2\" was \"X1\"")]
    [InlineData("{|X1:class Bad|} { }", "Expected diagnostic to start at column \"1\" was actually at column \"7\"")]
    [InlineData("class Good : Missing { }", "CS0246")]
    [InlineData("class Throws { }", "AD0001")]
    [InlineData("class {|X1:Bad { }", "'1' starting spans and '0' ending spans")]
    [InlineData("class Bad|} { }", "'0' starting spans and '1' ending spans")]
    public async Task What_is_not_expected_fails(string code, string complaint)
    {
        var thrown = await Record.ExceptionAsync(() => Run(code));
        Assert.Contains(complaint, thrown?.Message ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'Other'", DiagnosticSeverity.Warning)]
    [InlineData("'Bad'", DiagnosticSeverity.Error)]
    public Task Another_message_or_severity_fails(string message, DiagnosticSeverity severity) =>
        Assert.ThrowsAsync<InvalidOperationException>(() => new CSharpAnalyzerTest<Naming>
        {
            TestCode = "class {|#0:Bad|} { }",
            ExpectedDiagnostics = { new DiagnosticResult("X1", severity).WithLocation(0).WithMessage(message) },
        }.RunAsync(TestContext.Current.CancellationToken));

    [Theory]
    [InlineData("class {|X1:Bad|} { }", "class Good { }", null)]
    [InlineData("class {|X1:Bad|} { }", "class Fine { }", "Iterative code fix application")]
    [InlineData("class {|X1:Bad|} { }", null, "Iterative code fix application")]
    [InlineData("class {|X1:Bad|} { } class Good { }", "class Good { } class Good { }", "CS0101")]
    [InlineData("class {|X1:Bad|} { } class {|X1:BadToo|} { }", "class Good { } class GoodToo { }", null)]
    public async Task A_fix_leads_where_it_is_expected_to_lead(string code, string? fixedCode, string? complaint)
    {
        var test = new CSharpCodeFixTest<Naming, Renaming> { TestCode = code };
        if (fixedCode is not null)
        {
            test.FixedCode = fixedCode;
        }

        var thrown = await Record.ExceptionAsync(() => test.RunAsync(TestContext.Current.CancellationToken));
        Assert.Equal(complaint is null, thrown is null);
        Assert.Contains(complaint ?? "", thrown?.Message ?? "", StringComparison.Ordinal);
    }

    // What Microsoft's test knows not, this project's own has to tell apart: files that are no source.
    [Theory]
    [InlineData("Information", null)]
    [InlineData("Warning", "Information")]
    public async Task A_fix_of_settings_leads_where_it_is_expected_to_lead(string level, string? complaint)
    {
        const string Settings = """{ "Logging": { "LogLevel": { "Default": {|DTK4005:"Debug"|} } } }""";
        var test = new SettingsFixTest<LogLevelAnalyzer, LogLevelCodeFix> { TestCode = "" };
        test.TestState.AdditionalFiles.Add(("/0/appsettings.Production.json", Settings));
        test.FixedState.AdditionalFiles.Add(("/0/appsettings.Production.json", $$"""{ "Logging": { "LogLevel": { "Default": "{{level}}" } } }"""));
        var thrown = await Record.ExceptionAsync(() => test.RunAsync(TestContext.Current.CancellationToken));
        Assert.Equal(complaint is null, thrown is null);
        Assert.Contains(complaint ?? "", thrown?.Message ?? "", StringComparison.Ordinal);
    }

    private static Task Run(string code) =>
        new CSharpAnalyzerTest<Naming> { TestCode = code }.RunAsync(TestContext.Current.CancellationToken);

    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    internal sealed class Naming : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor s_rule = new("X1", "Bad", "'{0}'", "Tests", DiagnosticSeverity.Warning, true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [s_rule];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.ClassDeclaration);
        }

        private static void Analyze(SyntaxNodeAnalysisContext context)
        {
            var name = ((ClassDeclarationSyntax)context.Node).Identifier;
            if (name.Text == "Throws")
            {
                throw new InvalidOperationException("As asked.");
            }

            if (name.Text.StartsWith("Bad", StringComparison.Ordinal))
            {
                context.ReportDiagnostic(Diagnostic.Create(s_rule, name.GetLocation(), name.Text));
            }
        }
    }

    internal sealed class Renaming : CodeFixProvider
    {
        public override ImmutableArray<string> FixableDiagnosticIds => ["X1"];

        public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

        public override async Task RegisterCodeFixesAsync(CodeFixContext context)
        {
            var root = (await context.Document.GetSyntaxRootAsync(context.CancellationToken))!;
            var name = root.FindToken(context.Span.Start);
            var good = SyntaxFactory.Identifier(name.Text.Replace("Bad", "Good", StringComparison.Ordinal)).WithTriviaFrom(name);
            context.RegisterCodeFix(
                CodeAction.Create("Rename", _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceToken(name, good))), "Rename"),
                context.Diagnostics);
        }
    }
}
