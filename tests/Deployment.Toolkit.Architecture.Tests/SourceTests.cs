using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Architecture.Tests;

public sealed partial class SourceTests
{
    private const int LongestFile = 400;
    private const int LongFile = 200;

    private static readonly string[] PublicNamespaces =
        ["Deployment.Toolkit", "Deployment.Toolkit.Secrets", "Deployment.Toolkit.Migrations", "Deployment.Toolkit.Journal", "Deployment.Toolkit.Health"];

    [Fact]
    public void Public_types_stand_in_the_namespaces_that_users_know() => Findings.None(
        from type in Sources.Types(Sources.Shipped)
        where IsPublic(type) && !PublicNamespaces.Contains(type.ContainingNamespace.ToDisplayString())
        select $"{Sources.PlaceOf(type)}: {type.ToDisplayString()}",
        $"Public types stand in {string.Join(", ", PublicNamespaces)}. Change the namespace, or make the type internal:");

    [Fact]
    public void No_file_is_longer_than_four_hundred_lines() => Findings.None(
        from file in Repository.Files("src", "*.cs").Concat(Repository.Files("analyzers", "*.cs"))
        let lines = Lines(file)
        where lines > LongestFile
        select $"{Repository.Relative(file)}:{LongestFile + 1}: {lines} lines",
        $"A file has at most {LongestFile} lines. Split it by what its parts are about:");

    [Fact]
    public void No_line_is_wider_than_the_columns_that_editorconfig_names_but_for_a_text_that_cannot_be_cut()
    {
        var columns = int.Parse(MaxLineLength().Match(File.ReadAllText(Repository.PathOf(".editorconfig"))).Groups[1].Value, CultureInfo.InvariantCulture);
        Findings.None(
            from file in CodeFiles()
            where File.ReadLines(file).Any(line => line.Length > columns)
            let tree = Sources.Parse(file)
            from line in tree.GetText().Lines
            where line.Span.Length > columns && !IsText(tree.GetRoot().FindToken(line.Start + columns))
            select $"{Repository.Relative(file)}:{line.LineNumber + 1}: {line.Span.Length} columns",
            $"A line has at most {columns} columns; 'dotnet csharpier format src analyzers samples' wraps code, comments and texts are cut by hand:");

        static bool IsText(SyntaxToken token) =>
            token.Parent is LiteralExpressionSyntax or InterpolatedStringTextSyntax or InterpolationSyntax
            || token.Parent?.FirstAncestorOrSelf<InterpolatedStringExpressionSyntax>() is not null;
    }

    [Fact]
    public void Nine_files_in_ten_of_each_project_have_at_most_two_hundred_lines() => Findings.None(
        from project in Repository.ShippedProjects.Concat(Repository.Files("analyzers", "*.csproj"))
        let files = Repository.Files(Repository.Relative(Path.GetDirectoryName(project)!), "*.cs").Select(static file => (File: file, Lines: Lines(file))).OrderBy(static file => file.Lines).ToList()
        where files.Count > 0 && files[(int)Math.Ceiling(files.Count * 0.9) - 1].Lines > LongFile
        from file in files
        where file.Lines > LongFile
        select $"{Repository.Relative(file.File)}:{LongFile + 1}: {file.Lines} lines",
        $"More than one file in ten of a project has over {LongFile} lines. Split the longest:");

    [Fact]
    public void Interfaces_and_internal_base_classes_have_more_than_one_implementation_or_a_reason()
    {
        var types = Sources.Types(Sources.Shipped).ToList();
        var lonely = types
            .Where(static type => type.TypeKind == TypeKind.Interface || (type is { IsAbstract: true, IsStatic: false, TypeKind: TypeKind.Class } && !IsPublic(type)))
            .Where(contract => types.Where(static type => !type.IsAbstract).Count(type => Implements(type, contract)) < 2);
        Approval.CheckExceptions(
            "SingleImplementations.txt",
            lonely.ToDictionary(static type => type.ToDisplayString(), Sources.PlaceOf, StringComparer.Ordinal),
            "An interface or internal base class with one implementation or none only adds a place to look at. Use the class itself.");
    }

    [Fact]
    public void Nothing_is_put_off_and_no_region_hides_code() => Findings.None(
        from file in CodeFiles()
        from line in File.ReadLines(file).Select(static (text, index) => (Text: text, Number: index + 1))
        let match = PutOff().Match(line.Text)
        where match.Success
        select $"{Repository.Relative(file)}:{line.Number}: {match.Value}",
        "Finish it, or leave it out; a file that needs regions is two files:");

    // What is nearly named like one is refused; one that is missing there would not be.
    [Fact]
    public void Every_setting_of_the_toolkit_is_in_its_list()
    {
        var list = CodeFiles().Single(static file => Path.GetFileName(file) == "ToolkitSettings.cs");
        var read = CodeFiles().SelectMany(static file => Setting().Matches(File.ReadAllText(file)).Select(static match => match.Groups["name"].Value)).ToHashSet(StringComparer.Ordinal);
        Assert.True(read.Count > 5, "The search is broken.");
        Assert.Equal(read.Order(StringComparer.Ordinal), Listed().Matches(File.ReadAllText(list)).Select(static match => match.Groups["name"].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_file_begins_with_a_licence_banner() => Findings.None(
        from file in CodeFiles()
        let header = Sources.Parse(file).GetRoot().GetLeadingTrivia().ToFullString()
        where Banner().IsMatch(header)
        select $"{Repository.Relative(file)}:1",
        "The licence stands in LICENSE and in each package. Delete the banner:");

    private static IEnumerable<string> CodeFiles() => ((string[])["src", "analyzers", "samples"]).SelectMany(static folder => Repository.Files(folder, "*.cs"));

    private static int Lines(string file) => File.ReadLines(file).Count();

    private static bool IsPublic(INamedTypeSymbol type) =>
        type.DeclaredAccessibility == Accessibility.Public && (type.ContainingType is null || IsPublic(type.ContainingType));

    private static bool Implements(INamedTypeSymbol type, INamedTypeSymbol contract)
    {
        if (type.AllInterfaces.Any(candidate => SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, contract))) return true;

        for (var parent = type.BaseType; parent is not null; parent = parent.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(parent.OriginalDefinition, contract)) return true;
        }

        return false;
    }

    [GeneratedRegex(@"(?<!"")\b(TODO|FIXME|HACK)\b(?!"")|\bnew NotImplementedException\b|^\s*#\s*region\b", RegexOptions.ExplicitCapture)]
    private static partial Regex PutOff();

    [GeneratedRegex(@"max_line_length = (\d+)")]
    private static partial Regex MaxLineLength();

    [GeneratedRegex("const string \\w+ = \"Deployment:(?<name>\\w+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Setting();

    [GeneratedRegex("^ +\"(?<name>\\w+)\",$", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Listed();

    [GeneratedRegex(@"copyright|\(c\) |©|licen[cs]ed? |spdx|all rights reserved", RegexOptions.IgnoreCase)]
    private static partial Regex Banner();
}
