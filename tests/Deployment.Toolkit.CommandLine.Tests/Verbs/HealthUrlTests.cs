using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary><c>deploy health --url</c> asks the app that runs, not the process that deploys.</summary>
public sealed class HealthUrlTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public HealthUrlTests() => _listener.Start();

    private string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/health/ready";

    public void Dispose()
    {
        _listener.Dispose();
        _app.Dispose();
    }

    [Theory]
    [InlineData("200 OK", """{ "status": "Healthy", "entries": { "database": { "status": "Healthy", "duration": "00:00:00.5" } } }""", 0, "Healthy: {url} is healthy.")]
    [InlineData("503 Service Unavailable", """{ "status": "Unhealthy", "entries": { "database": { "status": "Unhealthy", "description": "no \u001b[31mroute" } } }""", 1, "Not healthy: {url} is unhealthy.")]
    [InlineData("200 OK", """{ "status": "Degraded", "entries": {} }""", 1, "Not healthy: {url} is degraded.")]
    [InlineData("200 OK", "Healthy", 0, "Healthy: {url} is healthy.")]
    public async Task Its_answer_is_the_exit_code(string status, string body, int exitCode, string headline)
    {
        var serving = ServeAsync(status, body);
        var ran = await _app.RunAsync("health", "--environment", "Development", "--url", Url);
        await serving;
        Assert.Equal(exitCode, ran.ExitCode);
        Assert.Contains(headline.Replace("{url}", Url, StringComparison.Ordinal), ran.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', ran.Out);
        // The checks of this process were not asked.
        Assert.DoesNotContain("7 pages", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_names_its_checks()
    {
        var serving = ServeAsync("503 Service Unavailable", """{ "status": "Unhealthy", "entries": { "database": { "status": "Unhealthy", "description": "no route", "duration": "00:00:00.5" } } }""");
        var ran = await _app.RunAsync("health", "--environment", "Development", "--url", Url, "--output", "json");
        await serving;
        var check = Assert.Single(ran.Json.GetProperty("checks").EnumerateArray());
        Assert.Equal(("database", "unhealthy", "no route", 0.5), (check.GetProperty("name").GetString(), check.GetProperty("status").GetString(), check.GetProperty("description").GetString(), check.GetProperty("durationSeconds").GetDouble()));
    }

    [Fact]
    public async Task Where_nobody_listens_it_is_not_healthy()
    {
        var url = Url;
        _listener.Stop();
        var ran = await _app.RunAsync("health", "--environment", "Development", "--url", url);
        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("refused", ran.Out, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("localhost:8080/health")]
    [InlineData("/health")]
    [InlineData("ftp://localhost/health")]
    [InlineData("http://user:c4n4ry@localhost/health")]
    public async Task What_is_no_address_to_ask_is_refused(string url)
    {
        var ran = await _app.RunAsync("health", "--environment", "Development", "--url", url);
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("Option '--url' is no address to ask", ran.Out + ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("c4n4ry", ran.Out + ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("60d")]
    public async Task A_limit_that_no_timer_can_take_is_refused(string limit)
    {
        var ran = await _app.RunAsync("health", "--environment", "Development", "--url", Url, "--url-timeout", limit);
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains($"Option '--url-timeout' is '{limit}'. It has to be above zero and at most 30 days", ran.Out + ran.Error, StringComparison.Ordinal);
    }

    private async Task ServeAsync(string status, string body)
    {
        using var client = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 }) { }
        var bytes = Encoding.UTF8.GetBytes(body);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
    }
}
