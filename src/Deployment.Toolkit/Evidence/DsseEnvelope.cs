using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Deployment.Toolkit.Evidence;

/// <summary>
/// A signed text, as <see href="https://github.com/secure-systems-lab/dsse">DSSE</see> has it. The bytes that the signature is of are the
/// bytes that are read: nothing is parsed before it is known whose they are.
/// </summary>
internal sealed record DsseEnvelope(string PayloadType, byte[] Payload, string KeyId, byte[] Signature)
{
    /// <summary>The type of in-toto's statements.</summary>
    internal const string InToto = "application/vnd.in-toto+json";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>What is signed: type and text with their lengths, so that neither can pass for a part of the other.</summary>
    internal static byte[] Encode(string payloadType, ReadOnlySpan<byte> payload)
    {
        var type = Encoding.UTF8.GetBytes(payloadType);
        var head = Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type.Length} {payloadType} {payload.Length} ")
        );
        return [.. head, .. payload];
    }

    internal byte[] Signed => Encode(PayloadType, Payload);

    /// <summary>One line, without its end.</summary>
    internal byte[] ToLine()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteBase64String("payload", Payload);
            json.WriteString("payloadType", PayloadType);
            json.WriteStartArray("signatures");
            json.WriteStartObject();
            json.WriteString("keyid", KeyId);
            json.WriteBase64String("sig", Signature);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Reads a line; <see langword="null"/> when it is no envelope with one signature.</summary>
    /// <remarks>What is ignored can be changed without anybody's notice, so nothing is.</remarks>
    internal static DsseEnvelope? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            var root = document.RootElement;
            var signatures = root.GetProperty("signatures");
            if (root.GetPropertyCount() != 3 || signatures.GetArrayLength() != 1 || signatures[0].GetPropertyCount() != 2)
                return null;

            var (payload, signature) = (Bytes(root.GetProperty("payload")), Bytes(signatures[0].GetProperty("sig")));
            return payload is null || signature is null
                ? null
                : new DsseEnvelope(
                    root.GetProperty("payloadType").GetString() ?? "",
                    payload,
                    signatures[0].GetProperty("keyid").GetString() ?? "",
                    signature
                );
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    // Either alphabet, but of each one the only text of those bytes.
    private static byte[]? Bytes(JsonElement element)
    {
        var text = (element.GetString() ?? "").Replace('-', '+').Replace('_', '/');
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) && Convert.ToBase64String(bytes, 0, written) == text
            ? bytes[..written]
            : null;
    }
}
