using System.Collections.Immutable;
using Deployment.Toolkit.Analyzers.Testing;
using Deployment.Toolkit.Analyzers.Tests.Coverage;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Tests.Robustness;

/// <summary>Any code, be it whole or not, through the generator and all analyzers; what throws in them fails the test.</summary>
internal static class AnyCode
{
    public const string Usings =
        """
        using System;
        using System.Collections.Generic;
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Hosting;
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        using Microsoft.Extensions.Options;

        """;

    private const string Settings = """{ "A": { "B": { "N": "1" } }, "Shop": { "Title": "x", "Hots": "y" } }""";

    public static CSharpCompilation Compile(IEnumerable<string> sources, params MetadataReference[] references) => CSharpCompilation.Create(
        "Any", sources.Select((s, i) => CSharpSyntaxTree.ParseText(s, path: $"/any/{i}.cs")), [.. Shop.References, .. references],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>With the manifest that the generator writes.</summary>
    public static Compilation Generate(CSharpCompilation compilation, CancellationToken cancellationToken)
    {
        var driver = CSharpGeneratorDriver.Create(new ManifestGenerator())
            .RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var diagnostics, cancellationToken);
        Assert.Null(driver.GetRunResult().Results[0].Exception);
        Assert.Empty(diagnostics);
        return generated;
    }

    public static async Task<ImmutableArray<Diagnostic>> RunAsync(CSharpCompilation compilation, CancellationToken cancellationToken)
    {
        var thrown = new List<Exception>();
        var analysis = Generate(compilation, cancellationToken).WithAnalyzers(Shop.Analyzers, new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([new InMemoryText("/any/appsettings.json", Settings)]),
            onAnalyzerException: (exception, _, _) => { lock (thrown) { thrown.Add(exception); } },
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false));
        var diagnostics = await analysis.GetAnalyzerDiagnosticsAsync(cancellationToken);
        Assert.Empty(thrown);
        return diagnostics;
    }
}
