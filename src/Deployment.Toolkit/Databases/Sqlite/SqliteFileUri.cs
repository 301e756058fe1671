using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Databases.Sqlite;

/// <summary>Reads <c>Data Source=file:…?cache=shared</c>, SQLite's other way to name a file.</summary>
internal static class SqliteFileUri
{
    private const string Scheme = "file:";

    internal static bool Is(string source) => source.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>The file's path, which may be relative.</summary>
    /// <exception cref="DeploymentException">It names no file, or asks for what a deployment can't do.</exception>
    internal static string PathOf(string source)
    {
        var rest = source[Scheme.Length..];
        var end = rest.IndexOf('#', StringComparison.Ordinal);
        if (end >= 0)
            rest = rest[..end];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        foreach (var parameter in question < 0 ? [] : rest[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
            EnsureTaken(source, parameter);

        var path = question < 0 ? rest : rest[..question];
        if (path.StartsWith("//", StringComparison.Ordinal))
        {
            var slash = path.IndexOf('/', 2);
            var host = slash < 0 ? path[2..] : path[2..slash];
            if (host.Length > 0 && !host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
                throw Refused(
                    $"The SQLite connection string's '{source}' names the host '{host}', and a database file is on this machine. Write "
                        + $"'Data Source=' and the file's path."
                );
            path = slash < 0 ? "" : path[slash..];
        }

        path = Uri.UnescapeDataString(path);
        if (OperatingSystem.IsWindows() && path is ['/', _, ':', ..])
            path = path[1..];
        return path.Length > 0 && path != ":memory:" ? path : throw InMemory();
    }

    internal static DeploymentException InMemory() =>
        Refused(
            "The SQLite connection string names no file: a database in memory is gone when the deploying process ends. Name a file with "
                + "'Data Source=…'."
        );

    // How the app shares its cache is its own matter: a deployment has a connection of its own.
    private static void EnsureTaken(string source, string parameter)
    {
        var parts = parameter.Split('=', 2);
        var (name, value) = (parts[0].ToLowerInvariant(), parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : "");
        if (name == "cache" || (name == "mode" && value is "rw" or "rwc"))
            return;
        throw name == "mode" && value == "memory"
            ? InMemory()
            : Refused(
                $"The SQLite connection string's '{source}' says '{parameter}', with which a deployment cannot work. Leave it out, or "
                    + $"write 'Data Source=' and the file's path."
            );
    }

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.DatabaseUnavailable, text);
}
