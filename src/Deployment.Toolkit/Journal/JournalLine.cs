using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Deployment.Toolkit.Journal;

/// <summary>
/// One line of a journal: a JSON object whose last member is the SHA-256 of everything before that member. The hash is taken over the
/// bytes as they stand, so that no rule of canonical JSON is needed to check it. Before it stands the MAC, of everything before that.
/// </summary>
internal static class JournalLine
{
    internal const string NoHash = "0000000000000000000000000000000000000000000000000000000000000000";
    private const int HashLength = 64;
    private const int LongestRun = 128;

    // The journal is read by people and by nothing that would mistake it for HTML: quotes and umlauts stay as they are.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static ReadOnlySpan<byte> Begin => "{\"seq\":"u8;
    private static ReadOnlySpan<byte> MacMember => ",\"mac\":\""u8;
    private static ReadOnlySpan<byte> HashMember => ",\"hash\":\""u8;
    private static ReadOnlySpan<byte> End => "\"}"u8;

    internal static byte[] Write<T>(
        long sequence,
        DateTimeOffset time,
        long fence,
        string? run,
        string kind,
        T data,
        JsonTypeInfo<T> type,
        string previousHash,
        JournalKey? key
    )
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            writer.WriteStartObject();
            writer.WriteNumber("seq"u8, sequence);
            writer.WriteString("time"u8, time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            writer.WriteNumber("fence"u8, fence);
            if (run is not null)
                writer.WriteString("run"u8, run);
            writer.WriteString("kind"u8, kind);
            writer.WritePropertyName("data"u8);
            JsonSerializer.Serialize(writer, data, type);
            writer.WriteString("prev"u8, previousHash);
            // Of everything before it, and before the hash, so that the chain keeps it in its place.
            if (key is not null)
            {
                writer.Flush();
                writer.WriteString("mac"u8, key.Mac(buffer.WrittenSpan));
            }

            writer.WriteEndObject();
        }

        var body = buffer.WrittenSpan[..^1];
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        var line = new byte[body.Length + HashMember.Length + HashLength + End.Length + 1];
        body.CopyTo(line);
        HashMember.CopyTo(line.AsSpan(body.Length));
        Encoding.ASCII.GetBytes(hash, line.AsSpan(body.Length + HashMember.Length));
        End.CopyTo(line.AsSpan(line.Length - 1 - End.Length));
        line[^1] = (byte)'\n';
        return line;
    }

    /// <summary>What the MAC of a line that has one is taken of.</summary>
    internal static ReadOnlySpan<byte> BeforeMac(ReadOnlySpan<byte> line)
    {
        var length = line.Length - (HashMember.Length + HashLength + End.Length) - (MacMember.Length + HashLength + 1);
        return length > 0 && line[length..].StartsWith(MacMember) ? line[..length] : [];
    }

    /// <summary>The number at the beginning of a line; -1 when there is none.</summary>
    internal static long SequenceOf(ReadOnlySpan<byte> line) =>
        line.StartsWith(Begin) && Utf8Parser.TryParse(line[Begin.Length..], out long sequence, out _) ? sequence : -1;

    private static bool IsRunId(string? run) =>
        run is { Length: > 0 and <= LongestRun } && run.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>Reads a line without its end.</summary>
    /// <returns>The record, or why the line is none (a part of a sentence).</returns>
    internal static (JournalRecord? Record, string? Fault) Read(ReadOnlyMemory<byte> line)
    {
        var span = line.Span;
        var tail = HashMember.Length + HashLength + End.Length;
        if (span.Length <= tail || !span.EndsWith(End) || !span[^tail..].StartsWith(HashMember))
            return (null, "does not end with its hash");

        var hash = Encoding.ASCII.GetString(span.Slice(span.Length - End.Length - HashLength, HashLength));
        var actual = Convert.ToHexStringLower(SHA256.HashData(span[..^tail]));
        if (!string.Equals(hash, actual, StringComparison.Ordinal))
            return (null, $"was changed after it was written: it says its hash is {hash[..12]}…, its content gives {actual[..12]}…");

        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.GetProperty("data").ValueKind != JsonValueKind.Object)
                return (null, "is not a record: its data is no object");
            // Backups and lifted pins are named by it: one with a way in it would lead out of their folder.
            if (root.TryGetProperty("run", out var named) && !IsRunId(named.GetString()))
                return (null, "is not a record: its run is no id");
            return (
                new JournalRecord
                {
                    Sequence = root.GetProperty("seq").GetInt64(),
                    Time = root.GetProperty("time").GetDateTimeOffset(),
                    Fence = root.GetProperty("fence").GetInt64(),
                    Run = root.TryGetProperty("run", out var run) ? run.GetString() : null,
                    Kind = root.GetProperty("kind").GetString() ?? "",
                    Data = root.GetProperty("data").Clone(),
                    PreviousHash = root.GetProperty("prev").GetString() ?? "",
                    Hash = hash,
                    Mac = root.TryGetProperty("mac", out var mac) ? mac.GetString() : null,
                },
                null
            );
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            return (null, "is not a record: " + e.Message);
        }
    }
}
