using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Deployment.Toolkit.Health.Checks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health;

/// <summary>
/// Asks the health endpoint of an app that runs somewhere else. What it answers is foreign: bounded in time and size, and believed only as
/// far as its HTTP status.
/// </summary>
internal sealed class RemoteHealth(TimeProvider time)
{
    private const int MostEntries = 500;
    private const int LongestText = 2000;
    private const int MostRedirects = 5;

    /// <returns>The checks that the endpoint names, or one of its own address where it names none.</returns>
    internal async Task<HealthReport> AskAsync(Uri address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
            using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
            using var answer = await GetAsync(client, address, both.Token).ConfigureAwait(false);
            var body = Encoding.UTF8.GetString((await BoundedBody.ReadAsync(answer.Content, both.Token).ConfigureAwait(false)).Span);
            var isPage = answer.Content.Headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml";
            return Read(address, answer.StatusCode, isPage, body, time.GetElapsedTime(started));
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException or InvalidDataException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Alone(
                address,
                HealthStatus.Unhealthy,
                limit.IsCancellationRequested
                    ? string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0.###} s")
                    : e.Message,
                time.GetElapsedTime(started)
            );
        }
    }

    /// <summary>Asks an address, and goes on where it sends to, on the same host.</summary>
    internal static async Task<HttpResponseMessage> GetAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        var asked = address;
        for (var redirects = 0; ; redirects++)
        {
            var answer = await client.GetAsync(asked, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if ((int)answer.StatusCode is not (301 or 302 or 303 or 307 or 308) || answer.Headers.Location is not { } location)
                return answer;

            answer.Dispose();
            if (!Uri.TryCreate(asked, location, out var next))
                throw new InvalidDataException("it sends on to what is no address");
            // Whoever answers for another host says nothing of this one.
            if (!next.Host.Equals(address.Host, StringComparison.OrdinalIgnoreCase) || (asked.Scheme == "https" && next.Scheme != "https"))
                throw new InvalidDataException($"it sends on to {RemoteAddress.Shown(next)}, which is another address and was not asked");
            if (next.Scheme is not ("http" or "https"))
                throw new InvalidDataException($"it sends on to {RemoteAddress.Shown(next)}, which is no address to ask");
            if (redirects == MostRedirects)
                throw new InvalidDataException($"it sends on more than {MostRedirects} times");
            asked = next;
        }
    }

    private static HealthReport Read(Uri address, HttpStatusCode code, bool isPage, string body, TimeSpan took)
    {
        var isSuccess = (int)code is >= 200 and < 300;
        var number = (int)code;
        var (said, entries) = Parse(body);
        // Who names checks and no status is as well as the worst of them.
        if (said is null && entries.Count > 0)
            said = entries.Values.Min(static entry => entry.Status);
        // What answers every path with its start page, or asks who is there, is no health endpoint.
        if (isSuccess && isPage && said is null)
            return Alone(address, HealthStatus.Unhealthy, $"answers {number} with a page, not with a status", took);

        // 503 with "Healthy" in it is a proxy's page, or a lie.
        var status = isSuccess ? said ?? HealthStatus.Healthy : HealthStatus.Unhealthy;
        if (entries.Count == 0)
            return Alone(address, status, $"answers {number}{(said is { } text ? $" ({text})" : "")}", took);

        if (!isSuccess && entries.Values.All(static entry => entry.Status != HealthStatus.Unhealthy))
            entries[RemoteAddress.Shown(address)] = Entry(HealthStatus.Unhealthy, $"answers {number}", took);
        return new HealthReport(entries, status, took);
    }

    private static (HealthStatus? Status, Dictionary<string, HealthReportEntry> Entries) Parse(string body)
    {
        var entries = new Dictionary<string, HealthReportEntry>(StringComparer.Ordinal);
        if (Status(body.Trim()) is { } plain)
            return (plain, entries);

        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return (null, entries);
            if (json.RootElement.TryGetProperty("entries", out var named) && named.ValueKind == JsonValueKind.Object)
            {
                foreach (
                    var check in named
                        .EnumerateObject()
                        .Take(MostEntries)
                        .Where(static check => check.Value.ValueKind == JsonValueKind.Object)
                )
                    entries[Cut(Text(() => check.Name))] = Entry(
                        Status(Text(check.Value, "status")) ?? HealthStatus.Unhealthy,
                        Cut(Text(check.Value, "description")),
                        TimeSpan.TryParse(Text(check.Value, "duration"), CultureInfo.InvariantCulture, out var took) ? took : TimeSpan.Zero
                    );
            }

            return (Status(Text(json.RootElement, "status")), entries);
        }
        catch (JsonException)
        {
            return (null, entries);
        }
    }

    private static HealthReport Alone(Uri address, HealthStatus status, string description, TimeSpan took) =>
        new(
            new Dictionary<string, HealthReportEntry>(StringComparer.Ordinal)
            {
                [RemoteAddress.Shown(address)] = Entry(status, description, took),
            },
            status,
            took
        );

    private static HealthReportEntry Entry(HealthStatus status, string description, TimeSpan took) =>
        new(status, description.Length == 0 ? null : description, took, null, null);

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Text(() => value.GetString()!) : "";

    private static string Text(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            // Half a character, which no string can hold.
            return "";
        }
    }

    private static HealthStatus? Status(string text) =>
        Enum.GetValues<HealthStatus>()
            .Cast<HealthStatus?>()
            .FirstOrDefault(status => status.ToString()!.Equals(text, StringComparison.OrdinalIgnoreCase));

    private static string Cut(string text) => text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, LongestText), "…");
}
