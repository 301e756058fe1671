using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Analyzers.Tests.Coverage;

/// <summary>Builds samples/Unsafe as a user would, and holds README to what that build prints.</summary>
public sealed partial class UnsafeSampleTests
{
    private static readonly string s_root = Metadata("RepositoryRoot");

    private static readonly string[] s_expected =
    [
        "Migrations/0002_mail.sql(1,1) DTK5001",
        "Program.cs(10,61) DTK3002",
        "Program.cs(13,5) DTK4001",
        "Program.cs(14,35) DTK2003",
        "Program.cs(19,66) DTK3004",
        "Program.cs(20,21) DTK6004",
        "Program.cs(5,70) DTK2001",
        "Program.cs(6,73) DTK4003",
        "ProviderCheck.cs(9,97) DTK6002",
        "appsettings.Production.json(2,41) DTK4005",
        "appsettings.Production.json(5,17) DTK3001",
        "appsettings.Production.json(7,34) DTK4006",
        "appsettings.json(4,5) DTK1001",
        "appsettings.json(5,13) DTK1002",
        "appsettings.json(6,16) DTK1009",
    ];

    [FullRunFact]
    public async Task The_unsafe_sample_shows_each_family_and_README_shows_what_its_build_prints()
    {
        var lines = await BuildAsync();
        var found = lines.Select(line => Place().Match(line)).Where(m => m.Success).Select(m => $"{m.Groups["place"].Value} {m.Groups["id"].Value}");
        Assert.Equal(s_expected, found.Order(StringComparer.Ordinal));
        Assert.Equal("123456", string.Concat(s_expected.Select(e => e[e.LastIndexOf("DTK", StringComparison.Ordinal) + 3]).Distinct().Order()));
        Assert.All(lines, line => Assert.DoesNotContain("correct-horse", line, StringComparison.Ordinal));

        var readme = await File.ReadAllTextAsync(Path.Combine(s_root, "README.md"), TestContext.Current.CancellationToken);
        var excerpt = Excerpt().Match(readme).Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(excerpt.Length > 5);
        Assert.All(excerpt, line => Assert.Contains(line, lines));
    }

    // Where it stands: its references are built already, and a copy elsewhere would lack what the repository's folders give it.
    private static async Task<List<string>> BuildAsync()
    {
        var sample = Path.Combine(s_root, "samples", "Unsafe");
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                "build", Path.Combine(sample, "Unsafe.csproj"), "-c", Metadata("Configuration"), "--no-incremental", "-tl:off", "-nodeReuse:false", "-m:1",
                "-p:BuildProjectReferences=false", "-p:UseSharedCompilation=false",
            },
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["DOTNET_NOLOGO"] = "1", ["MSBUILDDISABLENODEREUSE"] = "1" },
        };
        // Of its own accord CI's build shows more than a user's does.
        start.Environment.Remove("CI");
        using var build = Process.Start(start)!;
        var output = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(build.ExitCode == 0, output);
        Assert.DoesNotMatch("CS8032|CS9057|AD0001|DTK1000", output);

        // As a terminal in the folder shows it: without the folder, the page's address and the project.
        return
        [
            .. output.ReplaceLineEndings("\n").Split('\n')
                .Select(line => Address().Replace(line.Replace(sample + Path.DirectorySeparatorChar, "", StringComparison.Ordinal), "").Replace('\\', '/').TrimEnd())
                .Distinct(StringComparer.Ordinal),
        ];
    }

    private static string Metadata(string key) =>
        typeof(UnsafeSampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    [GeneratedRegex(@"^(?<place>[^ ]+\(\d+,\d+\)): warning (?<id>[A-Z]+\d+): ")]
    private static partial Regex Place();

    [GeneratedRegex(@" \(https://[^ ]+\) \[[^\]]*\]$")]
    private static partial Regex Address();

    [GeneratedRegex(@"^\$ dotnet build samples/Unsafe\n(?<lines>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Excerpt();
}
