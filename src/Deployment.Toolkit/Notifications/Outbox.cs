using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Notifications;

/// <summary>A notice for one receiver that has not taken it yet.</summary>
internal sealed record OutboxItem(string Receiver, DeploymentNotice Notice, DateTimeOffset Since)
{
    public int Attempts { get; init; }

    /// <summary>Not tried again before.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public string? LastError { get; init; }
}

/// <summary>How far the journal's runs were told.</summary>
internal sealed record OutboxCursor(string? Run, DateTimeOffset? At, RunState State)
{
    internal static OutboxCursor None { get; } = new(null, null, RunState.Unfinished);

    internal static OutboxCursor Of(RunLog run) => new(run.Id, run.LastRecordAt, run.State);
}

/// <summary>
/// Notices that are on their way, each a file beside the journal: made before it is sent and deleted when it was taken, so that whatever
/// kills a process in between, it is told again.
/// </summary>
internal sealed class Outbox(string folder)
{
    private const int MostBytes = 8 * 1024 * 1024;
    private const string Cursor = "told.json";
    private const string Test = "test.txt";
    private const string Suffix = ".notice.json";

    private string CursorFile => Path.Combine(folder, Cursor);

    internal string LockFile => Path.Combine(folder, "lock");

    /// <summary>What was told last; <see langword="null"/> before anything was begun.</summary>
    internal OutboxCursor? Told => PrivateFile.ReadAll(CursorFile) is { } bytes ? TryRead(bytes, OutboxShapes.Default.OutboxCursor) : null;

    /// <summary>The code of the last test; <see langword="null"/> before the first.</summary>
    internal string? Tried =>
        PrivateFile.ReadAll(Path.Combine(folder, Test)) is { } bytes ? System.Text.Encoding.ASCII.GetString(bytes) : null;

    /// <summary>Makes the folder, for this user alone.</summary>
    internal void Open() => PrivateFolder.Ensure(folder);

    internal void Try(string code)
    {
        Open();
        PrivateFile.Write(Path.Combine(folder, Test), System.Text.Encoding.ASCII.GetBytes(code));
    }

    internal void Tell(OutboxCursor cursor)
    {
        Open();
        PrivateFile.Write(CursorFile, JsonSerializer.SerializeToUtf8Bytes(cursor, OutboxShapes.Default.OutboxCursor));
    }

    /// <summary>Keeps an item until it is taken. Kept twice, it is one.</summary>
    internal void Keep(OutboxItem item)
    {
        Open();
        PrivateFile.Write(FileOf(item), JsonSerializer.SerializeToUtf8Bytes(item, OutboxShapes.Default.OutboxItem));
        Boundary.Reached("outbox: kept");
    }

    internal void Taken(OutboxItem item)
    {
        File.Delete(FileOf(item));
        DurableFile.FlushDirectory(folder);
    }

    /// <summary>What waits, the oldest first. What cannot be read is none of ours.</summary>
    internal IReadOnlyList<OutboxItem> Waiting() =>
        !Directory.Exists(folder)
            ? []
            :
            [
                .. Directory
                    .EnumerateFiles(folder, "*" + Suffix)
                    .Order(StringComparer.Ordinal)
                    .Select(static file =>
                    {
                        try
                        {
                            return TryRead(RegularFile.Read(file, MostBytes), OutboxShapes.Default.OutboxItem);
                        }
                        catch (Exception e) when (DiskFault.Is(e))
                        {
                            // Taken meanwhile by another process.
                            return null;
                        }
                    })
                    .OfType<OutboxItem>(),
            ];

    // By time, so that a folder in order is the order in which they are told.
    private string FileOf(OutboxItem item) =>
        Path.Combine(
            folder,
            string.Create(CultureInfo.InvariantCulture, $"{item.Notice.At.UtcTicks:d20}-{item.Notice.Id}-{NameOf(item.Receiver)}{Suffix}")
        );

    private static string NameOf(string receiver) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(receiver)))[..16];

    private static T? TryRead<T>(byte[] bytes, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(OutboxItem))]
[JsonSerializable(typeof(OutboxCursor))]
internal sealed partial class OutboxShapes : JsonSerializerContext;
