using System.Net.Http.Json;
using System.Text.Json;
using Deployment.Toolkit;
using Deployment.Toolkit.Databases.Testing;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace ContentApi.Tests;

/// <summary>The sample on PostgreSQL: one setting, and the API says what it says on SQLite.</summary>
public sealed class PostgreSqlTests(PostgreSqlServer server) : IAsyncLifetime
{
    private readonly ContentFolder _folder = new();
    private PostgreSqlDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("/users")]
    [InlineData("/templates?kind=quiz&subject=mathematics")]
    [InlineData("/content?kind=flashcards&page=1&pageSize=20")]
    [InlineData("/quality/summary")]
    public async Task It_deploys_itself_and_answers_as_on_SQLite(string path)
    {
        await using var on = OnPostgreSql();
        await using var beside = new ContentApiHost(_folder);

        EnsureSucceeded(await on.DeployAsync("1.0.0"));
        EnsureSucceeded(await beside.DeployAsync("1.0.0"));

        Assert.Equal(await JsonAsync(beside, path), await JsonAsync(on, path));
        Assert.Equal("6", await _database.ScalarAsync("SELECT count(*) FROM deployment_migrations"));
    }

    [Fact]
    public async Task What_people_made_stays_through_a_release_that_fails_and_one_that_is_rolled_back()
    {
        await using var app = OnPostgreSql();
        EnsureSucceeded(await app.DeployAsync("1.0.0"));
        var made = await app.CreateClient().PostAsJsonAsync("/content/generate", new { templateId = 7, userId = 1, topic = "Buffers in blood" }, Token);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Token));
        await using var bad = OnPostgreSql(("Content:Provider:Quality", "0.4"));

        var failed = await bad.DeployAsync("2.0.0");
        EnsureSucceeded(await app.DeployAsync("3.0.0"));
        EnsureSucceeded(await app.RollBackAsync());

        Assert.Equal(DeploymentOutcome.RolledBack, failed.Outcome);
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM generated_content WHERE sample = 0"));
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM quality_assessments q JOIN generated_content c ON c.id = q.content_id WHERE c.sample = 0"));
    }

    private ContentApiHost OnPostgreSql(params (string Key, string Value)[] settings) =>
        new(_folder, [("ConnectionStrings:Content", _database.ConnectionString), ("Deployment:Directory", Path.Combine(_folder.Path, ".on-postgresql")), .. settings]);

    private static async Task<string> JsonAsync(ContentApiHost app, string path)
    {
        using var json = JsonDocument.Parse(await app.CreateClient().GetStringAsync(path, Token));
        Assert.True(json.RootElement.GetArrayLength() > 0, $"{path} lists nothing.");
        return json.RootElement.ToString();
    }

    private static void EnsureSucceeded(DeploymentResult result) => Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', result.Messages));
}
