using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>Asks an address.</summary>
internal sealed class HttpHealthCheck(Uri address, HttpHealthOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(options.UseHead ? HttpMethod.Head : HttpMethod.Get, address);
        HttpAnswer.AddHeaders(request.Headers, options);
        try
        {
            using var answer = await HttpAnswer
                .Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                .ConfigureAwait(false);
            if (HttpAnswer.Lack(answer, options) is { } lack)
                return Failed(context, $" {lack}");
            if (options.Expectations.Count > 0)
            {
                using var json = await BoundedBody.ReadJsonAsync(answer.Content, cancellationToken).ConfigureAwait(false);
                if (HttpAnswer.Lack(json.RootElement, options) is { } less)
                    return less.IsDegraded
                        ? HealthCheckResult.Degraded($"{RemoteAddress.Shown(address)} {less.Text}")
                        : Failed(context, $" {less.Text}");
            }

            return HealthCheckResult.Healthy($"answers {(int)answer.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            return Failed(context, $": {e.Message}");
        }
    }

    private HealthCheckResult Failed(HealthCheckContext context, string text) =>
        new(context.Registration.FailureStatus, RemoteAddress.Shown(address) + text);
}
