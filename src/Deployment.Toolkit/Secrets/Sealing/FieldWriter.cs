using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Associated data, each field with its length in front: joined with separators, a field that holds the separator could pass for two.
/// </summary>
internal sealed class FieldWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    internal FieldWriter(string purpose) => Text(SealedFormat.Name).Text(purpose);

    internal FieldWriter Text(string? text)
    {
        text ??= "";
        var size = Encoding.UTF8.GetByteCount(text);
        Length(size);
        Encoding.UTF8.GetBytes(text, _buffer);
        return this;
    }

    internal FieldWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        Length(bytes.Length);
        _buffer.Write(bytes);
        return this;
    }

    internal FieldWriter Number(long number)
    {
        Length(sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(_buffer.GetSpan(sizeof(long)), number);
        _buffer.Advance(sizeof(long));
        return this;
    }

    /// <summary>An absent time is a field of no length.</summary>
    internal FieldWriter Time(DateTimeOffset? time) => time is { } given ? Number(given.ToUnixTimeSeconds()) : Bytes([]);

    internal ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    private void Length(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.GetSpan(sizeof(int)), length);
        _buffer.Advance(sizeof(int));
    }
}
