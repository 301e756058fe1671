using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Deployment.Toolkit;

namespace ContentApi.Tests;

/// <summary>What the sample's API answers over a database that the sample itself deployed.</summary>
public sealed class EndpointTests(DeployedContent app) : IClassFixture<DeployedContent>
{
    [Fact]
    public async Task Users_are_listed_and_found_by_id()
    {
        var users = await GetAsync("/users");
        var user = await GetAsync("/users/1");

        Assert.Equal(12, users.GetArrayLength());
        Assert.Equal("Ms Okafor", user.GetProperty("displayName").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync("/users/99", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Templates_are_filtered_by_kind_and_subject()
    {
        Assert.Equal(9, (await GetAsync("/templates")).GetArrayLength());
        Assert.Equal(3, (await GetAsync("/templates?kind=quiz")).GetArrayLength());
        var one = Assert.Single((await GetAsync("/templates?kind=quiz&subject=mathematics")).EnumerateArray());
        Assert.Equal("Eigenvalues", one.GetProperty("title").GetString());
        Assert.Equal(0, (await GetAsync("/templates?subject=alchemy")).GetArrayLength());
        Assert.Equal("Eigenvalues", (await GetAsync($"/templates/{one.GetProperty("id").GetInt64()}")).GetProperty("title").GetString());
    }

    [Fact]
    public async Task Content_is_filtered_by_kind_and_subject()
    {
        var geography = await GetAsync("/content?subject=geography");
        var guides = await GetAsync("/content?subject=geography&kind=study_guide");

        Assert.Equal(["quiz", "study_guide", "study_guide"], geography.EnumerateArray().Select(static item => item.GetProperty("kind").GetString()));
        Assert.All(guides.EnumerateArray(), static item => Assert.Equal("study_guide", item.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_overlap()
    {
        var ids = new List<long>();
        for (var page = 1; page <= 3; page++) ids.AddRange((await GetAsync($"/content?kind=flashcards&page={page}&pageSize=2")).EnumerateArray().Select(static item => item.GetProperty("id").GetInt64()));

        Assert.Equal((await GetAsync("/content?kind=flashcards")).EnumerateArray().Select(static item => item.GetProperty("id").GetInt64()), ids);
    }

    [Theory]
    [InlineData("/content?kind=poem", "kind")]
    [InlineData("/templates?kind=poem", "kind")]
    [InlineData("/content?page=0", "page")]
    [InlineData("/content?pageSize=0", "pageSize")]
    [InlineData("/content?pageSize=201", "pageSize")]
    public async Task A_list_that_cannot_be_is_refused_by_the_field_that_is_wrong(string path, string field)
    {
        var response = await app.Client.GetAsync(path, Cancellation);

        Assert.Equal([field], await FaultsAsync(response));
    }

    [Fact]
    public async Task Generated_content_is_found_where_the_answer_says_with_score_and_cost()
    {
        var response = await app.Client.PostAsJsonAsync("/content/generate", new { templateId = 7, userId = 1, topic = "Buffers in blood" }, Cancellation);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var made = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        var item = await GetAsync(response.Headers.Location!.OriginalString);
        var id = item.GetProperty("id").GetInt64();
        Assert.Equal((0.86, false), (made.GetProperty("quality").GetDouble(), made.GetProperty("doubtful").GetBoolean()));
        Assert.Equal(("study_guide", "chemistry"), (item.GetProperty("kind").GetString(), item.GetProperty("subject").GetString()));
        Assert.StartsWith("Buffers in blood: ", item.GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.Equal(0.86, app.Database.Scalar($"SELECT score FROM quality_assessments WHERE content_id = {id}"));
        Assert.Equal(1L, app.Database.Scalar($"SELECT count(*) FROM ai_provider_usage WHERE content_id = {id} AND output_tokens > 0 AND cost > 0"));
    }

    [Fact]
    public async Task Every_fault_of_a_request_is_said_at_once_and_nothing_is_kept()
    {
        var before = app.Database.Scalar("SELECT count(*) FROM generated_content");

        var response = await app.Client.PostAsJsonAsync("/content/generate", new { templateId = 99, userId = 99, topic = new string('x', 201) }, Cancellation);

        Assert.Equal(["templateId", "topic", "userId"], await FaultsAsync(response));
        Assert.Equal(before, app.Database.Scalar("SELECT count(*) FROM generated_content"));
    }

    [Theory]
    [InlineData("{ \"templateId\": ", HttpStatusCode.BadRequest)]
    [InlineData("{ \"templateId\": \"one\" }", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    public async Task What_is_no_request_gets_problem_details_too(string body, HttpStatusCode status)
    {
        var response = await app.Client.PostAsync("/content/generate", new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);

        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task A_topic_with_quotes_is_text_and_nothing_else()
    {
        const string Topic = "'); DROP TABLE users; --";
        var response = await app.Client.PostAsJsonAsync("/content/generate", new { templateId = 1, userId = 1, topic = Topic }, Cancellation);

        var item = await GetAsync(response.Headers.Location!.OriginalString);
        Assert.StartsWith(Topic, item.GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.Equal(12, (await GetAsync("/users")).GetArrayLength());
        Assert.Equal(0, (await GetAsync("/content?subject=%27%20OR%201%3D1%20--")).GetArrayLength());
    }

    [Fact]
    public async Task Usage_is_written_once()
    {
        var error = Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => app.Database.Query("UPDATE ai_provider_usage SET cost = 0 WHERE id = 1"));

        Assert.Contains("usage is written once", error.Message, StringComparison.Ordinal);
        Assert.Equal("Healthy", await app.Client.GetStringAsync("/health", Cancellation));
    }

    [Fact]
    public async Task The_summary_has_each_kind_with_its_average_score()
    {
        var summary = (await GetAsync("/quality/summary")).EnumerateArray().ToList();

        Assert.Equal(["flashcards", "quiz", "study_guide"], summary.Select(static row => row.GetProperty("kind").GetString()));
        Assert.All(summary, static row => Assert.InRange(row.GetProperty("score").GetDouble(), 0.6, 0.97));
        Assert.All(summary, static row => Assert.True(row.GetProperty("pieces").GetInt64() >= 4));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task<JsonElement> GetAsync(string path) => app.Client.GetFromJsonAsync<JsonElement>(path, Cancellation);

    private static async Task<IEnumerable<string>> FaultsAsync(HttpResponseMessage response)
    {
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return problem.GetProperty("errors").EnumerateObject().Select(static error => error.Name).Order(StringComparer.Ordinal);
    }
}

/// <summary>The sample, deployed once for all tests of a class.</summary>
public sealed class DeployedContent : IAsyncLifetime
{
    private readonly ContentFolder _folder = new();
    private readonly ContentApiHost _host;

    public DeployedContent() => _host = new ContentApiHost(_folder);

    public HttpClient Client => field ??= _host.CreateClient();

    internal SqliteFile Database => _folder.Database;

    public async ValueTask InitializeAsync()
    {
        var result = await _host.DeployAsync("1.0.0");
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', result.Messages));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }
}
