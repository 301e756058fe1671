using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Tests.Migrations;

/// <summary>Runs the scripts of docs/migrations.md, so that they can't go stale unseen.</summary>
public sealed partial class MigrationPageTests
{
    [Fact]
    public async Task The_scripts_of_the_page_do_what_it_says()
    {
        using var app = new TestApp();
        foreach (Match block in Block().Matches(await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "migrations.md"))))
            app.Migration(block.Groups["name"].Value, block.Groups["sql"].Value, null);

        var result = await app.UpAsync();

        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join(' ', result.Messages));
        Assert.Equal(["0001", "0002", "0003", "0004", "0005"], result.Plan!.SchemaAfter);
        Assert.Equal(2L, app.Scalar("SELECT count(*) FROM orders"));
        Assert.Equal("ADA", app.Scalar("SELECT group_concat(name) FROM users"));
        Assert.Equal("wal", app.Scalar("PRAGMA journal_mode"));
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Deployment.Toolkit.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex("^```sql\\n(?<sql>-- Migrations/(?<name>[^\\n]+)\\.sql\\n.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();
}
