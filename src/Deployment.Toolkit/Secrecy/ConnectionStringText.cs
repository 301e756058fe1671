using System;
using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Secrecy;

/// <summary>
/// The parts of a connection string of any dialect that writes <c>key=value;</c>. Keys compare without case, blanks and underscores.
/// </summary>
internal sealed class ConnectionStringText
{
    private static readonly string[] s_servers =
    [
        "server",
        "datasource",
        "host",
        "address",
        "addr",
        "networkaddress",
        "hostname",
        "endpoint",
        "accountendpoint",
    ];

    private readonly Dictionary<string, string> _parts = new(StringComparer.Ordinal);

    public string? this[string key] => _parts.TryGetValue(key, out var value) ? value : null;

    public bool IsLocal => s_servers.Any(key => this[key] is { } host && LocalHost.IsHost(host));

    /// <summary><see langword="null"/> unless it has a server, as a log line or a query string with '=' has not.</summary>
    public static ConnectionStringText? Parse(string text)
    {
        var result = new ConnectionStringText();
        foreach (var part in text.Split(';'))
        {
            var equals = part.IndexOf('=');
            if (equals > 0)
            {
                result._parts[Key(part.Substring(0, equals))] = part.Substring(equals + 1).Trim().Trim('\'', '"');
            }
        }

        return s_servers.Any(result._parts.ContainsKey) || result._parts.ContainsKey("accountname") ? result : null;
    }

    private static string Key(string key) => new([.. key.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
}
