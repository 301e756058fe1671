using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// A value with its length in front and zeros behind, so that its sealed size tells its length in steps of 32 bytes alone.
/// </summary>
internal static class PaddedValue
{
    internal static int LongestPadded => Padded(SealedFormat.LongestValue);

    // Replacing what is no UTF-16 would silently seal another value than was given.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static bool Fits(Secret value)
    {
        try
        {
            return Strict.GetByteCount(value.Reveal()) <= SealedFormat.LongestValue;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>The caller wipes what it gets.</summary>
    internal static byte[] Pad(Secret value)
    {
        var text = value.Reveal();
        var size = Strict.GetByteCount(text);
        var padded = new byte[Padded(size)];
        BinaryPrimitives.WriteInt32BigEndian(padded, size);
        Strict.GetBytes(text, padded.AsSpan(sizeof(int)));
        return padded;
    }

    /// <summary>Reads and wipes it.</summary>
    /// <exception cref="CryptographicException">It was not padded so.</exception>
    internal static Secret Unpad(byte[] padded)
    {
        try
        {
            var size = padded.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32BigEndian(padded);
            if (
                size < 0
                || size > SealedFormat.LongestValue
                || padded.Length != Padded(size)
                || padded.AsSpan(sizeof(int) + size).ContainsAnyExcept((byte)0)
            )
                throw new CryptographicException("The value is not padded as it should be.");
            return new Secret(Strict.GetString(padded, sizeof(int), size));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(padded);
        }
    }

    private static int Padded(int size) => (sizeof(int) + size + SealedFormat.Bucket - 1) / SealedFormat.Bucket * SealedFormat.Bucket;
}
