using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Architecture.Tests;

/// <summary>A verb is one row of the catalog and the sections that it reports: what shows something new touches the verb, the section and the row.</summary>
public sealed class ReportShapeTests
{
    private const string CommandLine = "src/Deployment.Toolkit.CommandLine";
    private const string Catalog = CommandLine + "/Verbs/VerbCatalog.cs";

    private static readonly Dictionary<string, string> Kinds = FilesOf("ReportSection");
    private static readonly Dictionary<string, string> Verbs = FilesOf("Verb");

    [Fact]
    public void Nothing_but_the_catalog_the_verbs_and_the_sections_themselves_names_a_kind_of_section() => Findings.None(
        from file in Repository.Files(CommandLine, "*.cs").Select(Repository.Relative)
        where file != Catalog && !Verbs.ContainsValue(file) && !Kinds.ContainsValue(file)
        from kind in KindsIn(file)
        select $"{Sources.PlaceOf(kind.GetLocation())}: {kind.ValueText}",
        "What writes a report walks over its sections and knows no kind. Let the section say it, by a member of ReportSection:");

    [Fact]
    public void Each_kind_of_section_has_a_file_of_its_own() => Findings.None(
        from kind in Kinds
        where !kind.Value.EndsWith($"/Output/Sections/{kind.Key}.cs", StringComparison.Ordinal)
        select $"{kind.Value}:1: {kind.Key}",
        $"Move it into {CommandLine}/Output/Sections/<its name>.cs:");

    [Fact]
    public void A_verb_names_no_kind_of_section_that_its_row_does_not() => Findings.None(
        from row in Sources.Parse(Repository.PathOf(Catalog)).GetRoot().DescendantNodes().OfType<ObjectCreationExpressionSyntax>()
        where Verbs.ContainsKey(row.Type.ToString())
        let named = row.DescendantTokens().Select(static token => token.ValueText).Where(Kinds.ContainsKey).ToHashSet(StringComparer.Ordinal)
        from kind in KindsIn(Verbs[row.Type.ToString()])
        where !named.Contains(kind.ValueText)
        select $"{Sources.PlaceOf(kind.GetLocation())}: {kind.ValueText}",
        $"The documentation is made from the rows. Add the kind's key to Reports in the verb's row in {Catalog}:");

    private static Dictionary<string, string> FilesOf(string contract)
    {
        var types = Sources.Types(Sources.Shipped).Where(static type => type.ContainingNamespace.ToDisplayString().StartsWith("Deployment.Toolkit.CommandLine", StringComparison.Ordinal)).ToList();
        var found = types.Where(type => !type.IsAbstract && Parents(type).Any(parent => parent.Name == contract))
            .ToDictionary(static type => type.Name, static type => Repository.Relative(type.Locations[0].SourceTree!.FilePath), StringComparer.Ordinal);
        Assert.NotEmpty(found);
        return found;
    }

    private static IEnumerable<INamedTypeSymbol> Parents(INamedTypeSymbol type)
    {
        for (var parent = type.BaseType; parent is not null; parent = parent.BaseType) yield return parent;
    }

    private static IEnumerable<SyntaxToken> KindsIn(string file) =>
        Sources.Parse(Repository.PathOf(file)).GetRoot().DescendantTokens().Where(static token => token.IsKind(SyntaxKind.IdentifierToken) && Kinds.ContainsKey(token.ValueText));
}
