using System.Globalization;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Databases.PostgreSql;

/// <summary>Where PostgreSQL's own programs are, <c>pg_dump</c> and <c>pg_restore</c>, and which of several fits a server.</summary>
/// <param name="folders">Where they are looked for; PATH and the places of distributions where that is <see langword="null"/>.</param>
internal sealed class PostgreSqlPrograms(IReadOnlyList<string>? folders)
{
    internal const string Dump = "pg_dump";
    internal const string Restore = "pg_restore";

    // Distributions keep each major version in a folder of its own, off PATH.
    private static readonly (string Root, string Below)[] Places =
    [
        ("/usr/lib/postgresql", "bin"),
        ("/usr/local/lib/postgresql", "bin"),
        ("/opt/homebrew/opt", "bin"),
        ("/usr/local/opt", "bin"),
        ("C:\\Program Files\\PostgreSQL", "bin"),
    ];

    private Found? _found;

    /// <summary>
    /// The folder of the programs for a server: those of its own version, else the nearest newer ones, which can read it too.
    /// </summary>
    /// <param name="major">The server's major version.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The folder; or <see langword="null"/> and what is missing, as a clause.</returns>
    internal async Task<(string? Folder, string? Missing)> FindAsync(int major, CancellationToken cancellationToken)
    {
        // Asking each takes longer than what they are asked for takes of a small database.
        if (_found is var (known, of) && of == major)
            return (known, null);

        var found = new List<(string Folder, int Major)>();
        foreach (var folder in Folders())
        {
            if (
                await MajorOfAsync(folder, Dump, cancellationToken).ConfigureAwait(false) is not { } dump
                || await MajorOfAsync(folder, Restore, cancellationToken).ConfigureAwait(false) is not { } restore
            )
                continue;
            if (dump == major && restore == major)
                return (Remember(folder, major), null);
            found.Add((folder, Math.Min(dump, restore)));
        }

        if (found.Where(candidate => candidate.Major > major).OrderBy(static candidate => candidate.Major).ToList() is [var newer, ..])
            return (Remember(newer.Folder, major), null);
        return (
            null,
            found.Count == 0
                ? $"{Dump} and {Restore} are neither on PATH nor where distributions put them (/usr/lib/postgresql/{major}/bin)"
                : $"{Dump} of version {found.Max(static candidate => candidate.Major)} in '{found.MaxBy(static candidate => candidate.Major).Folder}' is "
                    + $"older than the server, which is of version {major}, and cannot read it"
        );
    }

    private string Remember(string folder, int major)
    {
        _found = new Found(folder, major);
        return folder;
    }

    private IEnumerable<string> Folders()
    {
        if (folders is not null)
            return folders;

        var path = (ProcessEnvironment.Lookup()("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        // Red Hat's lie beside each other.
        var beside = Directory.Exists("/usr")
            ? Directory.EnumerateDirectories("/usr", "pgsql-*").Select(static folder => Path.Combine(folder, "bin"))
            : [];
        return path.Concat(beside)
            .Concat(
                Places
                    .Where(static place => Directory.Exists(place.Root))
                    .SelectMany(static place =>
                        Directory
                            .EnumerateDirectories(place.Root)
                            .Order(StringComparer.Ordinal)
                            .Select(folder => Path.Combine(folder, place.Below))
                    )
            )
            .Where(static folder => Path.IsPathFullyQualified(folder))
            .Distinct(StringComparer.Ordinal);
    }

    private static async Task<int?> MajorOfAsync(string folder, string program, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, program);
        if (!File.Exists(file) && !File.Exists(file + ".exe"))
            return null;

        var said = new List<string>();
        try
        {
            var launch = new CommandLaunch(file, ["--version"]) { Environment = ProcessEnvironment.Pick(["PATH", "HOME", "SystemRoot"]) };
            var exitCode = await CommandRunner
                .RunAsync(
                    launch,
                    line =>
                    {
                        if (said.Count < 10)
                            said.Add(line);
                    },
                    static _ => Task.CompletedTask,
                    DatabaseProgram.KillGrace,
                    TimeProvider.System,
                    cancellationToken
                )
                .ConfigureAwait(false);
            return exitCode == 0 ? MajorIn(string.Join(' ', said)) : null;
        }
        catch (CommandNotStartedException)
        {
            return null;
        }
    }

    // pg_dump (PostgreSQL) 15.14 (Debian …)
    private static int? MajorIn(string said)
    {
        const string mark = "(PostgreSQL) ";
        if (said.IndexOf(mark, StringComparison.Ordinal) is var at && at < 0)
            return null;

        var digits = said.AsSpan(at + mark.Length);
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            ? major
            : null;
    }

    private sealed record Found(string Folder, int Major);
}
