using System.Reflection;
using System.Xml.Linq;

namespace Deployment.Toolkit.Architecture.Tests;

public sealed class ProjectTests
{
    private static readonly string[] PublicNamespaces =
        ["Deployment.Toolkit", "Deployment.Toolkit.Secrets", "Deployment.Toolkit.Migrations", "Deployment.Toolkit.Journal", "Deployment.Toolkit.Health"];

    private static readonly string[] TopLevel =
    [
        ".ci", ".config", ".editorconfig", ".git", ".gitattributes", ".gitignore", "analyzers", "BannedSymbols.txt", "CHANGELOG.md", "Deployment.Toolkit.sln", "Directory.Build.props",
        "Directory.Packages.props", "docs", "global.json", "icon.png", "LICENSE", "nuget.config", "README.md", "samples", "src", "tests",
    ];

    public static TheoryData<string> Assemblies => [.. Repository.ShippedProjects.Select(static project => Path.GetFileNameWithoutExtension(project))];

    [Fact]
    public void Project_references_form_a_star()
    {
        foreach (var project in Repository.ShippedProjects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            var references = XDocument.Load(project).Descendants()
                .Where(static e => e.Name.LocalName is "ProjectReference" or "PackageReference")
                .Select(static e => Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value.Replace('\\', '/')) is var file && e.Name.LocalName == "PackageReference" ? e.Attribute("Include")!.Value : file)
                .Where(static reference => reference.StartsWith("Deployment.Toolkit", StringComparison.Ordinal) && !reference.Contains("Analyzers", StringComparison.Ordinal));
            string[] allowed = name switch
            {
                "Deployment.Toolkit.Abstractions" => [],
                "Deployment.Toolkit" => ["Deployment.Toolkit.Abstractions"],
                _ => ["Deployment.Toolkit.Abstractions", "Deployment.Toolkit"],
            };
            Assert.Empty(references.Except(allowed));
            Assert.True(name.EndsWith(".AspNetCore", StringComparison.Ordinal) || !XDocument.Load(project).Descendants().Any(static e => e.Name.LocalName == "FrameworkReference"), $"{name} must not need a framework.");
        }
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Public_types_stand_in_the_namespaces_that_users_know(string assembly) =>
        Assert.Empty(Assembly.Load(assembly).GetExportedTypes().Select(static type => type.Namespace).Distinct().Except(PublicNamespaces));

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_public_api_is_as_approved(string assembly) => Approval.Check($"PublicApi/{assembly}.txt", PublicApi.Render(Assembly.Load(assembly)));

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void A_shipped_project_says_what_it_is(string assembly)
    {
        var folder = Repository.PathOf("src/" + assembly);
        Assert.Contains("<Description>", File.ReadAllText(Path.Combine(folder, assembly + ".csproj")), StringComparison.Ordinal);
        Assert.True(new FileInfo(Path.Combine(folder, "README.md")).Length > 200, $"src/{assembly}/README.md says too little: it is the package's page.");
    }

    [Fact]
    public void No_file_is_longer_than_four_hundred_lines_and_most_are_short()
    {
        var lengths = Repository.Files("src", "*.cs").Concat(Repository.Files("analyzers", "*.cs")).Select(static file => (File: Repository.Relative(file), Lines: File.ReadLines(file).Count())).ToList();

        Assert.Empty(lengths.Where(static file => file.Lines > 400));
        Assert.True(lengths.Count(static file => file.Lines > 200) * 10 <= lengths.Count, "More than one file in ten is longer than 200 lines.");
    }

    [Fact]
    public void Code_holds_nothing_that_was_put_off_and_no_regions()
    {
        string[] banned = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception", "#reg" + "ion"];
        var found = from folder in (string[])["src", "analyzers", "samples"]
                    from file in Repository.Files(folder, "*.cs")
                    from word in banned
                    where File.ReadAllText(file).Contains(word, StringComparison.Ordinal)
                    select $"{Repository.Relative(file)}: {word}";
        Assert.Empty(found);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Repository.PathOf("Deployment.Toolkit.sln")).Replace('\\', '/');
        var missing = ((string[])["src", "analyzers", "tests", "samples"]).SelectMany(static folder => Repository.Files(folder, "*.csproj")).Select(Repository.Relative).Where(path => !solution.Contains(path, StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    [Fact]
    public void The_root_holds_what_the_layout_names()
    {
        var entries = Directory.EnumerateFileSystemEntries(Repository.Root).Select(Path.GetFileName).Where(static name => name is not ("TestResults" or "artifacts" or "BenchmarkDotNet.Artifacts"));
        Assert.Empty(entries.Except(TopLevel));
    }
}
