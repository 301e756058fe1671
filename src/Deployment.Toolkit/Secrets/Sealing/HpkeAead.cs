using System.Security.Cryptography;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>The ciphers of RFC 9180 §7.3, by their numbers there. Each has a nonce of 12 bytes and a tag of 16.</summary>
internal enum HpkeAead : ushort
{
    Aes128Gcm = 1,
    Aes256Gcm = 2,
    ChaCha20Poly1305 = 3,
}

internal static class HpkeAeads
{
    internal const int NonceSize = 12;
    internal const int TagSize = 16;

    internal static int KeySize(this HpkeAead aead) => aead == HpkeAead.Aes128Gcm ? 16 : 32;

    internal static bool IsSupported(this HpkeAead aead) =>
        aead == HpkeAead.ChaCha20Poly1305 ? ChaCha20Poly1305.IsSupported : AesGcm.IsSupported;

    /// <summary>The ciphertext with its tag behind it.</summary>
    internal static byte[] Seal(
        this HpkeAead aead,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> associated,
        ReadOnlySpan<byte> plain
    )
    {
        var box = new byte[plain.Length + TagSize];
        var cipher = box.AsSpan(0, plain.Length);
        var tag = box.AsSpan(plain.Length);
        if (aead == HpkeAead.ChaCha20Poly1305)
        {
            using var chacha = new ChaCha20Poly1305(key);
            chacha.Encrypt(nonce, plain, cipher, tag, associated);
        }
        else
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Encrypt(nonce, plain, cipher, tag, associated);
        }

        return box;
    }

    /// <exception cref="CryptographicException">It is too short, or not what was sealed with this key, nonce and data.</exception>
    internal static byte[] Open(
        this HpkeAead aead,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> associated,
        ReadOnlySpan<byte> box
    )
    {
        if (box.Length < TagSize)
            throw new CryptographicException("The sealed bytes are shorter than their tag.");

        var plain = new byte[box.Length - TagSize];
        var cipher = box[..plain.Length];
        var tag = box[plain.Length..];
        if (aead == HpkeAead.ChaCha20Poly1305)
        {
            using var chacha = new ChaCha20Poly1305(key);
            chacha.Decrypt(nonce, cipher, tag, plain, associated);
        }
        else
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Decrypt(nonce, cipher, tag, plain, associated);
        }

        return plain;
    }
}
