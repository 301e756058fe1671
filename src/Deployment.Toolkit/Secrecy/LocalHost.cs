using System;
using System.Linq;

namespace Deployment.Toolkit.Secrecy;

/// <summary>Tells names and addresses of one's own machine.</summary>
internal static class LocalHost
{
    private static readonly string[] s_names =
    [
        "localhost",
        "127.0.0.1",
        "::1",
        "[::1]",
        "0.0.0.0",
        "(localdb)",
        "(local)",
        ".",
        "host.docker.internal",
    ];

    // Windows names the machines that people sit at so.
    private static readonly string[] s_developers = ["DESKTOP-", "LAPTOP-"];

    /// <summary>
    /// Of a host, with or without port or instance: <c>localhost,1433</c>, <c>(localdb)\mssqllocaldb</c>, <c>tcp:.\SQLEXPRESS</c>.
    /// </summary>
    public static bool IsHost(string host)
    {
        var name = host.Trim();
        name = name.StartsWith("tcp:", StringComparison.OrdinalIgnoreCase) ? name.Substring(4) : name;
        var instance = name.Split(',')[0].Split('\\');
        if (
            s_developers.Any(prefix => instance[0].StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            || (instance.Length > 1 && instance[1].StartsWith("SQLEXPRESS", StringComparison.OrdinalIgnoreCase))
        )
        {
            return true;
        }

        name = instance[0].Trim();
        var port = name.LastIndexOf(':');
        if (port > 0 && name.Substring(port + 1).All(char.IsDigit) && name.IndexOf(':') == port)
        {
            name = name.Substring(0, port);
        }

        return s_names.Contains(name, StringComparer.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }

    public static bool IsUrl(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && (uri.IsLoopback || IsHost(uri.Host));
}
