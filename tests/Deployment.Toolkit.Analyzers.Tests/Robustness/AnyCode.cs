using System.Collections.Immutable;
using Deployment.Toolkit.Analyzers.Testing;
using Deployment.Toolkit.Analyzers.Tests.Coverage;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
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

    private static readonly ImmutableArray<CodeFixProvider> s_fixes =
    [
        .. typeof(SettingsCodeFix).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(CodeFixProvider)) && !t.IsAbstract)
            .Select(t => (CodeFixProvider)Activator.CreateInstance(t)!),
    ];

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

    /// <summary>Asks every fix for what it does about everything that is reported; gives how many changes were made up.</summary>
    public static async Task<int> FixAsync(IEnumerable<string> sources, CancellationToken cancellationToken)
    {
        using var workspace = new AdhocWorkspace();
        var project = workspace.AddProject("Any", LanguageNames.CSharp)
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
            .WithMetadataReferences(Shop.References)
            .AddAdditionalDocument("appsettings.json", Settings, filePath: "/any/appsettings.json").Project;
        foreach (var (text, i) in sources.Select((s, i) => (s, i)))
        {
            project = project.AddDocument($"{i}.cs", text, filePath: $"/any/{i}.cs").Project;
        }

        var compilation = (CSharpCompilation)(await project.GetCompilationAsync(cancellationToken))!;
        var changes = 0;
        foreach (var diagnostic in await RunAsync(compilation, cancellationToken))
        {
            TextDocument? document = diagnostic.Location.SourceTree is { } tree
                ? project.GetDocument(tree)
                : project.AdditionalDocuments.Single(d => d.FilePath == diagnostic.Location.GetLineSpan().Path);
            foreach (var fix in s_fixes.Where(f => document is not null && f.FixableDiagnosticIds.Contains(diagnostic.Id)))
            {
                var actions = new List<CodeAction>();
                await fix.RegisterCodeFixesAsync(new CodeFixContext(document!, diagnostic, (action, _) => actions.Add(action), cancellationToken));
                foreach (var action in actions)
                {
                    changes += (await action.GetOperationsAsync(cancellationToken)).Length;
                }
            }
        }

        return changes;
    }
}
