using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Deployment.Toolkit.Architecture.Tests;

/// <summary>Compiles the C# of README and the pages against the product, so that none of it can go stale unseen.</summary>
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
    public void Code_in_the_documentation_compiles(string place, string code)
    {
        var given = (code.Contains("var builder", StringComparison.Ordinal) ? "" : "var builder = WebApplication.CreateBuilder(args);\n")
            + (code.Contains("host.", StringComparison.Ordinal) ? "var host = builder.Build();\nCancellationToken cancellationToken = default;\n" : "");
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Snippet",
            [CSharpSyntaxTree.ParseText(Surroundings), CSharpSyntaxTree.ParseText(given + code)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication));

        var errors = compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        Assert.True(errors.Count == 0, $"{place} does not compile:\n{string.Join('\n', errors)}");
    }

    [Fact]
    public void There_is_code_to_compile() => Assert.True(Snippets.Count >= 4, "The pages' code was not found.");

    [GeneratedRegex("^```csharp\\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();
}
