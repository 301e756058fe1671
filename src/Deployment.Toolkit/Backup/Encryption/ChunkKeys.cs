using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Deployment.Toolkit.Backup.Encryption;

/// <summary>
/// What one message is encrypted under, as c2sp.org/chunked-encryption derives it (Cobblestone-256: SHA-512 and AES-256-GCM): a key, a
/// nonce that each chunk's number changes, and a commitment, without which one text could be made to open under two keys.
/// </summary>
internal sealed class ChunkKeys : IDisposable
{
    internal const int KeySize = 32;
    internal const int SaltSize = 24;
    internal const int CommitmentSize = 32;
    internal const int HeaderSize = SaltSize + CommitmentSize;
    internal const int TagSize = 16;
    internal const int ChunkSize = 16 * 1024;

    private const int NonceSize = 12;
    private const long MostChunks = 1L << 38;

    private static readonly byte[] s_label = [.. "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM"u8, 0];

    private readonly AesGcm _aes;
    private readonly byte[] _nonce;
    private long _chunk;

    private ChunkKeys(AesGcm aes, byte[] nonce, byte[] commitment) => (_aes, _nonce, Commitment) = (aes, nonce, commitment);

    internal byte[] Commitment { get; }

    /// <summary>Derives them.</summary>
    /// <param name="key">32 random bytes.</param>
    /// <param name="salt">24 bytes, never the same for two messages under one key.</param>
    /// <param name="context">What the message is bound to.</param>
    internal static ChunkKeys Derive(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> context)
    {
        if (key.Length != KeySize || salt.Length != SaltSize)
            throw new ArgumentException($"A key has {KeySize} bytes and a salt {SaltSize}.", nameof(key));

        Span<byte> derived = stackalloc byte[KeySize + NonceSize + CommitmentSize];
        try
        {
            Expand(key, [.. s_label, .. salt, .. context], derived);
            return new ChunkKeys(
                new AesGcm(derived[..KeySize], TagSize),
                derived.Slice(KeySize, NonceSize).ToArray(),
                derived[^CommitmentSize..].ToArray()
            );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Encrypts the next chunk; its tag follows it.</summary>
    internal void Seal(ReadOnlySpan<byte> plain, Span<byte> sealedChunk)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        Next(nonce);
        _aes.Encrypt(nonce, plain, sealedChunk[..plain.Length], sealedChunk.Slice(plain.Length, TagSize));
    }

    /// <summary>Decrypts the next chunk.</summary>
    /// <exception cref="CryptographicException">It isn't the one that was written there.</exception>
    internal void Open(ReadOnlySpan<byte> sealedChunk, Span<byte> plain)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        Next(nonce);
        _aes.Decrypt(nonce, sealedChunk[..^TagSize], sealedChunk[^TagSize..], plain[..(sealedChunk.Length - TagSize)]);
    }

    public void Dispose()
    {
        _aes.Dispose();
        CryptographicOperations.ZeroMemory(_nonce);
    }

    // RFC 5869's Expand. HKDF.Expand of .NET wants a key as long as the hash, 64 bytes, which the specification doesn't have.
    private static void Expand(ReadOnlySpan<byte> key, ReadOnlySpan<byte> info, Span<byte> output)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA512, key);
        Span<byte> block = stackalloc byte[SHA512.HashSizeInBytes];
        for (var (number, at) = ((byte)1, 0); at < output.Length; number++)
        {
            if (at > 0)
                hmac.AppendData(block);
            hmac.AppendData(info);
            hmac.AppendData([number]);
            hmac.GetHashAndReset(block);
            var count = Math.Min(block.Length, output.Length - at);
            block[..count].CopyTo(output[at..]);
            at += count;
        }

        CryptographicOperations.ZeroMemory(block);
    }

    private void Next(Span<byte> nonce)
    {
        if (_chunk >= MostChunks)
            throw new CryptographicException("The message is longer than 4 PiB.");
        _nonce.CopyTo(nonce);
        var last = nonce[^sizeof(long)..];
        BinaryPrimitives.WriteInt64BigEndian(last, BinaryPrimitives.ReadInt64BigEndian(last) ^ _chunk);
        _chunk++;
    }
}
