using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Deployment.Toolkit.Architecture.Tests;

public sealed class ProjectTests
{
    private const string Own = "Deployment.Toolkit";

    private static readonly string[] TopLevel =
    [
        ".ci", ".config", ".editorconfig", ".git", ".gitattributes", ".gitignore", "analyzers", "BannedSymbols.txt", "CHANGELOG.md", "Deployment.Toolkit.sln", "Directory.Build.props",
        "Directory.Build.targets", "Directory.Packages.props", "Directory.Solution.targets", "docs", "global.json", "icon.png", "LICENSE", "nuget.config", "README.md", "samples", "src", "tests",
    ];

    public static TheoryData<string> Assemblies => Repository.ShippedAssemblies;

    [Fact]
    public void References_between_packages_form_a_star() => Findings.None(
        from project in Repository.ShippedProjects
        from element in Elements(project, "ProjectReference", "PackageReference")
        let name = TargetOf(element)
        where name.StartsWith(Own, StringComparison.Ordinal) && !IsAnalyzerInThePackage(element) && !Allowed(Path.GetFileNameWithoutExtension(project)).Contains(name)
        select $"{PlaceOf(project, element)}: {Path.GetFileNameWithoutExtension(project)} references {name}",
        $"{Own}.Abstractions references nothing, {Own} only that, every other package only those two. Move what is shared into one of them:");

    [Fact]
    public void The_contracts_need_no_package() => Findings.None(
        from project in Repository.ShippedProjects
        where Path.GetFileNameWithoutExtension(project) == Own + ".Abstractions"
        from element in Elements(project, "PackageReference", "ProjectReference")
        select $"{PlaceOf(project, element)}: {TargetOf(element)}",
        $"Whoever implements a step takes {Own}.Abstractions and nothing else. Move what needs the package into the engine:");

    [Fact]
    public void Only_a_package_for_AspNetCore_needs_a_framework() => Findings.None(
        from project in Repository.ShippedProjects
        where !project.EndsWith(".AspNetCore.csproj", StringComparison.Ordinal)
        from place in Elements(project, "FrameworkReference").Select(element => PlaceOf(project, element))
            .Concat(XDocument.Load(project).Root!.Attribute("Sdk")?.Value == "Microsoft.NET.Sdk" ? [] : [Repository.Relative(project) + ":1"])
        select place,
        $"A worker or a command-line app has no ASP.NET Core. Move the code into {Own}.AspNetCore:");

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Repository.PathOf("Deployment.Toolkit.sln")).Replace('\\', '/');
        var missing = ((string[])["src", "analyzers", "tests", "samples"]).SelectMany(static folder => Repository.Files(folder, "*.csproj")).Select(Repository.Relative)
            .Where(path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal));
        Approval.CheckExceptions(
            "NotInSolution.txt", missing.ToDictionary(static path => path, static path => path + ":1", StringComparer.Ordinal), "Add the project: dotnet sln add PROJECT.");
    }

    [Fact]
    public void The_root_holds_what_the_layout_names()
    {
        var ignored = File.ReadAllLines(Repository.PathOf(".gitignore")).Where(static line => line.Length > 0 && line[0] != '#')
            .Select(static line => new Regex("^" + Regex.Escape(line.TrimEnd('/')).Replace("\\*", ".*", StringComparison.Ordinal) + "$")).ToList();
        Findings.None(
            from name in Directory.EnumerateFileSystemEntries(Repository.Root).Select(static path => Path.GetFileName(path))
            where !TopLevel.Contains(name) && !ignored.Exists(pattern => pattern.IsMatch(name))
            select $"{name}:1",
            $"The root holds {string.Join(", ", TopLevel)} and nothing else. Move the entry into the folder that it belongs to, or ignore it in .gitignore:");
    }

    [Fact]
    public void Restoring_asks_no_host_that_the_repository_names() => Findings.None(
        File.ReadLines(Repository.PathOf("nuget.config")).Select(static (text, index) => (Text: text, Number: index + 1))
            .Where(static line => line.Text.Contains("//", StringComparison.Ordinal)).Select(static line => $"nuget.config:{line.Number}: {line.Text.Trim()}"),
        "Where packages come from is the machine's matter. Take the address out:");

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void A_shipped_project_says_what_it_is(string assembly)
    {
        var project = Repository.PathOf($"src/{assembly}/{assembly}.csproj");
        var readme = Path.Combine(Path.GetDirectoryName(project)!, "README.md");
        var description = Elements(project, "Description").FirstOrDefault()?.Value ?? "";
        var quiet = Elements(project, "GenerateDocumentationFile", "IsPackable").Where(static element => element.Value.Trim() == "false").Select(element => PlaceOf(project, element)).ToList();
        Assert.True(description.Length > 40, $"src/{assembly}/{assembly}.csproj:1: write a <Description>: it is what the package list shows.");
        Assert.True(quiet.Count == 0, $"{string.Join(", ", quiet)}: a shipped project is packable and documented. Delete the line.");
        Assert.True(File.Exists(readme) && new FileInfo(readme).Length > 200, $"src/{assembly}/README.md:1: write it: it is the package's page.");
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Every_public_type_of_a_shipped_assembly_is_documented(string assembly)
    {
        var loaded = Assembly.Load(assembly);
        var file = Path.ChangeExtension(loaded.Location, ".xml");
        Assert.True(File.Exists(file), $"src/{assembly}/{assembly}.csproj:1: the build writes no XML documentation. Leave GenerateDocumentationFile on.");
        var documented = XDocument.Load(file).Descendants("member").Select(static member => member.Attribute("name")!.Value).ToHashSet(StringComparer.Ordinal);
        Findings.None(
            loaded.GetExportedTypes().Select(static type => "T:" + type.FullName!.Replace('+', '.')).Where(id => !documented.Contains(id)).Select(id => $"src/{assembly}/{assembly}.csproj:1: {id}"),
            "Write a <summary> on the type:");
    }

    private static string[] Allowed(string project) => project switch
    {
        Own + ".Abstractions" => [],
        Own => [Own + ".Abstractions"],
        _ => [Own, Own + ".Abstractions"],
    };

    // The engine's package carries the analyzers as files; nothing is referenced at run time.
    private static bool IsAnalyzerInThePackage(XElement element) =>
        element.Attribute("ReferenceOutputAssembly")?.Value == "false" && element.Attribute("Include")!.Value.Replace('\\', '/').Contains("/analyzers/", StringComparison.Ordinal);

    private static string TargetOf(XElement element)
    {
        var include = (element.Attribute("Include") ?? element.Attribute("Update"))?.Value.Replace('\\', '/') ?? "";
        return element.Name.LocalName == "ProjectReference" ? Path.GetFileNameWithoutExtension(include) : include;
    }

    private static IEnumerable<XElement> Elements(string project, params string[] names) =>
        XDocument.Load(project, LoadOptions.SetLineInfo).Descendants().Where(element => names.Contains(element.Name.LocalName));

    private static string PlaceOf(string project, XElement element) => $"{Repository.Relative(project)}:{((IXmlLineInfo)element).LineNumber}";
}
