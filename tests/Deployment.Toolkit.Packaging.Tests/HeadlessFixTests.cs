namespace Deployment.Toolkit.Packaging.Tests;

public sealed class HeadlessFixTests(BuiltApplications applications)
{
    private const string Fixed =
        """
        {
          // Taken from the old system.
          "Smtp": {
            "Host": "mail.example.com", // its name
            "Port": 1025,
            /* seconds */ "Timeout": "00:00:30"
          },
          "Cache": { "Port": 1 } // soon
        }

        """;

    private static readonly string[] s_projects = ["Fixable", "FixableToo"];

    [FullRunFact]
    public async Task Dotnet_format_edits_the_settings_and_keeps_their_comments_and_a_second_run_changes_nothing()
    {
        applications.Require();
        var first = await FormatAsync();
        var after = s_projects.Select(Read).ToList();
        Assert.All(after, static text => Assert.Equal(Fixed, text));
        Assert.DoesNotContain("Unable to fix", first, StringComparison.Ordinal);

        await FormatAsync("--verify-no-changes");
        Assert.Equal(after, s_projects.Select(Read));
    }

    private string Read(string project) => File.ReadAllText(applications.PathOf($"{project}/appsettings.json"));

    private async Task<string> FormatAsync(params string[] more)
    {
        var (exitCode, output) = await applications.RunAsync(
            ".", ["format", "analyzers", "Fixable.slnx", "--no-restore", "--diagnostics", "DTK1001", "DTK1002", "DTK1004", "DTK1009", "--severity", "info", .. more]);
        Assert.True(exitCode == 0, output);
        return output;
    }
}
