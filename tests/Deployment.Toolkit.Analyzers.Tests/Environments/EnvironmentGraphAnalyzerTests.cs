using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class EnvironmentGraphAnalyzerTests
{
    [Theory]
    [InlineData("""e.Add("Development").Add("Staging", s => s.PromotedFrom("Development")).Add("Production", p => p.PromotedFrom("Staging").Protected())""")]
    [InlineData("""e.Add("Staging", s => s.PromotedFrom("development")).Add("Development")""")]
    [InlineData("""e.Add("Base").Add("Production", p => p.InheritsFrom("Base").Tier("production"))""")]
    [InlineData("""e.Add("A", a => a.PromotedFrom("B")).Add("B", b => b.InheritsFrom("A"))""")]
    [InlineData("""e.Add("A", configure: null).Add("B", default)""")]
    [InlineData("""e.Add(configure: s => { s.PromotedFrom("A"); s.Protected(); }, name: "B").Add("A")""")]
    public Task A_graph_that_holds_together_is_silent(string chain) => Silent($"builder.AddEnvironments(e => {chain});");

    [Fact]
    public Task An_undeclared_source_of_promotion_is_reported_with_a_suggestion() => Fixed(
        """
        builder.AddEnvironments(e => e
            .Add("Development")
            .Add("Staging", s => s.PromotedFrom({|#0:"Developmnt"|}))
            .Add("Production", p => p.PromotedFrom("Staging").Protected()));
        """,
        """
        builder.AddEnvironments(e => e
            .Add("Development")
            .Add("Staging", s => s.PromotedFrom("Development"))
            .Add("Production", p => p.PromotedFrom("Staging").Protected()));
        """,
        Undeclared(0, "Environment 'Staging' is promoted from 'Developmnt', which is not declared. Did you mean 'Development'?"));

    [Fact]
    public Task An_undeclared_source_of_inheritance_is_reported_with_a_suggestion() => Fixed(
        """builder.AddEnvironments(e => e.Add("Production").Add("Staging", s => s.InheritsFrom({|#0:"Prod"|} /* for now */)));""",
        """builder.AddEnvironments(e => e.Add("Production").Add("Staging", s => s.InheritsFrom("Production" /* for now */)));""",
        Undeclared(0, "Environment 'Staging' inherits from 'Prod', which is not declared. Did you mean 'Production'?"));

    [Fact]
    public Task Without_a_near_name_it_says_what_to_declare_and_offers_no_fix() => Reported(
        """builder.AddEnvironments(e => e.Add("Staging", s => s.PromotedFrom({|#0:"Lab"|})));""",
        Undeclared(0, "Environment 'Staging' is promoted from 'Lab', which is not declared. Declare it with Add(\"Lab\")."));

    [Fact]
    public Task An_environment_is_never_suggested_as_its_own_source() => Reported(
        """builder.AddEnvironments(e => e.Add("Staging", s => s.PromotedFrom({|#0:"Stagin"|})));""",
        Undeclared(0, "Environment 'Staging' is promoted from 'Stagin', which is not declared. Declare it with Add(\"Stagin\")."));

    [Fact]
    public Task Fix_All_mends_every_document() => Verify(
        [
            """class A { void M(Deployment.Toolkit.DeploymentBuilder b) => Deployment.Toolkit.DeploymentBuilderExtensions.AddEnvironments(b, e => e.Add("Development").Add("Staging", s => s.PromotedFrom({|DTK2005:"Developmnt"|}).InheritsFrom({|DTK2005:"Devlopment"|}))); }""",
            """using Deployment.Toolkit; class B { void M(DeploymentBuilder b) => b.AddEnvironments(e => e.Add("Production", s => s.PromotedFrom({|DTK2005:@"Stagign"|}))); }""",
        ],
        [
            """class A { void M(Deployment.Toolkit.DeploymentBuilder b) => Deployment.Toolkit.DeploymentBuilderExtensions.AddEnvironments(b, e => e.Add("Development").Add("Staging", s => s.PromotedFrom("Development").InheritsFrom("Development"))); }""",
            """using Deployment.Toolkit; class B { void M(DeploymentBuilder b) => b.AddEnvironments(e => e.Add("Production", s => s.PromotedFrom("Staging"))); }""",
        ]);

    [Fact]
    public Task Constants_nameof_and_concatenation_are_followed_and_what_is_not_written_there_is_not_fixed() => Reported(
        """
        const string Local = "Stag" + "ing";
        builder.AddEnvironments(e => e
            .Add(nameof(Development))
            .Add(Local, s => s.PromotedFrom(nameof(Development)))
            .Add("Production", p => p.PromotedFrom({|#0:Misspelt|})));
        """,
        Undeclared(0, "Environment 'Production' is promoted from 'Stagng', which is not declared. Did you mean 'Staging'?"));

    [Theory]
    [InlineData("""builder.AddEnvironments(e => e.Add(computed).Add("Staging", s => s.PromotedFrom("Developmnt")));""")]
    [InlineData("""builder.AddEnvironments(e => e.Add("Development").Add("Staging", s => s.PromotedFrom(computed).InheritsFrom("Developmnt")));""")]
    [InlineData("""builder.AddEnvironments(e => { Common(e); e.Add("Staging", s => s.PromotedFrom("Common")); });""")]
    [InlineData("""builder.AddEnvironments(e => { var kept = e; kept.Add("Lab"); e.Add("Staging", s => s.PromotedFrom("Lab")); });""")]
    [InlineData("""builder.AddEnvironments(e => e.Add("A", a => a.PromotedFrom("A").Own()));""")]
    [InlineData("""builder.AddEnvironments(Common);""")]
    [InlineData("""builder.AddEnvironments(e => { foreach (var name in new[] { "A", "B" }) e.Add(name); e.Add("C", c => c.PromotedFrom("B")); });""")]
    public Task A_graph_that_the_code_does_not_tell_in_full_is_silent(string statement) => Silent(statement);

    [Fact]
    public Task An_environment_that_another_call_declares_is_declared() => Silent(
        """
        builder.AddEnvironments(e => e.Add("Development"));
        builder.AddEnvironments(e => e.Add("Staging", s => s.PromotedFrom("Development")));
        """);

    [Fact]
    public Task Another_call_whose_names_are_unknown_silences_undeclared_names() => Silent(
        """
        builder.AddEnvironments(e => e.Add(computed));
        builder.AddEnvironments(e => e.Add("Staging", s => s.PromotedFrom("Development")));
        """);

    [Fact]
    public Task A_method_of_the_same_name_elsewhere_is_none_of_its_business() => Silent("""Other.AddEnvironments("Lab"); builder.AddEnvironments(e => e.Add("A"));""");

    [Fact]
    public Task An_environment_that_is_promoted_from_itself_is_a_cycle() => Reported(
        """builder.AddEnvironments(e => e.Add("Staging", s => s.PromotedFrom({|#0:"staging"|})));""",
        Cycle(0, "Environment 'Staging' is promoted from itself: Staging <- Staging. Leave one PromotedFrom out."));

    [Fact]
    public Task A_cycle_is_reported_once_on_the_call_that_closes_it() => Reported(
        """
        builder.AddEnvironments(e => e
            .Add("Entrance")
            .Add("A", a => a.PromotedFrom({|#2:"C"|}))
            .Add("B", b => b.PromotedFrom({|#1:"A"|}))
            .Add("C", c => c.PromotedFrom({|#0:"B"|}))
            .Add("Behind", c => c.PromotedFrom("A")));
        """,
        Cycle(0, "Environment 'C' is promoted from itself: C <- B <- A <- C. Leave one PromotedFrom out.").WithLocation(1).WithLocation(2));

    [Fact]
    public Task Two_cycles_of_inheritance_are_two_reports() => Reported(
        """
        builder.AddEnvironments(e =>
        {
            e.Add("Before", x => x.InheritsFrom("B"));
            e.Add("A", x => x.InheritsFrom({|#2:"B"|})).Add("B", x => x.InheritsFrom({|#0:"A"|}));
            e.Add("C", x => x.InheritsFrom({|#3:"D"|}));
            e.Add("D", x => x.InheritsFrom({|#1:"C"|}));
        });
        """,
        Cycle(0, "Environment 'B' inherits from itself: B <- A <- B. Leave one InheritsFrom out.").WithLocation(2),
        Cycle(1, "Environment 'D' inherits from itself: D <- C <- D. Leave one InheritsFrom out.").WithLocation(3));

    [Fact]
    public Task A_link_that_is_overridden_or_conditional_closes_no_cycle() => Silent(
        """
        builder.AddEnvironments(e => e
            .Add("A", a => a.PromotedFrom("B").PromotedFrom("C"))
            .Add("B", b => { if (computed is "x") b.PromotedFrom("A"); })
            .Add("C", c => { if (computed is "y") { c.PromotedFrom("A"); } }));
        """);

    [Fact]
    public Task An_environment_declared_twice_is_a_warning() => Reported(
        """builder.AddEnvironments(e => e.Add({|#1:"Staging"|}).Add({|#0:"staging"|}));""",
        Duplicate(0, "Environment 'staging' is declared already as 'Staging'. Names compare without case: leave one Add out.").WithLocation(1));

    [Fact]
    public Task Declarations_in_two_branches_are_not_two_declarations() => Silent(
        """
        builder.AddEnvironments(e =>
        {
            if (computed is "x")
                e.Add("Staging");
            else
                e.Add("Staging", s => s.Protected());
            e.Add("Production", p => p.PromotedFrom("Staging"));
        });
        """);

    [Fact]
    public Task Without_the_package_nothing_is_asked() =>
        new CSharpAnalyzerTest<EnvironmentGraphAnalyzer> { TestCode = "class C { void AddEnvironments(string s) => AddEnvironments(s); }" }
            .RunAsync(TestContext.Current.CancellationToken);

    private static DiagnosticResult Undeclared(int key, string message) =>
        new DiagnosticResult(EnvironmentGraphAnalyzer.Undeclared).WithLocation(key).WithMessage(message);

    private static DiagnosticResult Cycle(int key, string message) =>
        new DiagnosticResult(EnvironmentGraphAnalyzer.Cycle).WithLocation(key).WithMessage(message);

    private static DiagnosticResult Duplicate(int key, string message) =>
        new DiagnosticResult("DTK2005", DiagnosticSeverity.Warning).WithLocation(key).WithMessage(message);

    private static Task Silent(string statements) => Verify([InMethod(statements)], []);

    private static Task Reported(string statements, params DiagnosticResult[] expected) => Verify([InMethod(statements)], [], expected);

    private static Task Fixed(string statements, string fixedStatements, params DiagnosticResult[] expected) =>
        Verify([InMethod(statements)], [InMethod(fixedStatements)], expected);

    private static string InMethod(string statements) =>
        $$"""
        using Deployment.Toolkit;

        public static class Startup
        {
            private const string Misspelt = "Stagng";

            public static EnvironmentBuilder Own(this EnvironmentBuilder environment) => environment;

            public static void Configure(DeploymentBuilder builder, string computed)
            {
                {{statements}}
            }

            private static void Common(EnvironmentsBuilder environments) => environments.Add("Common");

            private static void Development() { }

            private static class Other { public static void AddEnvironments(string name) { } }
        }
        """;

    private static Task Verify(string[] sources, string[] fixedSources, params DiagnosticResult[] expected)
    {
        var test = new CSharpCodeFixTest<EnvironmentGraphAnalyzer, ReplaceEnvironmentNameCodeFix>
        {
            TestState = { AdditionalReferences = { DeploymentApi.Reference } },
        };
        Array.ForEach(sources, test.TestState.Sources.Add);
        Array.ForEach(fixedSources, test.FixedState.Sources.Add);
        Array.ForEach(expected, test.ExpectedDiagnostics.Add);
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
