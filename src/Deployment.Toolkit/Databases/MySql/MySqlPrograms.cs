using System.Globalization;
using System.Text.RegularExpressions;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>A server, or its programs: which of the two, and of which version.</summary>
internal sealed partial record MySqlVersion(bool IsMariaDb, Version Number)
{
    /// <summary>Reads what a server or a program says of itself.</summary>
    internal static MySqlVersion? Read(string text)
    {
        if (
            text.Contains("MariaDB", StringComparison.OrdinalIgnoreCase)
            && MariaDb().Match(text) is { Success: true } maria
            && Version.TryParse(maria.Groups["version"].ValueSpan, out var number)
        )
            return new(true, number);
        return Plain().Match(text) is { Success: true } plain && Version.TryParse(plain.Groups["version"].ValueSpan, out number)
            ? new(false, number)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsMariaDb ? "MariaDB" : "MySQL")} {Number}");

    /// <summary>Whether programs of this version read a server's whole catalogue.</summary>
    internal bool Reads(MySqlVersion server) =>
        IsMariaDb == server.IsMariaDb && (Number.Major, Number.Minor).CompareTo((server.Number.Major, server.Number.Minor)) >= 0;

    [GeneratedRegex(
        @"(?<version>\d+\.\d+(\.\d+)?)-MariaDB",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex MariaDb();

    // mysqldump  Ver 8.0.36 for Linux; 8.0.36-0ubuntu0.22.04.1
    [GeneratedRegex(@"(Ver |^)(?<version>\d+\.\d+(\.\d+)?)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Plain();
}

/// <summary>Where a server's own programs are: what dumps a database, and the client that runs the dump.</summary>
/// <param name="folders">Where they are looked for; PATH and the places of distributions where that is <see langword="null"/>.</param>
internal sealed class MySqlPrograms(IReadOnlyList<string>? folders)
{
    private static readonly (string Dump, string Client)[] s_names = [("mariadb-dump", "mariadb"), ("mysqldump", "mysql")];

    private static readonly string[] s_places =
    [
        "/usr/bin",
        "/usr/local/bin",
        "/usr/local/mysql/bin",
        "/opt/homebrew/bin",
        "/opt/homebrew/opt/mysql-client/bin",
    ];

    private Found? _found;

    /// <summary>The programs for a server.</summary>
    /// <returns>They; or <see langword="null"/> and what is missing, as a clause.</returns>
    internal async Task<(Found? Programs, string? Missing)> FindAsync(MySqlVersion server, CancellationToken cancellationToken)
    {
        if (_found is { } known && known.For == server)
            return (known, null);

        MySqlVersion? other = null;
        var where = "";
        foreach (var folder in folders ?? [.. OnPath(), .. s_places])
        {
            foreach (var (dump, client) in s_names)
            {
                if (
                    await VersionOfAsync(folder, dump, cancellationToken).ConfigureAwait(false) is not { } version
                    || await VersionOfAsync(folder, client, cancellationToken).ConfigureAwait(false) is null
                )
                    continue;
                if (version.Reads(server))
                    return (_found = new Found(folder, dump, client, server), null);
                (other, where) = (version, Path.Combine(folder, dump));
            }
        }

        return (
            null,
            other is null
                ? "mariadb-dump with mariadb, or mysqldump with mysql, are not on PATH"
                : $"'{where}' is {other}'s, and the server is {server}, which it cannot read"
        );
    }

    private static IEnumerable<string> OnPath() =>
        (ProcessEnvironment.Lookup()("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(static folder => Path.IsPathFullyQualified(folder));

    private static async Task<MySqlVersion?> VersionOfAsync(string folder, string program, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, program);
        if (!File.Exists(file) && !File.Exists(file + ".exe"))
            return null;

        var said = new List<string>();
        void Keep(string line)
        {
            if (said.Count < 10)
                said.Add(line);
        }

        try
        {
            var launch = new CommandLaunch(file, ["--version"]) { Environment = ProcessEnvironment.Pick(["PATH", "HOME", "SystemRoot"]) };
            var exitCode = await CommandRunner
                .RunAsync(launch, Keep, static _ => Task.CompletedTask, DatabaseProgram.KillGrace, TimeProvider.System, cancellationToken)
                .ConfigureAwait(false);
            return exitCode == 0 ? MySqlVersion.Read(string.Join(' ', said)) : null;
        }
        catch (CommandNotStartedException)
        {
            return null;
        }
    }

    internal sealed record Found(string Folder, string Dump, string Client, MySqlVersion For);
}
