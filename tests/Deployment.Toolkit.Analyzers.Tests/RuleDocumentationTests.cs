using System.Text.RegularExpressions;
using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class RuleDocumentationTests
{
    private static readonly DiagnosticAnalyzer[] s_analyzers = [.. Make<DiagnosticAnalyzer>(typeof(EnvironmentGraphAnalyzer))];

    public static TheoryData<string> Ids => [.. s_analyzers.SelectMany(a => a.SupportedDiagnostics).Select(d => d.Id).Distinct()];

    [Fact]
    public void An_id_has_one_title_and_category()
    {
        var owners =
            from analyzer in s_analyzers
            from descriptor in analyzer.SupportedDiagnostics
            select (descriptor.Id, Title: $"{descriptor.Title}", descriptor.Category);
        Assert.All(owners.GroupBy(o => o.Id), same => Assert.Single(same.Distinct()));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_has_a_page_that_is_its_help_link(string id)
    {
        Assert.All(Descriptors(id), d => Assert.Equal(
            $"https://github.com/deployment-toolkit/deployment-toolkit/blob/main/analyzers/docs/{id}.md", d.HelpLinkUri));
        Assert.StartsWith($"# {id}: {Descriptors(id)[0].Title}\n", Page(id), StringComparison.Ordinal);
        Assert.Contains("## How to suppress it", Page(id), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_stands_once_in_the_releases_as_it_is(string id)
    {
        var releases = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "releases")).SelectMany(File.ReadLines);
        var entry = Assert.Single(releases, line => line.StartsWith(id + " ", StringComparison.Ordinal));
        var descriptor = Descriptors(id)[0];
        Assert.StartsWith($"{id} | {descriptor.Category} | {descriptor.DefaultSeverity} | ", entry, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_bad_sample_of_a_page_compiles_and_fires_and_the_good_one_compiles_and_does_not(string id)
    {
        Assert.NotEmpty(await ReportAsync(id, Sample(id, "bad")));
        Assert.Empty(await ReportAsync(id, Sample(id, "good")));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_page_says_in_its_first_lines_whether_there_is_a_fix(string id)
    {
        var hasFix = Make<CodeFixProvider>(typeof(ReplaceEnvironmentNameCodeFix)).Any(fix => fix.FixableDiagnosticIds.Contains(id));
        Assert.Matches(hasFix ? @"\. Fix( in JSON| for a script)?: [^.]+\(with Fix\s+All\)" : @"\. No fix[.:]", Page(id).Split("\n\n")[1]);
    }

    [Fact]
    public void Every_page_is_of_a_rule() => Assert.Equal(
        Ids.Select(row => row.Data + ".md").Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "docs")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_fix_is_of_a_rule_and_fixes_all() => Assert.All(Make<CodeFixProvider>(typeof(ReplaceEnvironmentNameCodeFix)), fix =>
    {
        Assert.NotNull(fix.GetFixAllProvider());
        Assert.Subset(Ids.Select(row => row.Data).ToHashSet(), fix.FixableDiagnosticIds.ToHashSet());
    });

    private static async Task<IEnumerable<Diagnostic>> ReportAsync(string id, List<(string Name, string Text)> files)
    {
        var sources = files.Where(f => f.Name.EndsWith(".cs", StringComparison.Ordinal)).Select(f => f.Text).DefaultIfEmpty("");
        var compilation = CSharpCompilation.Create(
            "Sample",
            sources.Select(code => CSharpSyntaxTree.ParseText(code, cancellationToken: TestContext.Current.CancellationToken)),
            [.. SdkReferences.AspNetCore, DeploymentApi.Reference, LibraryApi.Reference],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Annotations));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity >= DiagnosticSeverity.Warning));
        var others = files.Where(f => !f.Name.EndsWith(".cs", StringComparison.Ordinal)).Select(f => new InMemoryText("/" + f.Name, f.Text));
        var all = await compilation.WithAnalyzers([.. s_analyzers], new AnalyzerOptions([.. others]))
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return all.Where(d => d.Id == id);
    }

    private static string Page(string id) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", id + ".md"));

    // ```csharp bad, ```json bad appsettings.Production.json, ```ini good .env; without a name: appsettings.json.
    private static List<(string Name, string Text)> Sample(string id, string kind)
    {
        var blocks = Regex.Matches(Page(id), $"^```(\\w+) {kind}(?: (\\S+))?\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.NotEmpty(blocks);
        return
        [
            .. blocks.Select((block, i) => (
                block.Groups[1].Value == "csharp" ? $"Sample{i}.cs" : block.Groups[2].Success ? block.Groups[2].Value : "appsettings.json",
                block.Groups[3].Value)),
        ];
    }

    private static DiagnosticDescriptor[] Descriptors(string id) =>
        [.. s_analyzers.SelectMany(a => a.SupportedDiagnostics).Where(d => d.Id == id)];

    private static IEnumerable<T> Make<T>(Type sibling) =>
        sibling.Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(T)) && !t.IsAbstract).Select(t => (T)Activator.CreateInstance(t)!);
}
