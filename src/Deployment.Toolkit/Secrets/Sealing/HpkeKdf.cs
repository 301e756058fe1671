using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>LabeledExtract and LabeledExpand of RFC 9180 §4 over HKDF-SHA256, for one suite.</summary>
internal sealed class HpkeKdf
{
    internal const int Size = 32;

    internal const ushort KemId = 0x0010,
        KdfId = 0x0001;

    private static readonly byte[] Version = "HPKE-v1"u8.ToArray();

    private readonly byte[] _suite;

    private HpkeKdf(byte[] suite) => _suite = suite;

    internal static HpkeKdf Kem { get; } = new([.. "KEM"u8, .. Octets(KemId)]);

    internal static HpkeKdf Suite(HpkeAead aead) => new([.. "HPKE"u8, .. Octets(KemId), .. Octets(KdfId), .. Octets((ushort)aead)]);

    internal byte[] Extract(ReadOnlySpan<byte> salt, string label, ReadOnlySpan<byte> input)
    {
        byte[] labeled = [.. Version, .. _suite, .. Encoding.ASCII.GetBytes(label), .. input];
        try
        {
            var pseudoRandom = new byte[Size];
            HKDF.Extract(HashAlgorithmName.SHA256, labeled, salt, pseudoRandom);
            return pseudoRandom;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(labeled);
        }
    }

    internal void Expand(ReadOnlySpan<byte> pseudoRandom, string label, ReadOnlySpan<byte> info, Span<byte> output) =>
        HKDF.Expand(
            HashAlgorithmName.SHA256,
            pseudoRandom,
            output,
            [.. Octets((ushort)output.Length), .. Version, .. _suite, .. Encoding.ASCII.GetBytes(label), .. info]
        );

    internal byte[] Expand(ReadOnlySpan<byte> pseudoRandom, string label, ReadOnlySpan<byte> info, int length)
    {
        var output = new byte[length];
        Expand(pseudoRandom, label, info, output);
        return output;
    }

    private static byte[] Octets(ushort number)
    {
        var octets = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, number);
        return octets;
    }
}
