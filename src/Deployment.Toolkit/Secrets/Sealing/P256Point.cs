using System.Numerics;
using System.Security.Cryptography;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>Points of the curve P-256, as the 65 bytes of SEC 1's uncompressed form.</summary>
/// <remarks>
/// Platforms differ in what they check of a point that comes from outside. One that is not on the curve would tell its sender, try by
/// try, about the private key that it is multiplied with.
/// </remarks>
internal static class P256Point
{
    internal const int Size = 65;

    private const int Half = 32;
    private const byte Uncompressed = 4;

    private static readonly BigInteger Prime = Number("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF");
    private static readonly BigInteger B = Number("5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B");

    internal static bool IsOnCurve(ReadOnlySpan<byte> point)
    {
        if (point.Length != Size || point[0] != Uncompressed)
            return false;

        var x = Number(point[1..(1 + Half)]);
        var y = Number(point[(1 + Half)..]);
        if (x >= Prime || y >= Prime)
            return false;

        return (y * y - x * x * x + 3 * x - B) % Prime == 0;
    }

    /// <exception cref="CryptographicException">It is no point of the curve.</exception>
    internal static ECPoint Decode(ReadOnlySpan<byte> point) =>
        IsOnCurve(point)
            ? new ECPoint { X = point[1..(1 + Half)].ToArray(), Y = point[(1 + Half)..].ToArray() }
            : throw new CryptographicException("The public key is no point of the curve P-256.");

    internal static byte[] Encode(ECPoint point) => [Uncompressed, .. point.X!, .. point.Y!];

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static BigInteger Number(string hex) => Number(Convert.FromHexString(hex));
}
