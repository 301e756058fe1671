using System.Data.Common;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>
/// A connection string as what the server's own programs take of it. The password goes by a variable: a command line everybody on the
/// machine can read.
/// </summary>
internal sealed class MySqlWay
{
    internal const string Password = "MYSQL_PWD";

    private static readonly string[] s_inherited = ["PATH", "HOME", "TMPDIR", "SystemRoot", "TEMP", Password];

    private readonly DbConnectionStringBuilder _settings;

    internal MySqlWay(DbConnection connection) => _settings = new() { ConnectionString = connection.ConnectionString };

    /// <summary>Whether the password is known, which a data source may keep to itself.</summary>
    internal bool ShowsPassword => Find("Password", "Pwd") is not null;

    internal IReadOnlyDictionary<string, string> Variables
    {
        get
        {
            var variables = ProcessEnvironment.Pick(s_inherited);
            if (Find("Password", "Pwd") is { } password)
                variables[Password] = password;
            variables["LC_ALL"] = "C";
            return variables;
        }
    }

    /// <summary>The arguments before all others.</summary>
    /// <param name="isMariaDb">Whether the programs are MariaDB's.</param>
    internal IReadOnlyList<string> Arguments(bool isMariaDb)
    {
        // What a user's own files of settings say is nobody's wish here.
        var arguments = new List<string> { "--no-defaults" };
        var server = Find("Server", "Host", "Data Source", "DataSource", "Address", "Addr", "Network Address") ?? "localhost";
        if (server.StartsWith('/'))
            arguments.Add($"--socket={server}");
        else
            arguments.AddRange(["--protocol=TCP", $"--host={server}", $"--port={Find("Port") ?? "3306"}"]);
        if (Find("User ID", "UserID", "Username", "Uid", "User name", "User") is { } user)
            arguments.Add($"--user={user}");
        arguments.AddRange(SslOf(isMariaDb));
        arguments.Add("--default-character-set=utf8mb4");
        return arguments;
    }

    private List<string> SslOf(bool isMariaDb)
    {
        var arguments = new List<string>();
        var mode = (Find("SSL Mode", "SslMode") ?? "Preferred").ToUpperInvariant();
        var (isOff, isVerified) = (mode is "NONE" or "DISABLED", mode is "VERIFYCA" or "VERIFYFULL");
        if (isMariaDb)
            arguments.AddRange(
                isOff ? ["--skip-ssl"]
                : isVerified ? ["--ssl", "--ssl-verify-server-cert"]
                : mode == "REQUIRED" ? ["--ssl"]
                : []
            );
        else
            arguments.Add(
                "--ssl-mode="
                    + (
                        isOff ? "DISABLED"
                        : mode == "VERIFYCA" ? "VERIFY_CA"
                        : mode == "VERIFYFULL" ? "VERIFY_IDENTITY"
                        : mode
                    )
            );
        foreach (
            var (option, keywords) in ((string, string[])[])
                [
                    ("--ssl-ca", ["SSL CA", "SslCa", "CACertificateFile", "CA Certificate File"]),
                    ("--ssl-cert", ["SSL Cert", "SslCert"]),
                    ("--ssl-key", ["SSL Key", "SslKey"]),
                ]
        )
        {
            if (!isOff && Find(keywords) is { } file)
                arguments.Add($"{option}={file}");
        }

        return arguments;
    }

    private string? Find(params ReadOnlySpan<string> keywords)
    {
        foreach (var keyword in keywords)
        {
            if (_settings.TryGetValue(keyword, out var value) && value.ToString() is { Length: > 0 } text)
                return text;
        }

        return null;
    }
}
