using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>Asks an address. One client for all of an app's life: a new one each time would use up the machine's ports.</summary>
internal sealed class HttpHealthCheck(Uri address, HttpHealthOptions options) : IHealthCheck
{
    private static readonly HttpClient Client = new(
        // An answer from elsewhere says nothing of this address.
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(options.UseHead ? HttpMethod.Head : HttpMethod.Get, address);
        foreach (var (name, value) in options.RequestHeaders?.Invoke() ?? new Dictionary<string, string>())
            request.Headers.TryAddWithoutValidation(name, value);
        HttpResponseMessage answer;
        try
        {
            answer = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"{RemoteAddress.Shown(address)}: {e.Message}");
        }

        using (answer)
        {
            return Lack(answer) is { } lack
                ? new HealthCheckResult(context.Registration.FailureStatus, $"{RemoteAddress.Shown(address)} {lack}")
                : HealthCheckResult.Healthy($"answers {(int)answer.StatusCode}");
        }
    }

    private string? Lack(HttpResponseMessage answer)
    {
        if (options.Statuses.Count > 0 ? !options.Statuses.Contains(answer.StatusCode) : !answer.IsSuccessStatusCode)
            return $"answers {(int)answer.StatusCode}";

        foreach (var (name, value) in options.AnswerHeaders)
        {
            IEnumerable<string>? given = null;
            if (
                !answer.Headers.NonValidated.Any(header => Is(header.Key, name, header.Value, out given))
                && !answer.Content.Headers.NonValidated.Any(header => Is(header.Key, name, header.Value, out given))
            )
                return $"answers without header {name}";
            if (value is not null && !given!.Contains(value, StringComparer.Ordinal))
                return $"answers with another value of header {name}";
        }

        return null;
    }

    private static bool Is(string key, string name, IEnumerable<string> values, out IEnumerable<string>? given)
    {
        given = values;
        return key.Equals(name, StringComparison.OrdinalIgnoreCase);
    }
}
