using System.Collections.Immutable;
using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Tests;

/// <summary>An application that looks suspicious from top to bottom and has no defect: no rule says anything about it.</summary>
public sealed class PrecisionTests
{
    [Fact]
    public async Task An_application_that_only_looks_suspicious_is_silent()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Precision");
        var files = Directory.GetFiles(folder, "*.txt").Order(StringComparer.Ordinal).ToList();
        var compilation = CSharpCompilation.Create(
            "Clean",
            files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: Path.ChangeExtension(file, ".cs"))),
            [.. SdkReferences.AspNetCore, DeploymentApi.Reference, LibraryApi.Reference],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error));
        Assert.True(files.Sum(file => File.ReadLines(file).Count()) >= 150);

        var analyzers = PackagedAnalyzers.Of(typeof(CorsAnalyzer).Assembly);
        var migrations = new AnalyzerOptions(
        [
            new Script("/0/Migrations/0001_users.sql", "CREATE TABLE users (id int, password text);"),
            new Script("/0/Migrations/0001_users.down.sql", "DROP TABLE users;"),
            new Script("/0/Migrations/0004_purge.sql", "-- Irreversible: what is purged is gone.\nDELETE FROM users WHERE id < 0;"),
            new Script("/0/Reports/monthly.sql", "SELECT 1;"),
        ]);
        var reported = await compilation.WithAnalyzers(analyzers, migrations).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.Empty(reported);
    }

    private sealed class Script(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override Microsoft.CodeAnalysis.Text.SourceText GetText(CancellationToken cancellationToken = default) =>
            Microsoft.CodeAnalysis.Text.SourceText.From(text);
    }
}
