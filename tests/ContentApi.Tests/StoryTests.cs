using System.Net.Http.Json;
using System.Text.Json;

namespace ContentApi.Tests;

/// <summary>What README promises of the sample, with its real binary.</summary>
public sealed class StoryTests : IDisposable
{
    private readonly ContentApiProcess _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task It_deploys_itself_and_a_second_time_finds_nothing_to_do()
    {
        var first = await _app.DeployAsync("up --environment Development");
        var second = await _app.DeployAsync("up --environment Development");
        var status = await _app.DeployAsync("status --output json");
        var history = await _app.DeployAsync("history --environment Development");

        Assert.True(first.ExitCode == 0, first.Output + first.Errors);
        Assert.Contains("apply 6 migrations (0001 to 0006)", first.Output, StringComparison.Ordinal);
        Assert.Equal(0, second.ExitCode);
        Assert.StartsWith("Nothing to do: Development has release 1.0.0", second.Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(status.Output);
        Assert.Equal("1.0.0", json.RootElement.GetProperty("environments")[0].GetProperty("release").GetProperty("version").GetString());
        Assert.Contains("succeeded", history.Output, StringComparison.Ordinal);
        Assert.Equal(14L, Scalar("development", "SELECT count(*) FROM generated_content WHERE words > 5"));
    }

    [Fact]
    public async Task Production_before_staging_is_refused_and_nothing_changes()
    {
        await _app.DeployAsync("up --environment Development");

        var result = await _app.DeployAsync("up --environment Production");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Run 'deploy up --environment Staging' first.", result.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_app.Database("production")));
        Assert.False(Directory.Exists(Path.Combine(_app.Folder, ".deployment", "production")));
    }

    [Theory]
    [InlineData("Content__Provider__Quality", "0.4", "'content generation' is degraded: quality 0.40 is below the threshold of 0.70")]
    [InlineData("Content__Provider__Endpoint", "http://127.0.0.1:9/", "'provider endpoint' is unhealthy: 127.0.0.1:9 does not answer")]
    public async Task A_release_that_is_not_healthy_rolls_back_by_itself(string name, string value, string reason)
    {
        await _app.DeployAsync("up --environment Development");
        var before = Dump("development");

        var result = await _app.DeployAsync("up --environment Development --release 2.0.0", (name, value));
        var journal = await _app.DeployAsync("verify-journal --environment Development");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(reason, result.Output, StringComparison.Ordinal);
        Assert.Contains("Undone: warm up cache", result.Output, StringComparison.Ordinal);
        Assert.Equal(before, Dump("development"));
        Assert.Equal(0, journal.ExitCode);
        Assert.StartsWith("Nothing to do", (await _app.DeployAsync("up --environment Development")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_migration_has_a_way_back_that_works()
    {
        var result = await _app.DeployAsync("up --environment Development", ("Content__Provider__Quality", "0.4"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Undone: warm up cache, migrate", result.Output, StringComparison.Ordinal);
        Assert.Equal("", Dump("development"));
    }

    [Fact]
    public async Task Started_in_a_folder_without_settings_it_finds_those_beside_its_binary()
    {
        _app.Empty();

        var result = await _app.DeployAsync("plan --environment Development");

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains("apply 6 migrations (0001 to 0006)", result.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_app.Folder));
    }

    [Theory]
    [InlineData("up --dry-run --environment Staging", 2, "DTK7010")]
    [InlineData("up --environment PRODUCTION", 2, "may enter 'Production' only after")]
    [InlineData("up --environment Prodution", 2, "Did you mean 'Production'?")]
    [InlineData("roolback --environment Development", 2, "Did you mean 'rollback'?")]
    [InlineData("resume --environment Development", 2, "has no unfinished run")]
    [InlineData("rollback --environment Development", 2, "DTK7017")]
    public async Task Bad_input_gets_one_clear_message_and_the_right_exit_code(string arguments, int exitCode, string message)
    {
        var result = await _app.DeployAsync(arguments);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(message, result.Output + result.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_app.Folder, ".deployment")));
    }

    [Theory]
    [InlineData("Content__MaxItemsPerPage", "0", "MaxItemsPerPage must be between 1 and 500")]
    [InlineData("Content__Provider__Quality", "1.2", "Quality must be between 0 and 1")]
    [InlineData("Content__Provider__Endpoint", "provider.example", "names no host and port")]
    [InlineData("Content__Provider__Qualty", "0.9", "Qualty")]
    public async Task A_setting_that_makes_no_sense_is_refused_before_anything_begins(string name, string value, string fault)
    {
        var result = await _app.DeployAsync("up --environment Development", (name, value));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(fault, result.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_app.Folder, ".deployment")));
    }

    [Fact]
    public async Task Readme_shows_what_a_check_of_broken_configuration_says()
    {
        using var process = _app.Start(["deploy", "check", "--environment", "Production", "--settings-only"], ("Content__MaxItemPerPage", "5"), ("Content__Provider__Quality", "high"), ("DEPLOYMENT_SECRET_PROVIDER_KEY", null));
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, process.ExitCode);
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Deployment.Toolkit.sln"))) folder = folder.Parent!;
        var readme = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "README.md"), TestContext.Current.CancellationToken);
        var shown = readme[readme.IndexOf("3 faults found", StringComparison.Ordinal)..];
        Assert.Equal(shown[..shown.IndexOf("```", StringComparison.Ordinal)].Trim(), output.Trim(), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task Without_a_verb_it_serves()
    {
        await _app.DeployAsync("up --environment Development");
        using var process = _app.Start(["--urls", "http://127.0.0.1:0"]);
        try
        {
            string? line;
            do line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            while (line is not null && !line.Contains("Now listening on: ", StringComparison.Ordinal));
            using var client = new HttpClient { BaseAddress = new Uri(line!.Split("on: ")[1]) };

            var quizzes = await client.GetFromJsonAsync<JsonElement>("/content?kind=quiz", TestContext.Current.CancellationToken);
            var made = await client.PostAsJsonAsync("/content/generate", new { templateId = 1, userId = 1, topic = "The nucleus" }, TestContext.Current.CancellationToken);
            var refused = await client.PostAsJsonAsync("/content/generate", new { templateId = 99, userId = 1, topic = "The nucleus" }, TestContext.Current.CancellationToken);
            var health = await client.GetStringAsync("/health", TestContext.Current.CancellationToken);

            Assert.Equal(4, quizzes.GetArrayLength());
            Assert.Equal((201, 400, "Healthy"), ((int)made.StatusCode, (int)refused.StatusCode, health));
            Assert.Equal(15L, Scalar("development", "SELECT count(*) FROM ai_provider_usage"));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private object? Scalar(string environment, string sql) => new SqliteFile(_app.Database(environment)).Scalar(sql);

    private string Dump(string environment) => new SqliteFile(_app.Database(environment)).Dump().Trim();
}
