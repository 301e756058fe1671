using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// The links of earlier epochs, sealed under the present key. HPKE says nothing about who sealed, so anybody who has the public keys can
/// make a file that opens. Only somebody who could open the last epoch knows its link: a host that remembers the link's hash can tell a
/// successor from a forgery.
/// </summary>
internal static class Lineage
{
    private const int LinkSize = SealedFormat.KeySize, ItemSize = sizeof(long) + LinkSize, Most = 64;

    internal static byte[] Seal(SealedFile file, DataKey key, IEnumerable<(long Epoch, byte[] Link)> links)
    {
        var kept = links.OrderBy(static link => link.Epoch).ThenBy(static link => Convert.ToHexString(link.Link), StringComparer.Ordinal)
            .DistinctBy(static link => Convert.ToHexString(link.Link)).TakeLast(Most).ToList();
        var plain = new byte[kept.Count * ItemSize];
        for (var i = 0; i < kept.Count; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(plain.AsSpan(i * ItemSize), kept[i].Epoch);
            kept[i].Link.CopyTo(plain, (i * ItemSize) + sizeof(long));
        }

        return key.Box(file.Bind("lineage").Written, plain);
    }

    /// <exception cref="CryptographicException">It was sealed under another key, or changed.</exception>
    internal static List<(long Epoch, byte[] Link)> Open(SealedFile file, DataKey key)
    {
        var plain = key.Unbox(file.Bind("lineage").Written, file.Lineage);
        if (plain.Length % ItemSize != 0) throw new CryptographicException("The lineage has a length that none has.");

        var links = new List<(long, byte[])>();
        for (var i = 0; i < plain.Length; i += ItemSize) links.Add((BinaryPrimitives.ReadInt64BigEndian(plain.AsSpan(i)), plain.AsSpan(i + sizeof(long), LinkSize).ToArray()));
        return links;
    }
}
