using System.Collections.Immutable;
using Deployment.Toolkit.Analyzers.Testing;
using Deployment.Toolkit.Analyzers.Tests.Coverage;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Tests.Corpus;

/// <summary>
/// A small application in one text: each file of it behind a line <c>=== path</c>, with what must be reported marked. A file below
/// <c>@Name/</c> belongs to a library of that name, which the application references. A first line <c># broken</c> says that the code
/// doesn't compile, <c># gap: why</c> that the case is not as it should be yet.
/// </summary>
/// <param name="Name">Of the text.</param>
/// <param name="Files">Without marks.</param>
/// <param name="IsBroken">Whether it doesn't compile.</param>
/// <param name="Gap">Why it is not as it should be.</param>
internal sealed record CorpusCase(string Name, ImmutableArray<ShopFile> Files, bool IsBroken, string? Gap)
{
    private const string Root = "/app/";

    private const string Usings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    public static ImmutableArray<CorpusCase> All { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", "Cases"), "*.txt").Order(StringComparer.Ordinal)
            .SelectMany(file => Read(Path.GetFileNameWithoutExtension(file), File.ReadAllLines(file))),
    ];

    public async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(CancellationToken cancellationToken)
    {
        var libraries = Files.Where(f => f.Path.StartsWith('@')).GroupBy(f => f.Path[1..f.Path.IndexOf('/', StringComparison.Ordinal)])
            .Select(library => Generate(Compile(library.Key, [.. library], []))).ToList();
        var own = Files.Where(f => !f.Path.StartsWith('@')).ToList();
        var compilation = Generate(Compile("App", own, [.. libraries.Select(l => l.ToMetadataReference())]));
        if (!IsBroken)
        {
            Assert.Empty(libraries.Append(compilation).SelectMany(c => c.GetDiagnostics(cancellationToken))
                .Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{Name}: {Shop.Describe(d)}"));
        }

        var thrown = new List<Exception>();
        var analysis = compilation.WithAnalyzers(Shop.Analyzers, new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([.. own.Where(f => !f.IsSource).Select(f => new InMemoryText(Root + f.Path, f.Text))]),
            onAnalyzerException: (exception, _, _) => { lock (thrown) { thrown.Add(exception); } },
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false));
        var found = await analysis.GetAnalyzerDiagnosticsAsync(cancellationToken);
        Assert.Empty(thrown);

        // What is repeated in code for editors stands in a file already, and nobody sees what is hidden.
        return [.. found.Where(d => d.Severity > DiagnosticSeverity.Hidden && !d.Properties.ContainsKey(SettingsRule.Mirror))];
    }

    public CorpusResult Judge(ImmutableArray<Diagnostic> found)
    {
        var unseen = found.ToList();
        var (right, missed) = (new List<string>(), new List<(string Id, string What)>());
        foreach (var file in Files)
        {
            foreach (var (id, span) in file.Planted)
            {
                var hit = unseen.FirstOrDefault(d =>
                    d.Id == id && d.Location.GetLineSpan().Path == Root + file.Path && d.Location.SourceSpan.OverlapsWith(span));
                if (hit is null)
                {
                    missed.Add((id, $"{Name}: {file.Path}({file.LineOf(span)}) lacks {id} at '{file.Text.Substring(span.Start, span.Length)}'"));
                }
                else
                {
                    unseen.Remove(hit);
                    right.Add(id);
                }
            }
        }

        return new CorpusResult(right, missed, [.. unseen.Select(d => (d.Id, $"{Name}: too much: {Shop.Describe(d)}"))]);
    }

    // Many cases stand in one text, each behind a line "##### name".
    private static IEnumerable<CorpusCase> Read(string text, string[] lines)
    {
        var starts = Enumerable.Range(0, lines.Length).Where(i => lines[i].StartsWith("##### ", StringComparison.Ordinal)).Append(lines.Length).ToList();
        Assert.Equal(0, starts[0]);
        return starts.Zip(starts.Skip(1), (from, to) => Parse($"{text}/{lines[from][6..]}", lines[(from + 1)..to]));
    }

    private static CorpusCase Parse(string name, string[] lines)
    {
        var files = new List<ShopFile>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("=== ", StringComparison.Ordinal))
            {
                var end = Array.FindIndex(lines, i + 1, line => line.StartsWith("=== ", StringComparison.Ordinal));
                var markup = TestMarkup.Parse(string.Join('\n', lines[(i + 1)..(end < 0 ? lines.Length : end)]));
                files.Add(new ShopFile(lines[i][4..].Trim(), markup.Text, markup.Ids));
            }
        }

        Assert.True(files.Count > 0, $"{name} has no file.");
        var gap = lines.FirstOrDefault(line => line.StartsWith("# gap: ", StringComparison.Ordinal));
        return new CorpusCase(name, [.. files], lines.Contains("# broken"), gap?["# gap: ".Length..]);
    }

    private static CSharpCompilation Compile(string name, IReadOnlyCollection<ShopFile> files, ImmutableArray<MetadataReference> references)
    {
        List<SyntaxTree> trees =
        [
            CSharpSyntaxTree.ParseText(Usings, path: Root + "obj/Usings.cs"),
            .. files.Where(f => f.IsSource).Select(f => CSharpSyntaxTree.ParseText(f.Text, path: (f.Path[0] == '@' ? "/" : Root) + f.Path)),
        ];
        var isProgram = trees.Any(tree => tree.GetRoot().DescendantNodes().Any(node =>
            node is GlobalStatementSyntax or MethodDeclarationSyntax { Identifier.ValueText: "Main" }));
        return CSharpCompilation.Create(
            name, trees, [.. Shop.References, .. references],
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }

    private static Compilation Generate(CSharpCompilation compilation)
    {
        CSharpGeneratorDriver.Create(new ManifestGenerator()).RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var diagnostics);
        Assert.Empty(diagnostics);
        return generated;
    }
}

/// <param name="Right">The rules that spoke where they must.</param>
/// <param name="Missed">Those that were silent there.</param>
/// <param name="TooMuch">Those that spoke elsewhere.</param>
internal sealed record CorpusResult(
    IReadOnlyList<string> Right, IReadOnlyList<(string Id, string What)> Missed, IReadOnlyList<(string Id, string What)> TooMuch);
