using System.Security.Cryptography;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Backup.Encryption;

/// <summary>
/// Encrypts what is written to it chunk by chunk. Only when it is closed the last chunk is written, by which an end is told from a cut.
/// </summary>
internal sealed class EncryptingStream : WritingStream
{
    private readonly Stream _inner;
    private readonly ChunkKeys _keys;
    private readonly byte[] _plain = new byte[ChunkKeys.ChunkSize];
    private readonly byte[] _sealed = new byte[ChunkKeys.ChunkSize + ChunkKeys.TagSize];
    private int _length;
    private bool _isDone;

    /// <param name="inner">Where it goes; closed along.</param>
    /// <param name="key">32 random bytes.</param>
    /// <param name="context">What the message is bound to.</param>
    /// <param name="salt">A test's; else random.</param>
    internal EncryptingStream(Stream inner, ReadOnlySpan<byte> key, ReadOnlySpan<byte> context, byte[]? salt = null)
    {
        _inner = inner;
        salt ??= RandomNumberGenerator.GetBytes(ChunkKeys.SaltSize);
        _keys = ChunkKeys.Derive(key, salt, context);
        inner.Write(salt);
        inner.Write(_keys.Commitment);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = Math.Min(buffer.Length, _plain.Length - _length);
            buffer[..count].CopyTo(_plain.AsSpan(_length));
            _length += count;
            buffer = buffer[count..];
            // Only the last is shorter, if it be empty.
            if (_length == _plain.Length)
                Seal();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDone)
        {
            _isDone = true;
            try
            {
                Seal();
            }
            finally
            {
                CryptographicOperations.ZeroMemory(_plain);
                _keys.Dispose();
                _inner.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private void Seal()
    {
        _keys.Seal(_plain.AsSpan(0, _length), _sealed);
        _inner.Write(_sealed, 0, _length + ChunkKeys.TagSize);
        _length = 0;
    }
}
