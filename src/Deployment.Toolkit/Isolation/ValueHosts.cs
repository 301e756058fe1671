using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit.Isolation;

/// <summary>The hosts that a value names: of an address, of a connection string, or where its key says that it is one.</summary>
internal static class ValueHosts
{
    /// <summary>Nobody writes a longer one by hand; what is in it is not looked for.</summary>
    internal const int Longest = 8192;

    private const int LongestHost = 255;

    private static readonly string[] Servers =
    [
        "host",
        "server",
        "hostname",
        "datasource",
        "address",
        "addr",
        "networkaddress",
        "endpoint",
        "accountendpoint",
    ];
    private static readonly string[] Words = ["HOST", "HOSTNAME", "SERVER", "ENDPOINT"];
    private static readonly string[] Files = [".db", ".db3", ".sqlite", ".sqlite3", ".mdf"];

    /// <returns>The hosts, in lower case, without ports; and whether the value has parts, of which they are one.</returns>
    internal static (IReadOnlyList<string> Hosts, bool HasParts) Of(string key, string text, bool isHost)
    {
        var hosts = new List<string>();
        if (text.Contains("://", StringComparison.Ordinal))
        {
            // Several may stand in one value.
            foreach (var part in text.Split([';', ',', ' '], StringSplitOptions.RemoveEmptyEntries))
            {
                if (
                    Uri.TryCreate(
                        part[
                            (
                                part.IndexOf('=', StringComparison.Ordinal) is var at
                                && at >= 0
                                && at < part.IndexOf("://", StringComparison.Ordinal)
                                    ? at + 1
                                    : 0
                            )..
                        ],
                        UriKind.Absolute,
                        out var uri
                    )
                    && uri.Host.Length > 0
                    && !uri.IsFile
                )
                    Add(hosts, uri.IdnHost);
            }

            if (hosts.Count > 0)
                return (Distinct(hosts), true);
        }

        if (ConnectionStringText.Parse(text) is { } connection)
        {
            foreach (var server in Servers.Select(name => connection[name]).OfType<string>())
                AddServers(hosts, server);
            return (Distinct(hosts), true);
        }

        if (isHost || (NameWords.Of(key[(key.LastIndexOf(':') + 1)..]) is [.., var last] && Words.Contains(last, StringComparer.Ordinal)))
            AddServers(hosts, text);
        return (Distinct(hosts), false);
    }

    // "a:5432,b:5432", "tcp:name,1433", "name\instance"; a path is a socket or a file.
    private static void AddServers(List<string> hosts, string text)
    {
        foreach (var part in text.Split(','))
        {
            var name = part.Trim();
            name = name.StartsWith("tcp:", StringComparison.OrdinalIgnoreCase) ? name[4..] : name;
            name = name.Split('\\')[0];
            if (
                name.Contains('/', StringComparison.Ordinal)
                || Files.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            )
                continue;
            if (
                !name.StartsWith('[')
                && name.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
                && colon == name.LastIndexOf(':')
            )
                name = name[..colon];
            Add(hosts, name);
        }
    }

    private static void Add(List<string> hosts, string name)
    {
        var host = name.Trim('.', ' ').ToLowerInvariant();
        if (
            host.Length is > 0 and <= LongestHost
            && !host.All(char.IsAsciiDigit)
            && host.All(static c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '[' or ']' or '(' or ')')
        )
            hosts.Add(host);
    }

    private static List<string> Distinct(List<string> hosts) => [.. hosts.Distinct(StringComparer.Ordinal)];
}
