using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Packaging.Tests;

/// <summary>docs/dependencies.md says what the packages say.</summary>
public sealed partial class DependencyDocumentationTests(BuiltApplications applications)
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "dependencies.md"));

    [Theory]
    [MemberData(nameof(BuiltApplications.Packages), MemberType = typeof(BuiltApplications))]
    public void Each_dependency_has_a_row_with_a_reason_and_a_cost(string package)
    {
        using var packed = applications.Open(package);
        var rows = Rows(package);
        Assert.Equal(packed.Specification.Dependencies.Select(static dependency => dependency.Id).Order(StringComparer.Ordinal), rows.Select(static row => row.Package).Order(StringComparer.Ordinal));
        Assert.All(rows, static row => Assert.True(row.Why.Length > 0 && row.Without.Length > 0, row.Package));
    }

    [Theory]
    [MemberData(nameof(BuiltApplications.Packages), MemberType = typeof(BuiltApplications))]
    public void Licences_and_what_comes_along_are_those_of_the_bill_of_materials(string package)
    {
        applications.RequireSboms();
        using var packed = applications.Open(package);
        using var sbom = packed.Sbom;
        var licences = SbomTests.Required(sbom).Values.Select(static component => (Name: component.GetProperty("name").GetString()!, Component: component))
            .Where(static part => !IsOwn(part.Name)).ToDictionary(static part => part.Name, static part => SbomTests.Licence(part.Component));

        Assert.All(Rows(package).Where(static row => !IsOwn(row.Package)), row => Assert.Equal(licences[row.Package], row.Licence));

        var through = Through(package);
        Assert.All(through, name => Assert.Equal("MIT", licences[name]));
        var told = Closure(package).SelectMany(static name => Rows(name).Select(static row => row.Package).Concat(Through(name))).Where(name => !IsOwn(name) && !IsOfTheFramework(package, name)).Distinct();
        Assert.Equal(licences.Keys.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    private static bool IsOwn(string package) => package.StartsWith("Deployment.Toolkit", StringComparison.Ordinal);

    // NuGet takes nothing as a package that the shared framework brings.
    private static bool IsOfTheFramework(string package, string name) =>
        package.EndsWith(".AspNetCore", StringComparison.Ordinal) && name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal);

    private static IEnumerable<string> Closure(string package) => Rows(package).Select(static row => row.Package).Where(IsOwn).SelectMany(Closure).Prepend(package);

    private static string Section(string package) => Regex.Match(s_page, $@"^## {Regex.Escape(package)}\n(.*?)(?=^## |\z)", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;

    private static List<(string Package, string Licence, string Why, string Without)> Rows(string package) =>
        [.. Row().Matches(Section(package)).Select(static row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value, row.Groups[4].Value))];

    private static List<string> Through(string package) =>
        [.. Regex.Matches(Regex.Match(Section(package), @"^Through them, MIT: (.*?)\.\n\n", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value, "`([^`]+)`").Select(static name => name.Groups[1].Value)];

    [GeneratedRegex(@"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
