using System.Net.Http.Headers;
using System.Text.Json;

namespace Deployment.Toolkit.Health.Checks;

/// <summary>Judges an answer by what was asked of it.</summary>
internal static class HttpAnswer
{
    // One client for all of an app's life: a new one each time would use up the machine's ports.
    internal static readonly HttpClient Client = new(
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

    internal static void AddHeaders(HttpRequestHeaders headers, HttpHealthOptions options)
    {
        foreach (var (name, value) in options.RequestHeaders?.Invoke() ?? new Dictionary<string, string>())
            headers.TryAddWithoutValidation(name, value);
    }

    /// <returns>What is wrong, by status and headers.</returns>
    internal static string? Lack(HttpResponseMessage answer, HttpHealthOptions options)
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

    /// <returns>What is wrong with its JSON: what fails comes before what is less than wished.</returns>
    internal static JsonLack? Lack(JsonElement answer, HttpHealthOptions options)
    {
        JsonLack? less = null;
        foreach (var expectation in options.Expectations)
        {
            if (expectation.Lack(answer) is not { } lack)
                continue;
            if (!lack.IsDegraded)
                return lack;
            less ??= lack;
        }

        return less;
    }

    private static bool Is(string key, string name, IEnumerable<string> values, out IEnumerable<string>? given)
    {
        given = values;
        return key.Equals(name, StringComparison.OrdinalIgnoreCase);
    }
}
