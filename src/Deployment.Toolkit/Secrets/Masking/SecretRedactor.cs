using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Deployment.Toolkit.Secrets.Masking;

/// <summary>
/// Replaces secrets in text that leaves the process: a driver's exception or a command's output may repeat what it was given. Known are the
/// values of secret-looking configuration keys, the passwords inside connection strings and URLs, and everything that a source of secrets
/// gave out. What was a secret once stays one: a configuration that is loaded anew adds its own.
/// </summary>
internal sealed class SecretRedactor
{
    private const int ShortestLine = 8;

    // A key may be called like a secret and hold a switch; masking these words would make every text unreadable.
    private static readonly string[] Words = ["true", "false", "null", "none"];

    private readonly IConfiguration _configuration;
    private readonly IssuedSecrets _issued;
    private readonly Func<string, bool> _isSecret;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);
    private IChangeToken _reload;
    private SecretMasker? _masker;
    private int _issuedKnown;

    /// <param name="configuration">Whose values are looked through, now and whenever it was loaded anew.</param>
    /// <param name="issued">What sources of secrets give out.</param>
    /// <param name="isSecret">Whether a key is a secret's although its name doesn't say so.</param>
    internal SecretRedactor(IConfiguration configuration, IssuedSecrets? issued = null, Func<string, bool>? isSecret = null)
    {
        (_configuration, _issued, _isSecret) = (configuration, issued ?? new IssuedSecrets(), isSecret ?? (static _ => false));
        _reload = configuration.GetReloadToken();
        Collect();
    }

    internal string Redact(string text) => Current().Redact(text);

    internal DeploymentMessage Redact(DeploymentMessage message) =>
        message with
        {
            Text = Redact(message.Text),
            Excerpt = message.Excerpt is { } excerpt ? Redact(excerpt) : null,
        };

    private SecretMasker Current()
    {
        lock (_gate)
        {
            if (_reload.HasChanged)
            {
                // Asked for before the values are: a change in between is seen by the next call.
                _reload = _configuration.GetReloadToken();
                Collect();
            }

            // Counted before they are read: one that comes in between is taken up by the next call.
            if (_issued.Count is var count && count != _issuedKnown)
            {
                _issuedKnown = count;
                foreach (var value in _issued.Values)
                    Learn(value, isSecret: true);
            }

            return _masker ??= new SecretMasker(_secrets);
        }
    }

    private void Collect()
    {
        // The strongest layer last: what it shadows is not in use. Asked for by keys, a configuration costs the square of a key's length.
        var effective = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var layer in LayerReader.Read(_configuration))
        {
            foreach (var entry in layer.Table.Values.Values)
                effective[entry.Key] = entry.Value;
        }

        foreach (var (key, value) in effective)
        {
            // A reference is no secret, and whoever reads a message needs the name.
            if (!string.IsNullOrEmpty(value) && !SecretReference.IsReference(value))
                Learn(value, SecretNames.Masks(key, value) || _isSecret(key));
        }
    }

    private void Learn(string value, bool isSecret)
    {
        if (isSecret)
            Add(value);
        foreach (var part in SecretParts.Of(value))
            Add(part);
    }

    private void Add(string secret)
    {
        if (
            secret.Length < SecretMasker.ShortestSecret
            // As the password of a connection string, too.
            || SecretReference.TryParse(secret, out _)
            || Array.Exists(Words, word => word.Equals(secret, StringComparison.OrdinalIgnoreCase))
            || !_secrets.Add(secret)
        )
            return;

        _masker = null;
        if (!secret.AsSpan().Trim().ContainsAny('\r', '\n'))
            return;

        // One of several lines is printed line by line. Those around a key of the PEM format are no secret.
        foreach (var line in secret.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length >= ShortestLine && !line.StartsWith("-----", StringComparison.Ordinal))
                _secrets.Add(line);
        }
    }
}
