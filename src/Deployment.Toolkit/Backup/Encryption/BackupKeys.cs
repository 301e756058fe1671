using System.Security.Cryptography;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Backup.Encryption;

/// <summary>The keys of backups, which a setting holds: the first encrypts, each decrypts.</summary>
/// <param name="services">The app's services.</param>
/// <param name="setting">The setting.</param>
internal sealed class BackupKeys(IServiceProvider services, string setting)
{
    private const int Digits = 2 * ChunkKeys.KeySize;
    private const int Most = 16;

    private static readonly char[] s_between = [' ', ',', ';', '\t', '\r', '\n'];

    /// <exception cref="DeploymentException">There is none, or one is none.</exception>
    internal IReadOnlyList<byte[]> Read()
    {
        if (SettingReader.Read(services, setting) is not { } text || text.AsSpan().Trim().IsEmpty)
            throw Missing("is not there");
        var keys = text.Split(s_between, StringSplitOptions.RemoveEmptyEntries);
        if (keys.Length > Most)
            throw Missing($"holds more than {Most} keys");
        return Array.TrueForAll(keys, static key => key.Length == Digits && key.All(char.IsAsciiHexDigit))
            ? [.. keys.Select(Convert.FromHexString)]
            : throw Missing("holds what is no key");
    }

    /// <summary>What tells a key from others and not what it is.</summary>
    internal static string IdOf(byte[] key) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, "deployment-toolkit/backup-key/1"u8).AsSpan(0, 8));

    private DeploymentException Missing(string what) =>
        DeploymentException.Refused(
            Codes.BackupKeyMissing,
            $"Backups are encrypted by the key in setting {setting}, which {what}. Nothing was backed up, restored or migrated. Put {Digits} "
                + "hexadecimal digits there, for example by a secret of which 'secret://name' is the reference; 'openssl rand -hex 32' makes "
                + "some. Older keys may follow behind it, with blanks between them."
        );
}
