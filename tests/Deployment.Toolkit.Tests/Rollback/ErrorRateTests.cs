using System.Net;
using System.Text;
using Deployment.Toolkit.Health;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Rollback;

/// <summary>The error rate of a release that is watched, by the counters that its app tells.</summary>
public sealed class ErrorRateTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();
    private readonly HttpListener _metrics = new();
    private readonly string _address = $"http://127.0.0.1:{Random.Shared.Next(20_000, 60_000)}/";
    private int _asked;

    public ErrorRateTests()
    {
        _metrics.Prefixes.Add(_address);
        _metrics.Start();
    }

    public void Dispose()
    {
        _metrics.Close();
        _app.Dispose();
    }

    [Fact]
    public async Task A_release_whose_requests_fail_is_taken_back()
    {
        await TwoReleasesAsync();
        // Before it was watched one in two failed, which is none of this watching's.
        var result = await WatchAsync(static asked => Page(1000 + (200 * asked), 500 + (asked < 3 ? 0 : 10 * (asked - 2))), new WatchRequest { For = TimeSpan.FromSeconds(60), MaxErrorRate = 0.01 });

        Assert.Equal(DeploymentOutcome.RolledBack, result.Outcome);
        Assert.Matches(@"3 bad answers in a row, 3 of \d+ in all\. The last one: [\d.]+ % of \d+ requests failed, and 1 % may\.", result.Messages[0].Text);
        Assert.DoesNotContain("more", _app.Tables());
    }

    [Fact]
    public async Task Few_requests_say_nothing_and_it_is_told_that_they_did_not()
    {
        await TwoReleasesAsync();
        var result = await WatchAsync(static asked => Page(asked, asked), new WatchRequest { For = TimeSpan.FromMilliseconds(300), MaxErrorRate = 0.01, MinRequests = 1_000_000 });

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Matches("Its error rate was never told: there were [0-9]+ requests, and fewer than 1000000 say nothing", result.Messages[0].Text);
    }

    [Fact]
    public async Task An_app_that_is_started_anew_counts_from_the_beginning()
    {
        await TwoReleasesAsync();
        var result = await WatchAsync(static asked => asked < 4 ? Page(100_000, 90_000) : Page(200 * asked, 0), new WatchRequest { For = TimeSpan.FromMilliseconds(400), MaxErrorRate = 0, MinRequests = 1 });

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Matches(@"Its error rate was told \d+ times, at most 0 %\.", result.Messages[0].Text);
    }

    [Theory]
    [InlineData("", "has neither http_server_request_duration_seconds_count nor http_requests_received_total")]
    [InlineData("404", "answers 404")]
    public async Task What_can_not_be_read_is_no_fault_of_the_release(string page, string said)
    {
        await TwoReleasesAsync();
        var result = await WatchAsync(_ => page, new WatchRequest { For = TimeSpan.FromMilliseconds(100), MaxErrorRate = 0.01 });

        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Contains(said, result.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_without_the_other_is_refused()
    {
        await TwoReleasesAsync();
        using var host = _app.Build();
        var result = await host.Services.GetRequiredService<Deployer>().WatchAsync(new WatchRequest { MaxErrorRate = 0.01 }, TestContext.Current.CancellationToken);

        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        Assert.Contains("--metrics-url", result.Messages[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http_server_request_duration_seconds_count{http_response_status_code=\"200\"} 7\nhttp_server_request_duration_seconds_count{a=\"}\\\"\",http_response_status_code=\"503\",} 2.5e1 1700000000\n", 32.0, 25.0)]
    [InlineData("# HELP x\nhttp_requests_received_total{code=\"200\",method=\"GET\"} 5\nhttp_requests_received_total{code=\"500\"} 1", 6.0, 1.0)]
    [InlineData("http_server_request_duration_seconds_count_other{http_response_status_code=\"500\"} 7\nhttp_server_request_duration_seconds_count 9", null, 0.0)]
    [InlineData("http_server_request_duration_seconds_count{http_response_status_code=\"500\" 7\nhttp_server_request_duration_seconds_count{a=\"\\", null, 0.0)]
    [InlineData("http_server_request_duration_seconds_count{http_response_status_code=\"500\"} NaN\nhttp_server_request_duration_seconds_count{http_response_status_code=\"500\"} -3", null, 0.0)]
    public void Counters_are_read_from_the_text_format(string text, double? answered, double failed)
    {
        var counts = RequestCounts.Read(text);

        Assert.Equal(answered, counts?.Answered);
        Assert.Equal(failed, counts?.Failed ?? 0);
    }

    private static string Page(int answered, int failed) =>
        $"# TYPE http_server_request_duration_seconds histogram\nhttp_server_request_duration_seconds_count{{http_response_status_code=\"200\",http_route=\"/{{id}}\"}} {answered - failed}\nhttp_server_request_duration_seconds_count{{http_response_status_code=\"500\"}} {failed}\n";

    private async Task TwoReleasesAsync()
    {
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.0.0")).Outcome);
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
    }

    private async Task<DeploymentResult> WatchAsync(Func<int, string> page, WatchRequest request)
    {
        _ = Task.Run(() => ServeAsync(page), TestContext.Current.CancellationToken);
        using var host = _app.Build();
        return await host.Services.GetRequiredService<Deployer>().WatchAsync(request with { Every = TimeSpan.FromMilliseconds(1), MetricsUrl = new Uri(_address + "metrics") }, TestContext.Current.CancellationToken);
    }

    private async Task ServeAsync(Func<int, string> page)
    {
        while (_metrics.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _metrics.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
                return;
            }

            var text = page(++_asked);
            if (text == "404") context.Response.StatusCode = 404;
            else await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
            context.Response.Close();
        }
    }
}
