namespace Deployment.Toolkit.Databases.Testing;

/// <summary>Where MariaDB's own programs lie: distributions keep the server out of PATH.</summary>
internal static class MySqlPrograms
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/usr/libexec", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin", "/usr/local/opt/mariadb/bin"];

    private static IEnumerable<string> All =>
        Folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The server and the program that makes its data folder; <see langword="null"/> when one is missing.</summary>
    internal static (string Server, string Installer)? Find() =>
        Program("mariadbd") is { } server && Program("mariadb-install-db") is { } installer ? (server, installer) : null;

    private static string? Program(string name) => All.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
