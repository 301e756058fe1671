using System.Text.Json.Serialization;

namespace Deployment.Toolkit;

/// <summary>A backup that was taken and verified by opening it.</summary>
public sealed record BackupInfo
{
    /// <summary>The name to restore it by.</summary>
    public required string Name { get; init; }

    /// <summary>The file's full path.</summary>
    [JsonIgnore]
    public string File { get; init; } = "";

    /// <summary>When it was taken (UTC).</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>How many records the environment's journal held then: backups are put in order by it, whatever clocks said.</summary>
    public long JournalRecords { get; init; }

    /// <summary>How long taking and verifying it took, in seconds.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>Its size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>
    /// What tells the key by which it is encrypted from other keys; <see langword="null"/> when it is not encrypted.
    /// </summary>
    public string? KeyId { get; init; }

    /// <summary>Whether it is encrypted.</summary>
    [JsonIgnore]
    public bool IsEncrypted => KeyId is not null;

    /// <summary>SHA-256 of the file, in lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The release whose database it holds; <see langword="null"/> before the first.</summary>
    public Release? Release { get; init; }

    /// <summary>The database that it is of, where the app has several.</summary>
    [JsonIgnore]
    public string? Database { get; init; }

    /// <summary>The tenant whose database it is of, fit for a terminal; <see langword="null"/> for a database of the app's own.</summary>
    public string? Tenant { get; init; }

    /// <summary>The versions of the migrations that it holds, in the order in which they were applied.</summary>
    public required IReadOnlyList<string> Schema { get; init; }

    /// <summary>
    /// What it holds, as digests; <see langword="null"/> where it is opened to tell, which costs little of a database that is a file.
    /// </summary>
    [JsonInclude]
    internal string? Contents { get; init; }

    /// <summary>
    /// How the database's digests differed when it was taken, where that is the same in other words or does not come back; <see
    /// langword="null"/> when they didn't.
    /// </summary>
    [JsonInclude]
    internal string? Otherwise { get; init; }

    /// <summary>Whether it holds exactly this schema, so that a rollback to it can restore it.</summary>
    internal bool Holds(IReadOnlyList<string> schema) => Schema.SequenceEqual(schema, StringComparer.Ordinal);
}
