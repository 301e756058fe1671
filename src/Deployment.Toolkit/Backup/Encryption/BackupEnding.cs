namespace Deployment.Toolkit.Backup.Encryption;

/// <summary>What the ends of backups' names tell.</summary>
internal static class BackupEnding
{
    internal const string Compressed = ".gz";
    internal const string Encrypted = ".enc";

    /// <summary>All that a database's backups may end in, the longest first.</summary>
    internal static IEnumerable<string> Of(string extension) =>
        [extension + Compressed + Encrypted, extension + Encrypted, extension + Compressed, extension];

    internal static bool IsCompressed(string file) =>
        (IsEncrypted(file) ? file[..^Encrypted.Length] : file).EndsWith(Compressed, StringComparison.Ordinal);

    internal static bool IsEncrypted(string file) => file.EndsWith(Encrypted, StringComparison.Ordinal);
}
