using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Architecture.Tests;

public sealed class EngineShapeTests
{
    private const string Engine = "src/Deployment.Toolkit";

    private static readonly string[] Order =
    [
        "Journal", "Environments", "Configuration", "Secrets", "Databases", "Migrations", "Backup", "Health", "Planning", "Execution", "Promotion", "Rollback", "Hosting",
    ];

    private static readonly string[] Leaves = ["Diagnostics", "Platform"];

    private static readonly Lazy<CSharpCompilation> Compilation = new(static () => CSharpCompilation.Create(
        "Engine",
        [
            CSharpSyntaxTree.ParseText("global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;", path: ""),
            .. Repository.Files(Engine, "*.cs").Select(static file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: file)),
        ],
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is not "Deployment.Toolkit.dll")
            .Select(static path => MetadataReference.CreateFromFile(path)),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable)));

    [Fact]
    public void Every_file_of_the_engine_lives_in_a_room_that_has_a_name()
    {
        var homeless = Repository.Files(Engine, "*.cs").Where(static file => !Order.Contains(Room(file)) && !Leaves.Contains(Room(file)));
        Assert.True(!homeless.Any(), $"Move into one of {string.Join(", ", Order.Concat(Leaves))}: {string.Join(", ", homeless.Select(Repository.Relative))}");
    }

    [Fact]
    public void A_room_uses_only_those_before_it()
    {
        var wrong = new List<string>();
        var uses = 0;
        foreach (var tree in Compilation.Value.SyntaxTrees.Where(static tree => tree.FilePath.Length > 0))
        {
            var model = Compilation.Value.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>().Where(static n => n.FirstAncestorOrSelf<UsingDirectiveSyntax>() is null))
            {
                var info = model.GetSymbolInfo(name);
                var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
                if (symbol is null or INamespaceSymbol or ILocalSymbol or IParameterSymbol) continue;

                var declared = symbol.OriginalDefinition.Locations.FirstOrDefault(static location => location.IsInSource)?.SourceTree?.FilePath;
                if (string.IsNullOrEmpty(declared)) continue;

                uses++;
                if (!MayUse(Room(tree.FilePath), Room(declared)))
                    wrong.Add($"{Repository.Relative(tree.FilePath)}:{name.GetLocation().GetLineSpan().StartLinePosition.Line + 1} uses {symbol.Name} of {Room(declared)}");
            }
        }

        Assert.True(uses > 2000, $"only {uses} uses were resolved: the compilation is broken, and this test would see nothing");
        Assert.True(wrong.Count == 0, $"Data flows {string.Join(" → ", Order)}. Move the code, or hand the data on:\n{string.Join('\n', wrong.Distinct())}");
    }

    [Fact]
    public void Interfaces_and_internal_base_classes_have_more_than_one_implementation_or_a_reason()
    {
        var types = Repository.Files("src", "*.cs").SelectMany(static file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: file).GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>()).ToList();
        var bases = types.SelectMany(static type => type.BaseList?.Types.Select(static b => b.Type.ToString().Split('<')[0].Split('.')[^1]) ?? []).ToLookup(static name => name);
        var lonely = types
            .Where(static type => type is InterfaceDeclarationSyntax || (type.Modifiers.Any(SyntaxKind.AbstractKeyword) && type.Modifiers.Any(SyntaxKind.InternalKeyword)))
            .Where(type => bases[type.Identifier.Text].Take(2).Count() < 2)
            .Select(static type => type.Identifier.Text).Order(StringComparer.Ordinal).ToList();
        var approved = File.ReadAllLines(Repository.PathOf("tests/Deployment.Toolkit.Architecture.Tests/Approved/SingleImplementations.txt"))
            .Where(static line => line.Length > 0 && line[0] != '#').Select(static line => line.Split(':')).ToList();

        Assert.All(approved, static line => Assert.True(line.Length > 1 && line[1].Trim().Length > 20, $"'{line[0]}' is listed without a reason."));
        Assert.Equal(approved.Select(static line => line[0]).Order(StringComparer.Ordinal), lonely);
    }

    private static string Room(string file) => Repository.Relative(file).Split('/') is ["src", "Deployment.Toolkit", var room, _, ..] ? room : "";

    private static bool MayUse(string user, string used)
    {
        if (user == used) return true;
        if (Leaves.Contains(user)) return false;
        return Leaves.Contains(used) || Array.IndexOf(Order, used) < Array.IndexOf(Order, user);
    }
}
