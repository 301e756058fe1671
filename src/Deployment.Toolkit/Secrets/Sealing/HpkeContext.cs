using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// What both sides of one encapsulation share: RFC 9180 §5.2. Messages are opened in the order in which they were sealed.
/// </summary>
internal sealed class HpkeContext(HpkeAead aead, HpkeKdf kdf, byte[] key, byte[] baseNonce, byte[] exporterSecret) : IDisposable
{
    private ulong _sequence;

    internal ReadOnlySpan<byte> Key => key;

    internal ReadOnlySpan<byte> BaseNonce => baseNonce;

    internal ReadOnlySpan<byte> ExporterSecret => exporterSecret;

    internal byte[] Seal(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain) => aead.Seal(key, NextNonce(), associated, plain);

    /// <exception cref="CryptographicException">It is not the next message, or was changed.</exception>
    internal byte[] Open(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> box)
    {
        var plain = aead.Open(key, Nonce(_sequence), associated, box);
        _sequence++;
        return plain;
    }

    internal byte[] Export(ReadOnlySpan<byte> context, int length) => kdf.Expand(exporterSecret, "sec", context, length);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(exporterSecret);
    }

    private byte[] NextNonce() => Nonce(_sequence++);

    private byte[] Nonce(ulong sequence)
    {
        var nonce = baseNonce.AsSpan().ToArray();
        var tail = nonce.AsSpan(HpkeAeads.NonceSize - sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(tail, BinaryPrimitives.ReadUInt64BigEndian(tail) ^ sequence);
        return nonce;
    }
}
