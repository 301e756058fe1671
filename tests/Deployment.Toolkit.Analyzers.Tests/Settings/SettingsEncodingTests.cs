using System.Text;
using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers.Tests;

/// <summary>Files as they lie on a disk: what a fix leaves alone stays as it is, byte by byte.</summary>
public sealed class SettingsEncodingTests
{
    private const string Code =
        """
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;
        public class MailOptions { public string? Host { get; set; } public string? Sender { get; set; } public int Port { get; set; } }
        public static class Startup
        {
            public static void Add(IServiceCollection services, IConfiguration configuration) =>
                services.Configure<MailOptions>(configuration.GetSection("Mail"));
        }
        """;

    // Tabs, blanks at the ends of lines, mixed ends, letters of two and four bytes in front of the key, no end of line last.
    private const string Settings =
        "{\r\n\t// Für die Grüße 🚀\r\n\t\"Mail\" :  {   \n\t\t\"Sender\": \"grüße@例え.jp\" ,\r\n\r\n\t\t\"Hots\"\t: \"mail\",\r\n\t\t\"Port\": \"1,025\" /* 🚀 */\r\n\t},\r\n}";

    public static TheoryData<string> Encodings => ["utf-8", "utf-8 with a mark", "utf-16", "utf-16BE"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task A_fix_keeps_marks_encoding_line_ends_and_blanks(string name)
    {
        var encoding = EncodingOf(name);
        var file = Path.Combine(Path.GetTempPath(), $"dtk-{Guid.NewGuid():N}", "appsettings.json");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        try
        {
            await File.WriteAllTextAsync(file, Settings, encoding, TestContext.Current.CancellationToken);
            Assert.Equal(1, await FixAsync<UnknownKeyAnalyzer, UnknownKeyCodeFix>(file));
            Assert.Equal(1, await FixAsync<ValueAnalyzer, ValueCodeFix>(file));
            Assert.Equal(0, await FixAsync<UnknownKeyAnalyzer, UnknownKeyCodeFix>(file));

            var expected = Settings.Replace("\"Hots\"", "\"Host\"", StringComparison.Ordinal).Replace("\"1,025\"", "1025", StringComparison.Ordinal);
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(expected)];
            Assert.Equal(bytes, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    private static Encoding EncodingOf(string name) => name switch
    {
        "utf-8" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        "utf-8 with a mark" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        _ => Encoding.GetEncoding(name),
    };

    // Reads and writes as tools do that keep files: with the encoding in which the text was read.
    private static async Task<int> FixAsync<TAnalyzer, TFix>(string file)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var workspace = new AdhocWorkspace();
        var project = workspace.AddProject("Test", LanguageNames.CSharp)
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
            .WithMetadataReferences(SdkReferences.AspNetCore)
            .AddDocument("Code.cs", SourceText.From(Code)).Project;
        SourceText text;
        await using (var stream = File.OpenRead(file))
        {
            text = SourceText.From(stream);
        }

        var document = project.AddAdditionalDocument("appsettings.json", text, filePath: file);
        var compilation = (await document.Project.GetCompilationAsync(cancellationToken))!;
        var found = (await compilation.WithAnalyzers([new TAnalyzer()], document.Project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync(cancellationToken))
            .Where(d => !d.Location.IsInSource).ToList();
        foreach (var diagnostic in found)
        {
            CodeAction? first = null;
            await new TFix().RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => first ??= action, cancellationToken));
            var operation = (await first!.GetOperationsAsync(cancellationToken)).OfType<ApplyChangesOperation>().Single();
            var changed = await operation.ChangedSolution.GetAdditionalDocument(document.Id)!.GetTextAsync(cancellationToken);
            await using var writer = new StreamWriter(file, append: false, changed.Encoding!);
            changed.Write(writer, cancellationToken);
        }

        return found.Count;
    }
}
