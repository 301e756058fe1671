using System.Collections.Immutable;
using System.Globalization;
using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Tests.Coverage;

/// <summary>A web application and its class library, as they stand in one of the two folders beside this file.</summary>
/// <param name="Library">Its files.</param>
/// <param name="Web">The application's.</param>
internal sealed record Shop(ImmutableArray<ShopFile> Library, ImmutableArray<ShopFile> Web)
{
    // A path with "tests" in it would be a test's, which some rules pass by.
    private const string Root = "/shop/";

    public static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers = PackagedAnalyzers.Of(typeof(SettingsRule).Assembly);

    /// <summary>With the planted defects.</summary>
    public static Shop Defective => Read(nameof(Defective));

    /// <summary>The same without one.</summary>
    public static Shop Mended => Read(nameof(Mended));

    public IEnumerable<ShopFile> Files => Library.Concat(Web);

    public Shop With(Func<ShopFile, string> rewrite) => new(
        [.. Library.Select(f => f with { Text = rewrite(f) })], [.. Web.Select(f => f with { Text = rewrite(f) })]);

    /// <summary>What all analyzers say of both; the application sees of its library what the compiler wrote, bindings included.</summary>
    public Task<ImmutableArray<Diagnostic>> AnalyzeAsync(CancellationToken cancellationToken, params DiagnosticAnalyzer[] analyzers) =>
        AnalyzeAsync(Image, analyzers, cancellationToken);

    /// <summary>The same as an editor has it, where the application references its library's compilation.</summary>
    public Task<ImmutableArray<Diagnostic>> AnalyzeAsProjectsAsync(CancellationToken cancellationToken) =>
        AnalyzeAsync(static library => library.ToMetadataReference(), [], cancellationToken);

    private async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(
        Func<Compilation, MetadataReference> refer, DiagnosticAnalyzer[] analyzers, CancellationToken cancellationToken)
    {
        var library = CompileLibrary();
        var web = Generate(Compile("Shop.Web", OutputKind.ConsoleApplication, Web, refer(library)));
        return
        [
            .. await AnalyzeAsync(library, Library, analyzers, cancellationToken),
            .. await AnalyzeAsync(web, Web, analyzers, cancellationToken),
        ];
    }

    public Compilation CompileLibrary() => Generate(Compile("Shop.Catalog", OutputKind.DynamicallyLinkedLibrary, Library));

    /// <summary>The library as its host references it.</summary>
    public static MetadataReference Image(Compilation library)
    {
        using var image = new MemoryStream();
        Assert.True(library.Emit(image).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    public static ImmutableArray<MetadataReference> References { get; } =
        [.. SdkReferences.AspNetCore, DeploymentApi.Reference, LibraryApi.Reference];

    public static string Describe(Diagnostic d) =>
        $"{d.Location.GetLineSpan()} {d.Severity} {d.Id}: {d.GetMessage(CultureInfo.InvariantCulture)}";

    private static Shop Read(string folder) => new(Read(folder, "Shop.Catalog"), Read(folder, "Shop.Web"));

    private static ImmutableArray<ShopFile> Read(string folder, string project)
    {
        var root = Path.Combine(AppContext.BaseDirectory, "Coverage", folder);
        return
        [
            .. Directory.EnumerateFiles(Path.Combine(root, project), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(file => ShopFile.Read(file, Root + Path.GetRelativePath(root, file).Replace('\\', '/'))),
        ];
    }

    private static CSharpCompilation Compile(
        string name, OutputKind kind, ImmutableArray<ShopFile> files, params MetadataReference[] references) => CSharpCompilation.Create(
        name,
        files.Where(f => f.IsSource).Select(f => CSharpSyntaxTree.ParseText(f.Text, path: f.Path)),
        [.. References, .. references],
        new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));

    private static Compilation Generate(CSharpCompilation compilation)
    {
        CSharpGeneratorDriver.Create(new ManifestGenerator()).RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var diagnostics);
        Assert.Empty(diagnostics);
        Assert.Empty(generated.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning));
        return generated;
    }

    private static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(
        Compilation compilation, ImmutableArray<ShopFile> files, DiagnosticAnalyzer[] analyzers, CancellationToken cancellationToken)
    {
        var thrown = new List<Exception>();
        var analysis = compilation.WithAnalyzers(analyzers.Length > 0 ? [.. analyzers] : Analyzers, new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([.. files.Where(f => !f.IsSource).Select(f => new InMemoryText(f.Path, f.Text))]),
            onAnalyzerException: (exception, _, _) => { lock (thrown) { thrown.Add(exception); } },
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false));
        var diagnostics = await analysis.GetAnalyzerDiagnosticsAsync(cancellationToken);
        Assert.Empty(thrown);
        return diagnostics;
    }
}
