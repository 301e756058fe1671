using System.Security.Cryptography;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// HPKE of RFC 9180 in base mode: DHKEM(P-256, HKDF-SHA256) and HKDF-SHA256. Base mode seals for a public key and says nothing about
/// who sealed.
/// </summary>
internal static class Hpke
{
    private const byte Base = 0;

    /// <summary>SetupBaseS.</summary>
    /// <param name="aead">The cipher.</param>
    /// <param name="publicKey">The recipient's point.</param>
    /// <param name="info">What both sides know and has to be the same.</param>
    /// <returns>The ephemeral point that the recipient needs, and the context to seal with.</returns>
    internal static (byte[] Encapsulated, HpkeContext Context) ToSend(HpkeAead aead, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> info)
    {
        using var ephemeral = P256PrivateKey.Generate();
        return ToSend(aead, publicKey, info, ephemeral);
    }

    /// <summary>With an ephemeral key from outside: two messages under one are broken, so it is for the RFC's vectors alone.</summary>
    internal static (byte[] Encapsulated, HpkeContext Context) ToSend(
        HpkeAead aead,
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> info,
        P256PrivateKey ephemeral
    ) => (ephemeral.PublicKey, Schedule(aead, SharedSecret(ephemeral, publicKey, ephemeral.PublicKey, publicKey), info));

    /// <summary>SetupBaseR.</summary>
    /// <exception cref="CryptographicException">The encapsulated key is no point of the curve.</exception>
    internal static HpkeContext ToReceive(
        HpkeAead aead,
        P256PrivateKey privateKey,
        ReadOnlySpan<byte> encapsulated,
        ReadOnlySpan<byte> info
    ) => Schedule(aead, SharedSecret(privateKey, encapsulated, encapsulated, privateKey.PublicKey), info);

    /// <summary>Seals one message.</summary>
    internal static (byte[] Encapsulated, byte[] Box) Seal(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> associated,
        ReadOnlySpan<byte> plain
    )
    {
        var (encapsulated, context) = ToSend(HpkeAead.Aes256Gcm, publicKey, info);
        using (context)
            return (encapsulated, context.Seal(associated, plain));
    }

    /// <exception cref="CryptographicException">It was not sealed for this key with these data.</exception>
    internal static byte[] Open(
        P256PrivateKey key,
        ReadOnlySpan<byte> encapsulated,
        ReadOnlySpan<byte> info,
        ReadOnlySpan<byte> associated,
        ReadOnlySpan<byte> box
    )
    {
        using var context = ToReceive(HpkeAead.Aes256Gcm, key, encapsulated, info);
        return context.Open(associated, box);
    }

    internal static byte[] SharedSecret(
        P256PrivateKey own,
        ReadOnlySpan<byte> other,
        ReadOnlySpan<byte> encapsulated,
        ReadOnlySpan<byte> recipient
    )
    {
        var agreed = own.Agree(other);
        var pseudoRandom = HpkeKdf.Kem.Extract([], "eae_prk", agreed);
        CryptographicOperations.ZeroMemory(agreed);
        var shared = HpkeKdf.Kem.Expand(pseudoRandom, "shared_secret", [.. encapsulated, .. recipient], HpkeKdf.Size);
        CryptographicOperations.ZeroMemory(pseudoRandom);
        return shared;
    }

    private static HpkeContext Schedule(HpkeAead aead, byte[] shared, ReadOnlySpan<byte> info)
    {
        var kdf = HpkeKdf.Suite(aead);
        byte[] context = [Base, .. kdf.Extract([], "psk_id_hash", []), .. kdf.Extract([], "info_hash", info)];
        var secret = kdf.Extract(shared, "secret", []);
        CryptographicOperations.ZeroMemory(shared);
        var made = new HpkeContext(
            aead,
            kdf,
            kdf.Expand(secret, "key", context, aead.KeySize()),
            kdf.Expand(secret, "base_nonce", context, HpkeAeads.NonceSize),
            kdf.Expand(secret, "exp", context, HpkeKdf.Size)
        );
        CryptographicOperations.ZeroMemory(secret);
        return made;
    }
}
