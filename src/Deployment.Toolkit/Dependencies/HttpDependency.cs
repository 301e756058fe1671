using System.Globalization;
using System.Net;
using System.Security.Authentication;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Dependencies;

/// <summary>
/// Asks a URL with the key that it needs. Of the URL no more is ever shown than where it leads: its path or user may be the key.
/// </summary>
internal sealed class HttpDependency(string name, string endpointKey, HttpDependencyOptions options)
{
    internal static Dependency Of(string name, string endpointKey, HttpDependencyOptions options) =>
        new(name, new HttpDependency(name, endpointKey, options).TryAsync) { Key = endpointKey };

    private async Task TryAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var endpoint = Endpoint(services);
        var place = endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        // The key goes to this host alone: a redirect is an answer, not an order.
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(new HttpMethod(options.Method), endpoint);
        Authorize(services, request);
        try
        {
            using var response = await client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                .ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw Refusal(response, place);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e, place);
        }
    }

    private Uri Endpoint(IServiceProvider services)
    {
        var text =
            SettingReader.Read(services, endpointKey)
            ?? throw Fault(
                Codes.KeyMissing,
                $"Dependency '{name}' is reached at {endpointKey}, which is not set. Set it in the environment's appsettings file.",
                endpointKey
            );
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw Fault(
                Codes.ValueInvalid,
                $"Dependency '{name}' is reached at {endpointKey}, which is no address that begins with https:// or http://. Correct it "
                    + $"in the environment's appsettings file.",
                endpointKey
            );

        return options.Path is { Length: > 0 } path
            ? new Uri(new Uri(uri.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"), path.TrimStart('/'))
            : uri;
    }

    private void Authorize(IServiceProvider services, HttpRequestMessage request)
    {
        if (options.Credential is not { } key)
            return;

        var value =
            SettingReader.Read(services, key)
            ?? throw Fault(
                Codes.KeyMissing,
                $"Dependency '{name}' needs a key from {key}, which is not set. Set it to a reference, secret://name, and seal the "
                    + $"value with 'deploy secrets set name'.",
                key
            );
        services.GetRequiredService<IssuedSecrets>().Add(new Secret(value));
        var header = options.Scheme.Length == 0 ? value : $"{options.Scheme} {value}";
        if (!request.Headers.TryAddWithoutValidation(options.Header, header) || value.AsSpan().ContainsAny('\r', '\n'))
            throw Fault(
                Codes.ValueInvalid,
                $"Dependency '{name}' needs a key from {key}, whose value cannot stand in header {options.Header}. Look for a line end "
                    + $"in it.",
                key
            );
    }

    private DeploymentException Refusal(HttpResponseMessage response, string place)
    {
        var status = (int)response.StatusCode;
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return options.Credential is { } key
                ? Fault(
                    Codes.CredentialRefused,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Dependency '{name}' at {place} refuses the key from {key} (status {status}). Put a valid one in there, or "
                            + $"renew the secret that it refers to."
                    ),
                    key
                )
                : Fault(
                    Codes.CredentialRefused,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Dependency '{name}' at {place} wants a key and is declared without one (status {status}). Name its setting: "
                            + $".AddHttpDependency(\"{name}\", …, h => h.Credential = \"…\")."
                    ),
                    endpointKey
                );
        }

        if (response.Headers.Location is { } location)
        {
            var target = location.IsAbsoluteUri
                ? location.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)
                : "another path of it";
            return Fault(
                Codes.DependencyUnreachable,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Dependency '{name}' at {place} sends its callers on to {target} (status {status}), where the key was not sent. "
                        + $"Set {endpointKey} to where it leads, if that is right."
                ),
                endpointKey
            );
        }

        return Fault(
            Codes.DependencyUnreachable,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Dependency '{name}' at {place} answers with status {status}. Correct {endpointKey}, or let the check ask a path that "
                    + $"answers: h => h.Path = \"…\"."
            ),
            endpointKey
        );
    }

    private DeploymentException Unreachable(HttpRequestException e, string place)
    {
        var why = e.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "its name is not known to DNS",
            HttpRequestError.SecureConnectionError => $"no secure connection comes about: {Innermost(e).TrimEnd('.')}",
            HttpRequestError.ConnectionError => $"no connection comes about: {Innermost(e).TrimEnd('.')}",
            _ => $"the answer breaks off or is no HTTP ({e.HttpRequestError})",
        };
        return Fault(
            Codes.DependencyUnreachable,
            $"Dependency '{name}' at {place} cannot be reached: {why}. Correct {endpointKey}, or mend the network or certificate in "
                + $"between.",
            endpointKey
        );
    }

    private static string Innermost(HttpRequestException e) =>
        e.InnerException is AuthenticationException or System.Net.Sockets.SocketException
            ? e.InnerException.Message
            : e.HttpRequestError.ToString();

    private static DeploymentException Fault(string code, string text, string key) =>
        new(DeploymentOutcome.Refused, [new DeploymentMessage(code, text) { Key = key }]);
}
