using System.IO.Compression;
using System.Text;
using Deployment.Toolkit.Backup.Encryption;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Backup;

/// <summary>What packs the backups of an environment's database, and unpacks them.</summary>
/// <param name="database">The database.</param>
/// <param name="environment">The environment.</param>
/// <param name="options">How they are taken.</param>
/// <param name="keys">Their keys; <see langword="null"/> where none are encrypted.</param>
/// <param name="name">What the database counts as; <see langword="null"/> for what it is called.</param>
internal sealed class BackupPackings(
    TargetDatabase database,
    string environment,
    BackupOptions options,
    BackupKeys? keys,
    string? name = null
)
{
    private const string File = "file";
    private const string Contents = "contents";

    private bool Compresses => !database.CompressesItself && (keys is not null || options.Compress || database.IsText);

    /// <summary>What the name of a new backup's file ends in.</summary>
    internal string Ending =>
        database.BackupExtension + (Compresses ? BackupEnding.Compressed : "") + (keys is null ? "" : BackupEnding.Encrypted);

    internal bool Encrypts => keys is not null;

    /// <summary>Refuses where there is no key to encrypt with.</summary>
    internal void EnsureKey() => _ = keys?.Read();

    /// <summary>What a new backup is bound to.</summary>
    internal BackupContext ContextOf(IReadOnlyList<string> schema, DateTimeOffset takenAt) =>
        new(environment, name ?? database.OwnName, schema, takenAt);

    /// <summary>For a database that holds what this one held.</summary>
    internal BackupPackings For(TargetDatabase other) => new(other, environment, options, keys, name ?? database.OwnName);

    /// <summary>A file to fill.</summary>
    internal BackupFile ToWrite(string path, BackupContext context) =>
        Compresses || Encrypts ? new BackupFile(path, Packing(Compresses, Encrypts ? keys!.Read() : [], context)) : new BackupFile(path);

    /// <summary>A backup's file to read, at its place or before it has its name.</summary>
    internal BackupFile ToRead(BackupInfo backup, string? path = null) =>
        BackupEnding.IsCompressed(backup.File) || backup.IsEncrypted
            ? new BackupFile(
                path ?? backup.File,
                Packing(BackupEnding.IsCompressed(backup.File), backup.IsEncrypted ? KeysFor(backup) : [], ContextOf(backup))
            )
            : new BackupFile(path ?? backup.File);

    /// <summary>The id of the key that encrypts new ones; <see langword="null"/> where none does.</summary>
    internal string? KeyId => keys is null ? null : BackupKeys.IdOf(keys.Read()[0]);

    /// <summary>Digests tell who knows what may stand in a row whether it does: of an encrypted backup they are encrypted too.</summary>
    internal string? Seal(string? text, BackupContext context)
    {
        if (text is null || !Encrypts)
            return text;

        using var bytes = new MemoryStream();
        using (var stream = Packing(compresses: true, keys!.Read(), context, Contents).Pack(bytes))
            stream.Write(Encoding.UTF8.GetBytes(text));
        return Convert.ToBase64String(bytes.ToArray());
    }

    /// <summary>What was sealed.</summary>
    /// <exception cref="DeploymentException">It was altered, or is another's.</exception>
    internal string? Unseal(string? text, BackupInfo backup)
    {
        if (text is null || !backup.IsEncrypted)
            return text;

        try
        {
            using var stream = Packing(compresses: true, KeysFor(backup), ContextOf(backup), Contents)
                .Unpack(new MemoryStream(Convert.FromBase64String(text)));
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is FormatException or DamagedMessageException or InvalidDataException)
        {
            throw Unusable(backup, e);
        }
    }

    internal static DeploymentException Unusable(BackupInfo backup, Exception cause) =>
        DeploymentException.Refused(
            Codes.BackupUnusable,
            $"Backup '{backup.Name}' cannot be read: {(cause is DamagedMessageException ? cause.Message : "it was altered or cut off")}. Nothing "
                + $"was restored. It was encrypted by key {backup.KeyId}; give that one in the setting of the backups' keys, or choose another from "
                + "'deploy backup list'.",
            cause
        );

    private BackupContext ContextOf(BackupInfo backup) => ContextOf(backup.Schema, backup.TakenAt);

    private IReadOnlyList<byte[]> KeysFor(BackupInfo backup) =>
        keys?.Read()
        ?? throw DeploymentException.Refused(
            Codes.BackupKeyMissing,
            $"Backup '{backup.Name}' is encrypted by key {backup.KeyId}, and no setting is named that holds it. Nothing was restored. Name it on "
                + "AddDeployment(): .ConfigureBackups(b => b.KeySetting = \"…\")."
        );

    private static BackupPacking Packing(bool compresses, IReadOnlyList<byte[]> keys, BackupContext context, string use = File)
    {
        return new(Pack, Unpack);

        // Compressed first: nothing that is encrypted gets smaller.
        Stream Pack(Stream file)
        {
            var inner = keys.Count > 0 ? new EncryptingStream(file, keys[0], context.ToBytes(use)) : file;
            return compresses ? new GZipStream(inner, CompressionLevel.Fastest) : inner;
        }

        Stream Unpack(Stream file)
        {
            var inner = keys.Count > 0 ? DecryptingStream.Open(file, keys, context.ToBytes(use)) : file;
            return compresses ? new WholeStream(new GZipStream(inner, CompressionMode.Decompress), inner) : inner;
        }
    }
}
