using System.Security.Cryptography;

namespace Deployment.Toolkit.Backup.Encryption;

/// <summary>
/// Decrypts what it reads, chunk by chunk, and hands nothing on that was not authenticated. An end is only one where the message ends.
/// </summary>
internal sealed class DecryptingStream : Stream
{
    private readonly Stream _inner;
    private readonly ChunkKeys _keys;
    private readonly byte[] _sealed = new byte[ChunkKeys.ChunkSize + ChunkKeys.TagSize];
    private readonly byte[] _plain = new byte[ChunkKeys.ChunkSize];
    private int _at;
    private int _length;
    private bool _isAtEnd;

    private DecryptingStream(Stream inner, ChunkKeys keys) => (_inner, _keys) = (inner, keys);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Opens a message under the key that it was written under.</summary>
    /// <param name="inner">Where it lies; closed along, also when none fits.</param>
    /// <param name="keys">The keys that it may have.</param>
    /// <param name="context">What it has to be bound to.</param>
    /// <exception cref="DamagedMessageException">It is none, or none of the keys with this context is its.</exception>
    internal static DecryptingStream Open(Stream inner, IEnumerable<byte[]> keys, ReadOnlySpan<byte> context)
    {
        try
        {
            Span<byte> header = stackalloc byte[ChunkKeys.HeaderSize];
            if (inner.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
                throw Broken();
            foreach (var key in keys)
            {
                var derived = ChunkKeys.Derive(key, header[..ChunkKeys.SaltSize], context);
                if (CryptographicOperations.FixedTimeEquals(derived.Commitment, header[ChunkKeys.SaltSize..]))
                    return new DecryptingStream(inner, derived);
                derived.Dispose();
            }

            throw new DamagedMessageException(
                "none of the keys opens it: it is encrypted by another one, was altered, or is of another environment or database"
            );
        }
        catch
        {
            inner.Dispose();
            throw;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (_at == _length && !_isAtEnd)
            ReadChunk();
        var count = Math.Min(buffer.Length, _length - _at);
        _plain.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CryptographicOperations.ZeroMemory(_plain);
            _keys.Dispose();
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadChunk()
    {
        var count = _inner.ReadAtLeast(_sealed, _sealed.Length, throwOnEndOfStream: false);
        if (count < ChunkKeys.TagSize)
            throw Broken();
        try
        {
            _keys.Open(_sealed.AsSpan(0, count), _plain);
        }
        catch (CryptographicException e)
        {
            throw new DamagedMessageException("it was altered or cut off", e);
        }

        _isAtEnd = count < _sealed.Length;
        (_at, _length) = (0, count - ChunkKeys.TagSize);
    }

    private static DamagedMessageException Broken() => new("it is cut off");
}
