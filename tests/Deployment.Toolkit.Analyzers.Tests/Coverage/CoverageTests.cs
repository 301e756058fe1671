using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers.Tests.Coverage;

/// <summary>
/// An application and its library with a defect at every marked place: each is found once, at just that place, and nothing is said of any
/// other. Its twin, in which all of them are mended, gives nothing.
/// </summary>
public sealed class CoverageTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_planted_defect_is_found_once_at_its_place_and_nothing_else_is()
    {
        var shop = Shop.Defective;
        var all = await shop.AnalyzeAsync(TestContext.Current.CancellationToken);
        var unseen = all.Where(d => !IsMirror(d)).ToList();
        var table = new StringBuilder("file | line | id | found | severity\n");
        var lacking = 0;
        foreach (var file in shop.Files)
        {
            foreach (var (id, span) in file.Planted)
            {
                var found = unseen.FindAll(d => d.Id == id && d.Location.SourceSpan == span && d.Location.GetLineSpan().Path == file.Path);
                unseen.RemoveAll(found.Contains);
                lacking += found.Count == 1 ? 0 : 1;
                table.Append(
                    CultureInfo.InvariantCulture,
                    $"{file.Path} | {file.LineOf(span)} | {id} | {(found.Count == 1 ? "yes" : $"{found.Count} times")} | {found.FirstOrDefault()?.Severity}\n");
            }
        }

        var planted = shop.Files.Sum(f => f.Planted.Length);
        table.Append(CultureInfo.InvariantCulture, $"{planted - lacking} of {planted} found\n");
        table.AppendJoin('\n', unseen.Select(d => "not planted: " + Describe(d)));
        output.WriteLine(table.ToString());
        Assert.True(lacking == 0 && unseen.Count == 0, table.ToString());
        Assert.True(planted >= 60);
    }

    [Fact]
    public void Every_rule_is_planted() => Assert.Equal(
        Shop.Analyzers.SelectMany(a => a.SupportedDiagnostics).Select(d => d.Id).Distinct().Order(StringComparer.Ordinal),
        Shop.Defective.Files.SelectMany(f => f.Planted).Select(p => p.Id).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public async Task What_is_repeated_in_code_is_a_planted_defect_of_a_file()
    {
        var shop = Shop.Defective;
        var planted = shop.Files.SelectMany(f => f.Planted.Select(p => (p.Id, f.Path, p.Span))).ToHashSet();
        var mirrors = (await shop.AnalyzeAsync(TestContext.Current.CancellationToken)).Where(IsMirror).ToList();

        // A library that binds a section by its name alone has no call in the application that could tell of it.
        var repeated = mirrors.Select(m => (m.Id, Path(m.AdditionalLocations[0]), m.AdditionalLocations[0].SourceSpan)).ToHashSet();
        string[] bound = ["DTK1001", "DTK1002", "DTK1003", "DTK1009", "DTK1011"];
        Assert.Equal(
            ["DTK1002 \"products\""],
            shop.Web.SelectMany(f => f.Planted.Where(p => bound.Contains(p.Id) && !repeated.Contains((p.Id, f.Path, p.Span)))
                .Select(p => $"{p.Id} {f.Text.Substring(p.Span.Start, p.Span.Length)}")));
        Assert.All(mirrors, mirror =>
        {
            Assert.True(mirror.Location.IsInSource && mirror.Severity <= DiagnosticSeverity.Info, Describe(mirror));
            Assert.Contains((mirror.Id, Path(mirror.AdditionalLocations[0]), mirror.AdditionalLocations[0].SourceSpan), planted);
        });
        Assert.Equal(mirrors.Count, mirrors.DistinctBy(m => (m.Id, m.Location, m.AdditionalLocations[0])).Count());
    }

    [Fact]
    public async Task The_mended_twin_gives_nothing()
    {
        Assert.Empty(Shop.Mended.Files.SelectMany(f => f.Planted));
        Assert.Empty((await Shop.Mended.AnalyzeAsync(TestContext.Current.CancellationToken)).Select(Describe));
    }

    private static bool IsMirror(Diagnostic diagnostic) => diagnostic.Properties.ContainsKey(SettingsRule.Mirror);

    private static string Path(Location location) => location.GetLineSpan().Path;

    private static string Describe(Diagnostic diagnostic) => Shop.Describe(diagnostic);
}
