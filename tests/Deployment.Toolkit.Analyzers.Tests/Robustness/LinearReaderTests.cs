using System.Globalization;
using Deployment.Toolkit.Analyzers.Testing;
using Deployment.Toolkit.Analyzers.Tests.Coverage;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Tests.Robustness;

/// <summary>
/// Texts of a size that files of others have, made so that a reader that goes over them again and again takes minutes. Each is read at two sizes:
/// what the second allocates says whether a reader is linear, and the deadline whether it walks without allocating.
/// </summary>
public sealed class LinearReaderTests
{
    private static readonly int Small = FullRun.Times(10_000, full: 25_000);
    private static readonly int Large = 8 * Small;

    // A quadratic reader of the larger size takes minutes, a linear one well under a second.
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(5);

    public static IEnumerable<TheoryDataRow<string, string, string, string>> Some => FullRun.EveryOf(Texts, usual: 3);

    private static TheoryData<string, string, string, string> Texts { get; } = new()
    {
        // File, what stands before, what is repeated, what stands after.
        { "appsettings.json", "{\"ConnectionStrings\":{\"Shop\":\"server=db;", " ", ";password\"}}" },
        { "appsettings.json", "{\"ConnectionStrings\":{\"Shop\":\"", "server = ", "\"}}" },
        { "appsettings.json", "{\"ConnectionStrings\":{\"Shop\":\"server=a;", "password='", "\"}}" },
        { "appsettings.json", "{\"ConnectionStrings\":{\"Shop\":\"", "a:b@", "\"}}" },
        { "appsettings.json", "{\"Shop\":{\"ApiKey\":\"", "${", "\"}}" },
        { "appsettings.json", "{\"Shop\":{\"ApiKey\":\"", "{{", "\"}}" },
        { "appsettings.json", "{\"Shop\":{\"ApiKey\":\"", "#{", "\"}}" },
        { "appsettings.json", "{\"Shop\":{\"ApiKey\":\"", "$(", "\"}}" },
        { "appsettings.json", "{\"Shop\":{\"ApiKey\":\"", "a-", "\"}}" },
        { "appsettings.json", "{\"Shop\":{\"ApiKey\":\"", "-----BEGIN A", "\"}}" },
        { "appsettings.json", "{\"Shop\":{\"Title\":\"", "x", "\"}}" },
        { "appsettings.json", "{\"Shop\":{", "\"Hots#\":\"y\",", "\"Title\":\"\"}}" },
        { "appsettings.json", "{\"Shop\":{", "\"Hots#\":{\"Title\":1},", "\"Title\":\"\"}}" },
        { "appsettings.json", "{", "\"Other#\":{\"Url\":\"http://localhost:#\"},", "\"Title\":\"\"}" },
        { "appsettings.json", "{", "\"A#:B:C\":\"y\",", "\"Title\":\"\"}" },
        { "appsettings.json", "{\"Shop\":[", "\"y\",", "1]}" },
        { "appsettings.json", "{\"Shop\":", "{\"Shop\":", "1" },
        { "appsettings.json", "{\"Shop\":{", "// dtk-disable-next-line DTK1001: x\n", "\"Hots\":1}}" },
        { "appsettings.json", "{\"Shop\":{", "/* ", "\"Hots\":1}}" },
        { "appsettings.json", "", "\"", "" },
        { ".env", "", "SHOP__HOTS#=\"y\n", "" },
        { ".env", "", "# dtk-disable DTK3005: x\nPASSWORD#=abc1234!\n", "" },
        { ".env", "PASSWORD=", "${", "" },
        { "web.config", "<a>", "<add ", "" },
        { "web.config", "<a>", "<!--", "" },
        { "web.config", "<a>", "<add key=\"Shop__Hots#\" value=\"abc1234!\" />", "" },
        { "web.config", "<a><add ", "name ", "/>" },
        { "docker-compose.yml", "services:\n  web:\n    build: .\n    environment:\n", "      SHOP__HOTS#: y\n", "" },
        { "docker-compose.yml", "services:\n  web:\n    build: .\n    environment:\n", "      - SHOP__HOTS#=y # x\n", "" },
        { "docker-compose.yml", "", " ", "a:" },
        { "docker-compose.yml", "", "- ", "" },
        { "Properties/launchSettings.json", "{\"profiles\":{\"a\":{\"environmentVariables\":{", "\"Shop__Hots#\":\"y\",", "\"b\":\"c\"}}}}" },
        { "Migrations/0001_a.sql", "", "-- dtk-disable DTK5001: x\n", "" },
        { "Migrations/0001_a.sql", "", "/*", "" },
        { "Migrations/0001_a.sql", "", "'\n", "" },
        { "Program.cs", "class P { string Password = \"", "eyJ-", "\"; }" },
        { "Program.cs", "class P { string Password = \"", "${", "\"; }" },
        { "Program.cs", "class P { string Password = \"server=a;", " ", "\"; }" },
        { "Program.cs", "class P { string Password = \"", "SG.a", "\"; }" },
        { "Program.cs", "class P { string Password = \"", "sig=", "\"; }" },
        { "Program.cs", "class P { string Password = \"-----BEGIN PRIVATE KEY-----", " ", "\"; }" },
        { "Program.cs", "class P { string Password = $\"", "{1} a", "\"; }" },
        { "Program.cs", "class P { ", "string Password# = \"abc1234!x\"; ", "}" },
    };

    [Theory]
    [MemberData(nameof(Some))]
    public async Task A_reader_is_linear(string file, string before, string repeated, string after)
    {
        await ReadAsync(file, before, repeated, after, 100);
        var small = await ReadAsync(file, before, repeated, after, Small);
        var large = await ReadAsync(file, before, repeated, after, Large);

        // Eight times the text; what is the same for all texts is some megabytes.
        Assert.True(large < (24L * small) + 50_000_000, $"{Small} characters allocate {small} bytes, {Large} allocate {large}.");
    }

    private static async Task<long> ReadAsync(string file, string before, string repeated, string after, int size)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(s_deadline);
        var text = before + string.Concat(Enumerable.Range(0, size / repeated.Length).Select(
            i => repeated.Replace("#", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))) + after;
        string[] sources =
        [
            AnyCode.Usings + "class ShopOptions { public string? Title { get; set; } public string? ApiKey { get; set; } } " +
                "static class S { static void M(IServiceCollection s, IConfiguration c) => s.Configure<ShopOptions>(c.GetSection(\"Shop\")); }",
            .. file.EndsWith(".cs", StringComparison.Ordinal) ? (string[])[text] : [],
        ];
        var compilation = AnyCode.Generate(AnyCode.Compile(sources), deadline.Token);
        List<AdditionalText> texts = [new InMemoryText("/any/appsettings.Production.json", "{ \"Shop\": { \"Title\": \"x\" } }")];
        if (sources.Length == 1) texts.Add(new InMemoryText("/any/" + file, text));
        var thrown = new List<Exception>();
        var analysis = compilation.WithAnalyzers(Shop.Analyzers, new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([.. texts]), (exception, _, _) => { lock (thrown) { thrown.Add(exception); } }, concurrentAnalysis: false, logAnalyzerExecutionTime: false));
        var allocated = GC.GetTotalAllocatedBytes(precise: true);

        // What walks without looking at its token must be found too.
        await analysis.GetAnalyzerDiagnosticsAsync(deadline.Token).WaitAsync(s_deadline, TestContext.Current.CancellationToken);
        Assert.Empty(thrown);
        return GC.GetTotalAllocatedBytes(precise: true) - allocated;
    }
}
