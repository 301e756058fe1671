using System.Globalization;
using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Packaging.Tests;

/// <summary>
/// docs/getting-started.md, as a stranger follows it: a block with a file's name is written to that file, a block of <c>sh</c> is run, and the <c>text</c> behind it
/// is what its standard output must be. DTK_APPROVE=1 writes what was said into the page.
/// </summary>
public sealed partial class GettingStartedTests(BuiltApplications applications)
{
    private static readonly string s_page = Path.Combine(Repository.Root, "docs", "getting-started.md");

    [FullRunFact]
    public async Task Every_command_of_the_page_runs_and_says_what_the_page_shows()
    {
        applications.Require();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The page's commands are for a shell.");
        var root = Directory.CreateDirectory(applications.PathOf("stranger")).FullName;
        var (folder, said) = (root, "");
        var (commands, shown) = (0, 0);
        var page = await File.ReadAllTextAsync(s_page);
        var written = page;
        foreach (Match block in Block().Matches(page))
        {
            var (language, file, text) = (block.Groups["language"].Value, block.Groups["file"].Value, block.Groups["text"].Value);
            var place = $"docs/getting-started.md:{page.AsSpan(0, block.Index).Count('\n') + 1}";
            if (language == "sh")
            {
                said = await RunAsync(text, block.Groups["exit"].Value, place);
                commands += text.Count('\n');
            }
            else if (language == "text")
            {
                shown++;
                if (Masked(text) == Masked(said)) continue;

                written = written.Replace(text, said, StringComparison.Ordinal);
                if (Environment.GetEnvironmentVariable("DTK_APPROVE") != "1") Assert.Equal($"{place}\n{Masked(text)}", $"{place}\n{Masked(said)}");
            }
            else
            {
                Assert.True(file.Length > 0, $"{place}: a block that is neither run nor compared names the file that it is.");
                var path = Path.Combine(folder, file);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await File.WriteAllTextAsync(path, text);
            }
        }

        if (written != page) await File.WriteAllTextAsync(s_page, written);
        Assert.True(commands >= 15 && shown >= 10, $"Only {commands} commands and {shown} outputs were found: the search is broken.");

        // What a newcomer copies raises none of the toolkit's own warnings.
        var (built, log, _) = await applications.ShellAsync(folder, "dotnet build --no-incremental");
        Assert.True(built == 0, log);
        Assert.DoesNotContain("warning", log, StringComparison.Ordinal);

        async Task<string> RunAsync(string script, string exit, string place)
        {
            var (exitCode, output, error) = await applications.ShellAsync(folder, $"trap 'pwd > \"{root}/folder\"' EXIT\n{script}");
            // Versions of packages that aren't ours are asked of a feed.
            Assert.SkipWhen(output.Contains("NU1301", StringComparison.Ordinal) && Environment.GetEnvironmentVariable("CI") != "true", $"No feed answers here: {output}");
            var expected = exit.Length == 0 ? 0 : int.Parse(exit, CultureInfo.InvariantCulture);
            Assert.True(exitCode == expected, $"{place}: exit code {exitCode} instead of {expected} of\n{script}\n{output}\n{error}");
            folder = (await File.ReadAllTextAsync(Path.Combine(root, "folder"))).Trim();
            return OfDotNetRun().Replace(output, "").Replace(root, "/home/you", StringComparison.Ordinal).Replace($"{Environment.UserName}@{Environment.MachineName}", "you@host", StringComparison.Ordinal);
        }
    }

    private static string Masked(string text) => Duration().Replace(Time().Replace(Plan().Replace(Run().Replace(text, "RUN"), "plan HASH"), "TIME"), "N s ");

    [GeneratedRegex("^```(?<language>[a-z]+)( exit=(?<exit>[0-9]+)| (?<file>\\S+))?\\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();

    [GeneratedRegex("^(Using launch settings from .*|Building\\.\\.\\.)\\n", RegexOptions.Multiline)]
    private static partial Regex OfDotNetRun();

    [GeneratedRegex("[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")]
    private static partial Regex Run();

    [GeneratedRegex("plan [0-9a-f]{12}")]
    private static partial Regex Plan();

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC")]
    private static partial Regex Time();

    // A longer time takes a place more of its column.
    [GeneratedRegex("[0-9]+\\.[0-9]{2} s *")]
    private static partial Regex Duration();
}
