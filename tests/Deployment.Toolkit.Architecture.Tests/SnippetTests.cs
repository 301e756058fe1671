using System.Text.RegularExpressions;
using Deployment.Toolkit.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Architecture.Tests;

/// <summary>Compiles the C# of README and the pages against the product, so that none of it can go stale unseen, and has its analyzers read it.</summary>
public sealed partial class SnippetTests
{
    // What a reader has in their own project: the SDK's usings, an app's types, a driver, a web host.
    private const string Surroundings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        global using Deployment.Toolkit; global using Deployment.Toolkit.Migrations; global using Microsoft.Extensions.Configuration; global using Microsoft.Extensions.Hosting; global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Http; global using Microsoft.Extensions.Diagnostics.HealthChecks; global using FluentValidation; global using Microsoft.EntityFrameworkCore;
        public sealed class SqliteFactory : System.Data.Common.DbProviderFactory { public static readonly SqliteFactory Instance = new(); }
        public static class SqliteProvider { public static DbContextOptionsBuilder UseSqlite(this DbContextOptionsBuilder builder, string? connectionString) => builder; }
        public sealed class NpgsqlFactory : System.Data.Common.DbProviderFactory { public static readonly NpgsqlFactory Instance = new(); }
        public sealed class MySqlConnectorFactory : System.Data.Common.DbProviderFactory { public static readonly MySqlConnectorFactory Instance = new(); }
        public sealed class ContentOptions { public int MaxItems { get; set; } }
        public sealed class WarmUpCache : DeploymentStep
        {
            public override string Name => "warm up cache";
            public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """;

    private static readonly Lazy<IReadOnlyList<MetadataReference>> s_references = new(static () =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path))]);

    public static TheoryData<string, string> Snippets
    {
        get
        {
            var data = new TheoryData<string, string>();
            var pages = Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Repository.Files("docs", "*.md")).Concat(Repository.Files("src", "README.md"));
            foreach (var page in pages)
            {
                var place = 0;
                foreach (Match block in Block().Matches(File.ReadAllText(page))) data.Add($"{Repository.Relative(page)} #{++place}", block.Groups["code"].Value);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Snippets))]
    public async Task Code_in_the_documentation_compiles_and_the_analyzers_have_nothing_against_it(string place, string code)
    {
        var compilation = Compile(code);
        var errors = compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        Assert.True(errors.Count == 0, $"{place} does not compile:\n{string.Join('\n', errors)}");

        var found = await FindAsync(compilation);
        Assert.True(found.Count == 0, $"The package's own analyzers report {place}:\n{string.Join('\n', found)}");
    }

    [Fact]
    public async Task What_the_analyzers_report_is_found()
    {
        var found = await FindAsync(Compile("""
            [Migration("0002", "names")]
            public sealed class Names : Migration
            {
                public override Task UpAsync(MigrationContext context, CancellationToken cancellationToken) => context.ExecuteAsync("UPDATE users SET name = trim(name)", cancellationToken);
            }
            """));
        Assert.Equal("DTK5001", Assert.Single(found).Id);
    }

    [Fact]
    public void There_is_code_to_compile() => Assert.True(Snippets.Count >= 4, "The pages' code was not found.");

    private static CSharpCompilation Compile(string code)
    {
        var given = (code.Contains("var builder", StringComparison.Ordinal) ? "" : "var builder = WebApplication.CreateBuilder(args);\n")
            + (code.Contains("host.", StringComparison.Ordinal) ? "var host = builder.Build();\nCancellationToken cancellationToken = default;\n" : "");
        return CSharpCompilation.Create(
            "Snippet",
            [CSharpSyntaxTree.ParseText(Surroundings), CSharpSyntaxTree.ParseText(given + code)],
            s_references.Value,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication));
    }

    private static async Task<IReadOnlyList<Diagnostic>> FindAsync(CSharpCompilation compilation) =>
        [.. (await compilation.WithAnalyzers([new CodeAnalyzer()]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken)).Where(static found => found.Severity > DiagnosticSeverity.Hidden)];

    [GeneratedRegex("^```csharp\\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();
}
