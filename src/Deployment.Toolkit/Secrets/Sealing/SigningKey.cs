using System.Numerics;
using System.Security.Cryptography;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Signs headers and proposals: ECDSA on P-256 over SHA-256. Derived from the key that opens, so that one text holds both; no function
/// leads from the one to the other.
/// </summary>
internal sealed class SigningKey : IDisposable
{
    internal const int SignatureSize = 64;

    private const int Half = SignatureSize / 2;

    private static readonly byte[] Label = "deployment-toolkit/signing-key/1"u8.ToArray();

    private readonly ECDsa _key;

    private SigningKey(ECDsa key)
    {
        _key = key;
        PublicKey = P256Point.Encode(key.ExportParameters(includePrivateParameters: false).Q);
    }

    /// <summary>The 65 bytes of the point that belongs to it.</summary>
    internal byte[] PublicKey { get; }

    /// <param name="scalar">The private number of the key that opens.</param>
    internal static SigningKey Derive(ReadOnlySpan<byte> scalar)
    {
        Span<byte> input = stackalloc byte[P256PrivateKey.Size];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, scalar, input, salt: default, Label);
        var d = new byte[P256PrivateKey.Size];
        try
        {
            P256PrivateKey.DeriveScalar(input, d);
            return new SigningKey(ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d }));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
            CryptographicOperations.ZeroMemory(d);
        }
    }

    internal byte[] Sign(ReadOnlySpan<byte> hash)
    {
        var signature = _key.SignHash(hash.ToArray(), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        var s = new BigInteger(signature.AsSpan(Half), isUnsigned: true, isBigEndian: true);
        if (s <= P256PrivateKey.HalfOrder)
            return signature;

        // Of the two signatures that verify, the one with the small number is written, so that nobody can make a second text of the same
        // file.
        var small = (P256PrivateKey.Order - s).ToByteArray(isUnsigned: true, isBigEndian: true);
        signature.AsSpan(Half).Clear();
        small.CopyTo(signature.AsSpan(SignatureSize - small.Length));
        return signature;
    }

    /// <summary>Whether the owner of a public key signed that hash, in the one form that is written.</summary>
    internal static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureSize || !P256Point.IsOnCurve(publicKey))
            return false;
        if (new BigInteger(signature[Half..], isUnsigned: true, isBigEndian: true) > P256PrivateKey.HalfOrder)
            return false;

        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = P256Point.Decode(publicKey) });
        return key.VerifyHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public void Dispose() => _key.Dispose();
}
