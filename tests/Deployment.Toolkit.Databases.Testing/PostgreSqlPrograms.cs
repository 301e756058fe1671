namespace Deployment.Toolkit.Databases.Testing;

/// <summary>Where PostgreSQL's own programs lie: distributions keep those of the server out of PATH.</summary>
internal static class PostgreSqlPrograms
{
    private static readonly string[] Roots = ["/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt"];

    /// <summary>The folder with <c>initdb</c> and <c>postgres</c>, of the newest version; <see langword="null"/> when there is none.</summary>
    internal static string? Find() =>
        Roots
            .Where(Directory.Exists)
            .SelectMany(Directory.GetDirectories)
            .Select(static folder => (Folder: Path.Combine(folder, "bin"), Version: VersionOf(Path.GetFileName(folder))))
            .OrderByDescending(static found => found.Version)
            .Select(static found => found.Folder)
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(static folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));

    private static int VersionOf(string name) => int.TryParse(name.AsSpan(name.IndexOf('@') + 1), out var version) ? version : 0;
}
