namespace Deployment.Toolkit;

/// <summary>How the toolkit's own backups are taken.</summary>
public sealed class BackupOptions
{
    /// <summary>
    /// How long one may take, verified, and how long putting one back may take that a person chose; both are enforced. A way back by backup
    /// has the migrations' limit. Default 30 minutes; at most 30 days.
    /// </summary>
    public TimeSpan WaitAtMost { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// The setting that holds the key by which backups are encrypted: 64 hexadecimal digits, which <c>openssl rand -hex 32</c> makes.
    /// It may be a reference to a secret, <c>secret://name</c>, and hold older keys behind the present one, with blanks between them.
    /// Without one, backups are not encrypted, and those that are can't be read. Where it is named and holds no key, nothing is backed up
    /// or migrated.
    /// </summary>
    public string? KeySetting { get; set; }

    /// <summary>
    /// Whether backups are compressed that are not by themselves: SQLite's, which lie as databases to be opened otherwise. Encrypted ones
    /// and MySQL's always are. Default <see langword="false"/>.
    /// </summary>
    public bool Compress { get; set; }
}
