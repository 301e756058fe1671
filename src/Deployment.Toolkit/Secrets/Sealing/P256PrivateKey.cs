using System.Numerics;
using System.Security.Cryptography;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>A private key of DHKEM(P-256, HKDF-SHA256), RFC 9180 §7.1.</summary>
internal sealed class P256PrivateKey : IDisposable
{
    internal const int Size = 32;

    private const int MostCandidates = 256;

    internal static readonly BigInteger Order = new(
        Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"),
        isUnsigned: true,
        isBigEndian: true
    );

    internal static readonly BigInteger HalfOrder = Order / 2;

    private readonly ECDiffieHellman _key;
    private readonly Lazy<SigningKey> _signing;

    private P256PrivateKey(ECDiffieHellman key)
    {
        _key = key;
        _signing = new Lazy<SigningKey>(DeriveSigning);
        PublicKey = P256Point.Encode(key.ExportParameters(includePrivateParameters: false).Q);
    }

    /// <summary>The same owner's key that signs; disposed with this one.</summary>
    internal SigningKey Signing => _signing.Value;

    /// <summary>The 65 bytes of the point that belongs to it.</summary>
    internal byte[] PublicKey { get; }

    internal static P256PrivateKey Generate() => new(ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>From the number itself, 32 bytes, big end first.</summary>
    /// <exception cref="CryptographicException">It is not 32 bytes, or not between 1 and the curve's order.</exception>
    internal static P256PrivateKey FromScalar(ReadOnlySpan<byte> scalar)
    {
        if (scalar.Length != Size || !IsScalar(scalar))
            throw new CryptographicException("The private key is not a number that P-256 knows.");

        var d = scalar.ToArray();
        try
        {
            return new P256PrivateKey(ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d }));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }

    /// <summary>DeriveKeyPair of RFC 9180 §7.1.3: the same input gives the same key.</summary>
    internal static P256PrivateKey Derive(ReadOnlySpan<byte> input)
    {
        Span<byte> scalar = stackalloc byte[Size];
        try
        {
            DeriveScalar(input, scalar);
            return FromScalar(scalar);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    /// <summary>The private number alone; the caller wipes it.</summary>
    internal static void DeriveScalar(ReadOnlySpan<byte> input, Span<byte> scalar)
    {
        var pseudoRandom = HpkeKdf.Kem.Extract([], "dkp_prk", input);
        try
        {
            for (var counter = 0; counter < MostCandidates; counter++)
            {
                HpkeKdf.Kem.Expand(pseudoRandom, "candidate", [(byte)counter], scalar);
                if (IsScalar(scalar))
                    return;
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pseudoRandom);
        }

        throw new CryptographicException("No private key could be derived.");
    }

    /// <exception cref="CryptographicException">It is no private key in PEM, or one of another curve.</exception>
    internal static P256PrivateKey FromPem(string pem)
    {
        var key = ECDiffieHellman.Create();
        try
        {
            key.ImportFromPem(pem);
            var parameters = key.ExportParameters(includePrivateParameters: true);
            CryptographicOperations.ZeroMemory(parameters.D);
            if (
                key.KeySize != 256
                || parameters.Curve.Oid?.Value is not (null or "1.2.840.10045.3.1.7")
                || !P256Point.IsOnCurve(P256Point.Encode(parameters.Q))
            )
                throw new CryptographicException("The key is of another curve than P-256.");
            return new P256PrivateKey(key);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
#pragma warning disable MA0054 // What the platform says may repeat a part of the text, and the text is a key.
            throw new CryptographicException("The text is no private key of the curve P-256 in PEM.");
#pragma warning restore MA0054
        }
    }

    internal string ToPem() => _key.ExportPkcs8PrivateKeyPem();

    internal P256PrivateKey Copy()
    {
        var parameters = _key.ExportParameters(includePrivateParameters: true);
        try
        {
            return new P256PrivateKey(ECDiffieHellman.Create(parameters));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parameters.D);
        }
    }

    /// <summary>The x coordinate of the shared point.</summary>
    /// <exception cref="CryptographicException">The other key is no point of the curve, or the secret is zero.</exception>
    internal byte[] Agree(ReadOnlySpan<byte> publicKey)
    {
        using var other = ECDiffieHellman.Create(
            new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = P256Point.Decode(publicKey) }
        );
        using var point = other.PublicKey;
        return EnsureNotZero(_key.DeriveRawSecretAgreement(point));
    }

    internal static byte[] EnsureNotZero(byte[] secret) =>
        secret.AsSpan().ContainsAnyExcept((byte)0) ? secret : throw new CryptographicException("The shared secret is zero.");

    public void Dispose()
    {
        _key.Dispose();
        if (_signing.IsValueCreated)
            _signing.Value.Dispose();
    }

    private SigningKey DeriveSigning()
    {
        var parameters = _key.ExportParameters(includePrivateParameters: true);
        try
        {
            return SigningKey.Derive(parameters.D);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parameters.D);
        }
    }

    private static bool IsScalar(ReadOnlySpan<byte> bytes) =>
        new BigInteger(bytes, isUnsigned: true, isBigEndian: true) is { IsZero: false } number && number < Order;
}
