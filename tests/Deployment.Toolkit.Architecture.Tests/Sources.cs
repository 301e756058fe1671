using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Deployment.Toolkit.Architecture.Tests;

/// <summary>
/// The sources of shipped projects, bound in memory. What source generators add is missing, so a few names stay unresolved; everything else
/// binds as in the build.
/// </summary>
internal static class Sources
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
        + "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly ConcurrentDictionary<string, SyntaxTree> Trees = new(StringComparer.Ordinal);

    private static readonly Lazy<CSharpCompilation> LazyEngine = new(static () => Compile("src/Deployment.Toolkit", static assembly => assembly == "Deployment.Toolkit"));

    private static readonly Lazy<CSharpCompilation> LazyShipped = new(static () => Compile("src", static assembly => assembly.StartsWith("Deployment.Toolkit", StringComparison.Ordinal)));

    internal static CSharpCompilation Engine => LazyEngine.Value;

    /// <summary>Every shipped project at once.</summary>
    internal static CSharpCompilation Shipped => LazyShipped.Value;

    /// <summary>The types that are declared in the sources of a compilation, nested ones too.</summary>
    internal static IEnumerable<INamedTypeSymbol> Types(CSharpCompilation compilation) =>
        compilation.GetSymbolsWithName(static _ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>();

    /// <summary>Where a symbol is declared, as file:line.</summary>
    internal static string PlaceOf(ISymbol symbol) => PlaceOf(symbol.Locations.First(static location => location.IsInSource));

    internal static string PlaceOf(Location location) =>
        $"{Repository.Relative(location.SourceTree!.FilePath)}:{location.GetLineSpan().StartLinePosition.Line + 1}";

    /// <summary>A file's tree, parsed once for all tests.</summary>
    internal static SyntaxTree Parse(string file) => Trees.GetOrAdd(file, static path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), path: path));

    // The engine's own name: Abstractions shows its internals to that assembly alone.
    private static CSharpCompilation Compile(string folder, Func<string, bool> isReplaced) => CSharpCompilation.Create(
        "Deployment.Toolkit",
        [CSharpSyntaxTree.ParseText(ImplicitUsings, path: ""), .. Repository.Files(folder, "*.cs").Select(Parse)],
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => path.Length > 0 && !isReplaced(Path.GetFileNameWithoutExtension(path)))
            .Select(static path => MetadataReference.CreateFromFile(path)),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
}
