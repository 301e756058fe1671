using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Evidence;

/// <summary>
/// A key that evidence is known by: ECDSA on P-256 over SHA-256. Whoever signs uses the key that they sign proposals of secrets with.
/// </summary>
internal sealed class EvidenceKey
{
    private const int LongestText = 4096;

    private readonly byte[] _point;

    private EvidenceKey(byte[] point)
    {
        _point = point;
        using var key = Open();
        Info = key.ExportSubjectPublicKeyInfo();
        Id = Convert.ToHexStringLower(SHA256.HashData(Info));
    }

    /// <summary>The SHA-256 of <see cref="Info"/>.</summary>
    internal string Id { get; }

    /// <summary>The SubjectPublicKeyInfo, as all other tools take it.</summary>
    internal byte[] Info { get; }

    internal string ToPem() => PemEncoding.WriteString("PUBLIC KEY", Info);

    internal static EvidenceKey Of(SigningKey key) => new(key.PublicKey);

    /// <summary>
    /// Reads a public key: <c>p256:…</c> as <c>deploy secrets key</c> shows it, PEM, or the Base64 of a SubjectPublicKeyInfo.
    /// </summary>
    /// <exception cref="DeploymentException">It is none.</exception>
    internal static EvidenceKey Parse(string text, string subject)
    {
        var trimmed = text.Trim();
        if (trimmed.StartsWith("p256:", StringComparison.Ordinal))
            return new EvidenceKey(SealedKey.ParsePublic(trimmed, subject).Signs);

        try
        {
            if (trimmed.Length <= LongestText && !trimmed.Contains("PRIVATE", StringComparison.Ordinal))
            {
                using var key = ECDsa.Create();
                if (trimmed.StartsWith("-----BEGIN", StringComparison.Ordinal))
                    key.ImportFromPem(KeyTexts.Unfolded(trimmed));
                else
                    key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(trimmed), out _);
                var parameters = key.ExportParameters(includePrivateParameters: false);
                if (
                    key.KeySize == 256
                    && parameters.Curve.Oid?.Value is null or "1.2.840.10045.3.1.7"
                    && P256Point.Encode(parameters.Q) is var point
                    && P256Point.IsOnCurve(point)
                )
                    return new EvidenceKey(point);
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException)
        {
            // Said below, without the text: somebody may have taken the private key.
        }

        throw DeploymentException.Refused(
            Codes.EvidenceKeyInvalid,
            $"{subject} is no public key of the curve P-256. Take the 'p256:…' that 'deploy secrets key' shows, or a public key in PEM."
        );
    }

    /// <summary>Whether the owner signed it, in ASN.1 as most tools write it, or as the two bare numbers.</summary>
    internal bool Verify(byte[] signed, byte[] signature)
    {
        using var key = Open();
        return key.VerifyData(
            signed,
            signature,
            HashAlgorithmName.SHA256,
            signature.Length == SigningKey.SignatureSize
                ? DSASignatureFormat.IeeeP1363FixedFieldConcatenation
                : DSASignatureFormat.Rfc3279DerSequence
        );
    }

    /// <summary>Signs, in ASN.1: what other tools verify.</summary>
    internal static byte[] Sign(SigningKey key, byte[] signed)
    {
        var pair = key.Sign(SHA256.HashData(signed));
        var half = pair.Length / 2;
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(pair.AsSpan(0, half), isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new BigInteger(pair.AsSpan(half), isUnsigned: true, isBigEndian: true));
        }

        return writer.Encode();
    }

    private ECDsa Open() => ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = P256Point.Decode(_point) });
}
