using System.Text;
using System.Text.Encodings.Web;
using Deployment.Toolkit.Configuration;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Secrets;

/// <summary>
/// Replaces secrets in text that leaves the process: a driver's exception or a command's output may repeat what it was given. Known are the
/// values of secret-looking configuration keys, the passwords inside connection strings and URLs, and everything that a source of secrets gave out.
/// </summary>
internal sealed class SecretRedactor
{
    internal const string Mask = "***";

    // Shorter values stand in ordinary text by chance; masking them would garble it and give the value away.
    private const int ShortestSecret = 4;
    private const int ShortestLine = 8;

    private readonly Lazy<HashSet<string>> _configured;
    private readonly IssuedSecrets _issued;
    private readonly Lock _gate = new();
    private string[] _forms = [];
    private int _issuedKnown = -1;

    internal SecretRedactor(IConfiguration configuration, IssuedSecrets? issued = null) =>
        (_configured, _issued) = (new Lazy<HashSet<string>>(() => Collect(configuration)), issued ?? new IssuedSecrets());

    internal string Redact(string text)
    {
        foreach (var form in Forms()) text = text.Replace(form, Mask, StringComparison.Ordinal);
        return text;
    }

    internal DeploymentMessage Redact(DeploymentMessage message) =>
        message with { Text = Redact(message.Text), Excerpt = message.Excerpt is { } excerpt ? Redact(excerpt) : null };

    // Longest first, so that a secret that contains another is masked whole.
    private string[] Forms()
    {
        lock (_gate)
        {
            // Counted before they are read: one that comes in between is taken up by the next call.
            var issued = _issued.Count;
            if (issued != _issuedKnown)
            {
                _issuedKnown = issued;
                var secrets = new HashSet<string>(_configured.Value, StringComparer.Ordinal);
                foreach (var value in _issued.Values)
                {
                    secrets.Add(value);
                    secrets.UnionWith(SecretParts.Of(value));
                }

                _forms = [.. secrets.Where(static secret => secret.Length >= ShortestSecret).SelectMany(Written).Distinct(StringComparer.Ordinal).OrderByDescending(static form => form.Length)];
            }

            return _forms;
        }
    }

    /// <summary>The ways in which a secret is written: as it is, in Base64, in a URL, in JSON; one of several lines also line by line.</summary>
    private static IEnumerable<string> Written(string secret)
    {
        var lines = secret.AsSpan().Trim().ContainsAny('\r', '\n') ? secret.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries) : [];
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret));
        return
        [
            secret, base64, base64.TrimEnd('='), base64.TrimEnd('=').Replace('+', '-').Replace('/', '_'),
            Uri.EscapeDataString(secret), UrlEncoder.Default.Encode(secret), secret.Replace(' ', '+'),
            JavaScriptEncoder.Default.Encode(secret), JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret),
            // The lines around a key of the PEM format are no secret.
            .. lines.Where(static line => line.Length >= ShortestLine && !line.StartsWith("-----", StringComparison.Ordinal)),
        ];
    }

    private static HashSet<string> Collect(IConfiguration configuration)
    {
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in configuration.AsEnumerable())
        {
            // A reference is no secret, and whoever reads a message needs the name.
            if (string.IsNullOrEmpty(value) || SecretReference.IsReference(value)) continue;

            if (SecretNames.Match(key)) secrets.Add(value);
            secrets.UnionWith(SecretParts.Of(value));
        }

        return secrets;
    }
}
