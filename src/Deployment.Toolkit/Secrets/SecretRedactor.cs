using System.Data.Common;
using Deployment.Toolkit.Configuration;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Secrets;

/// <summary>
/// Replaces the values of secret-looking configuration keys, and the passwords inside connection strings and URLs, in text that leaves
/// the process: a driver's exception or a command's output may repeat what it was given.
/// </summary>
internal sealed class SecretRedactor
{
    internal const string Mask = "***";

    // Shorter values stand in ordinary text by chance; masking them would garble it and give the value away.
    private const int ShortestSecret = 4;

    private readonly Lazy<string[]> _secrets;

    public SecretRedactor(IConfiguration configuration) => _secrets = new Lazy<string[]>(() => Collect(configuration));

    internal string Redact(string text)
    {
        foreach (var secret in _secrets.Value) text = text.Replace(secret, Mask, StringComparison.Ordinal);
        return text;
    }

    internal DeploymentMessage Redact(DeploymentMessage message) =>
        message with { Text = Redact(message.Text), Excerpt = message.Excerpt is { } excerpt ? Redact(excerpt) : null };

    private static string[] Collect(IConfiguration configuration)
    {
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in configuration.AsEnumerable())
        {
            if (string.IsNullOrEmpty(value)) continue;

            if (SecretNames.Match(key)) secrets.Add(value);
            if (value.Contains('=', StringComparison.Ordinal)) AddConnectionString(secrets, value);
            if (Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.UserInfo.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon)
                secrets.Add(uri.UserInfo[(colon + 1)..]);
        }

        // Longest first, so that a secret that contains another is masked whole.
        return [.. secrets.Where(static secret => secret.Length >= ShortestSecret).OrderByDescending(static secret => secret.Length)];
    }

    private static void AddConnectionString(HashSet<string> secrets, string value)
    {
        try
        {
            var builder = new DbConnectionStringBuilder { ConnectionString = value };
            foreach (string name in builder.Keys)
            {
                if (SecretNames.Match(name) && builder[name].ToString() is { Length: > 0 } secret) secrets.Add(secret);
            }
        }
        catch (ArgumentException)
        {
            // Not a connection string: a value may hold '=' for other reasons.
        }
    }
}
