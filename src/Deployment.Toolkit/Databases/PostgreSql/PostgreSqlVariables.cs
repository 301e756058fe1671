using System.Data.Common;
using System.Globalization;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>
/// A connection string as the variables by which PostgreSQL's own programs find their way. A password never stands on a command line,
/// which everybody on the machine can read.
/// </summary>
internal static class PostgreSqlVariables
{
    internal const string Password = "PGPASSWORD";

    private static readonly (string Variable, string[] Keywords)[] Names =
    [
        ("PGUSER", ["Username", "User Name", "User Id", "UserId", "User", "UID"]),
        (Password, ["Password", "PWD", "PSW"]),
        ("PGPASSFILE", ["Passfile", "PasswordFile"]),
        ("PGSSLROOTCERT", ["Root Certificate", "RootCertificate"]),
        ("PGSSLCERT", ["SSL Certificate", "SslCertificate"]),
        ("PGSSLKEY", ["SSL Key", "SslKey"]),
        ("PGOPTIONS", ["Options"]),
        ("PGKRBSRVNAME", ["Kerberos Service Name", "KerberosServiceName"]),
    ];

    // What drivers take from the process too, and what the programs need to run at all.
    private static readonly string[] Inherited =
    [
        "PATH",
        "HOME",
        "TMPDIR",
        "SystemRoot",
        "TEMP",
        "APPDATA",
        "KRB5CCNAME",
        "KRB5_CONFIG",
        "PGUSER",
        Password,
        "PGPASSFILE",
        "PGSSLROOTCERT",
        "PGSSLCERT",
        "PGSSLKEY",
        "PGOPTIONS",
    ];

    internal static IReadOnlyDictionary<string, string> Of(DbConnection connection, string database)
    {
        var settings = new DbConnectionStringBuilder { ConnectionString = connection.ConnectionString };
        var variables = ProcessEnvironment.Pick(Inherited);
        foreach (var (variable, keywords) in Names)
        {
            if (Find(settings, keywords) is { Length: > 0 } value)
                variables[variable] = value;
        }

        var (hosts, ports) = PlaceOf(settings);
        if (hosts.Length > 0)
            variables["PGHOST"] = hosts;
        if (ports.Length > 0)
            variables["PGPORT"] = ports;
        if (Find(settings, ["SSL Mode", "SslMode"]) is { } mode)
            variables["PGSSLMODE"] = SslModeOf(mode);
        // Of several servers the one that can be written is meant, whatever is preferred for reading.
        if (hosts.Contains(',', StringComparison.Ordinal))
            variables["PGTARGETSESSIONATTRS"] = "read-write";
        variables["PGDATABASE"] = database;
        variables["PGCONNECT_TIMEOUT"] = "30";
        variables["LC_ALL"] = "C";
        return variables;
    }

    // 'a:5433,b' names a port for each host.
    private static (string Hosts, string Ports) PlaceOf(DbConnectionStringBuilder settings)
    {
        var port = Find(settings, ["Port"]) ?? "5432";
        var hosts = new List<string>();
        var ports = new List<string>();
        foreach (
            var entry in (Find(settings, ["Host", "Server"]) ?? "").Split(
                ',',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            )
        )
        {
            var colon = entry.LastIndexOf(':');
            var isPort =
                colon > 0
                && int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
                // An IPv6 address has colons of its own.
                && (entry.IndexOf(':', StringComparison.Ordinal) == colon || entry[colon - 1] == ']');
            hosts.Add((isPort ? entry[..colon] : entry).Trim('[', ']'));
            ports.Add(isPort ? entry[(colon + 1)..] : port);
        }

        return (string.Join(',', hosts), string.Join(',', ports));
    }

    private static string SslModeOf(string mode) =>
        mode.ToUpperInvariant() switch
        {
            "VERIFYCA" or "VERIFY-CA" => "verify-ca",
            "VERIFYFULL" or "VERIFY-FULL" => "verify-full",
            _ => mode.ToLowerInvariant(),
        };

    private static string? Find(DbConnectionStringBuilder settings, string[] keywords) =>
        keywords
            .Select(keyword => settings.TryGetValue(keyword, out var value) ? value.ToString() : null)
            .FirstOrDefault(static v => v is not null);
}
