using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>Does what a user does, and takes it back.</summary>
internal sealed class SyntheticHealthCheck(Uri address, SyntheticTransaction transaction) : IHealthCheck
{
    private const int LongestKept = 256;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        JsonLack? lack;
        string? left;
        try
        {
            lack = await RunAsync(kept, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            left = await CleanUpAsync(kept).ConfigureAwait(false);
        }

        var behind = left is null ? "" : $"; what it made is still there: {left}";
        return lack switch
        {
            { IsDegraded: false } => new HealthCheckResult(context.Registration.FailureStatus, lack.Text + behind),
            { } => HealthCheckResult.Degraded(lack.Text + behind),
            null when left is not null => HealthCheckResult.Degraded($"works{behind}"),
            null => HealthCheckResult.Healthy(
                string.Create(CultureInfo.InvariantCulture, $"{transaction.Requests.Count} requests answer as they have to")
            ),
        };
    }

    private async Task<JsonLack?> RunAsync(Dictionary<string, string> kept, CancellationToken cancellationToken)
    {
        JsonLack? less = null;
        foreach (var request in transaction.Requests)
        {
            if (await SendAsync(request, kept, cancellationToken).ConfigureAwait(false) is not { } lack)
                continue;
            var told = lack with { Text = $"{request} {lack.Text}" };
            if (!lack.IsDegraded)
                return told;
            less ??= told;
        }

        return less;
    }

    private async Task<JsonLack?> SendAsync(SyntheticRequest request, Dictionary<string, string> kept, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await AskAsync(request, kept, cancellationToken).ConfigureAwait(false);
            // What it made has to be known also where the rest is not as it should be.
            var needsJson = request.Kept.Count > 0 || request.Options.Expectations.Count > 0;
            if (HttpAnswer.Lack(answer, request.Options) is { } lack)
            {
                if (needsJson && answer.IsSuccessStatusCode)
                {
                    using var made = await BoundedBody.ReadJsonAsync(answer.Content, cancellationToken).ConfigureAwait(false);
                    _ = Keep(request, made.RootElement, kept);
                }

                return new JsonLack(lack, IsDegraded: false);
            }

            if (!needsJson)
                return null;
            using var json = await BoundedBody.ReadJsonAsync(answer.Content, cancellationToken).ConfigureAwait(false);
            return Keep(request, json.RootElement, kept) ?? HttpAnswer.Lack(json.RootElement, request.Options);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            return new JsonLack($"fails: {e.Message}", IsDegraded: false);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(
        SyntheticRequest request,
        Dictionary<string, string> kept,
        CancellationToken cancellationToken
    )
    {
        using var message = new HttpRequestMessage(request.Method, request.AddressUnder(address, kept));
        message.Content = request.Content?.Invoke();
        foreach (var (name, value) in transaction.RequestHeaders?.Invoke() ?? new Dictionary<string, string>())
            message.Headers.TryAddWithoutValidation(name, value);
        HttpAnswer.AddHeaders(message.Headers, request.Options);
        return await HttpAnswer
            .Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
    }

    private static JsonLack? Keep(SyntheticRequest request, JsonElement answer, Dictionary<string, string> kept)
    {
        foreach (var (name, place) in request.Kept)
        {
            var value = place.Find(answer) switch
            {
                { ValueKind: JsonValueKind.String } text => text.GetString(),
                { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
                _ => null,
            };
            // A dot or two are a path of their own: what comes next would be sent elsewhere.
            if (value is null or "" or "." or ".." || value.Length > LongestKept)
                return new JsonLack($"has nothing at {place} to go on with", IsDegraded: false);
            kept[name] = value;
        }

        return null;
    }

    /// <returns>What could not be taken away; <see langword="null"/> where everything was.</returns>
    private async Task<string?> CleanUpAsync(Dictionary<string, string> kept)
    {
        using var limit = new CancellationTokenSource(transaction.CleanUpWithin);
        var left = new List<string>();
        foreach (var request in transaction.CleanUps.Where(request => request.Names.All(kept.ContainsKey)))
        {
            try
            {
                using var answer = await AskAsync(request, kept, limit.Token).ConfigureAwait(false);
                if (!answer.IsSuccessStatusCode && (int)answer.StatusCode is not (404 or 410))
                    left.Add($"{request} answers {(int)answer.StatusCode}");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                left.Add(e is OperationCanceledException ? $"{request} does not answer" : $"{request} fails: {e.Message}");
            }
        }

        return left.Count == 0 ? null : string.Join(", ", left);
    }
}
