using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class HpkeTests
{
    private static readonly byte[] Info = "info"u8.ToArray();

    [Fact]
    public void Every_published_vector_holds()
    {
        var vectors = HpkeVectors.Find();
        Assert.SkipWhen(vectors.Count == 0, $"{HpkeVectors.File} is not on this machine; the cases of our own run all the same.");
        var (checkedMessages, checkedExports) = (0, 0);
        foreach (var vector in vectors)
        {
            var aead = (HpkeAead)vector.GetProperty("aead_id").GetInt32();
            if (!Enum.IsDefined(aead) || !aead.IsSupported()) continue;

            using var recipient = P256PrivateKey.Derive(Hex(vector, "ikmR"));
            using var ephemeral = P256PrivateKey.Derive(Hex(vector, "ikmE"));
            using var scalar = P256PrivateKey.FromScalar(Hex(vector, "skRm"));
            Assert.Equal(Hex(vector, "pkRm"), recipient.PublicKey);
            Assert.Equal(Hex(vector, "pkRm"), scalar.PublicKey);
            Assert.Equal(Hex(vector, "pkEm"), ephemeral.PublicKey);

            var (encapsulated, sender) = Hpke.ToSend(aead, recipient.PublicKey, Hex(vector, "info"), ephemeral);
            using var receiver = Hpke.ToReceive(aead, scalar, Hex(vector, "enc"), Hex(vector, "info"));
            Assert.Equal(Hex(vector, "enc"), encapsulated);
            Assert.Equal(Hex(vector, "shared_secret"), Hpke.SharedSecret(recipient, encapsulated, encapsulated, recipient.PublicKey));
            Assert.Equal(Hex(vector, "key"), sender.Key);
            Assert.Equal(Hex(vector, "base_nonce"), sender.BaseNonce);
            Assert.Equal(Hex(vector, "exporter_secret"), sender.ExporterSecret);
            foreach (var message in vector.GetProperty("encryptions").EnumerateArray())
            {
                var box = sender.Seal(Hex(message, "aad"), Hex(message, "pt"));
                Assert.Equal(Hex(message, "ct"), box);
                Assert.Equal(Hex(message, "pt"), receiver.Open(Hex(message, "aad"), box));
                checkedMessages++;
            }

            foreach (var export in vector.GetProperty("exports").EnumerateArray())
            {
                Assert.Equal(Hex(export, "exported_value"), receiver.Export(Hex(export, "exporter_context"), export.GetProperty("L").GetInt32()));
                checkedExports++;
            }

            sender.Dispose();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{checkedMessages} messages and {checkedExports} exports of {vectors.Count} vectors");
        Assert.InRange(checkedMessages, 8, int.MaxValue);
    }

    [Fact]
    public void What_is_sealed_opens_with_the_same_key_info_and_data_alone()
    {
        using var key = P256PrivateKey.Generate();
        using var other = P256PrivateKey.Generate();
        var (encapsulated, box) = Hpke.Seal(key.PublicKey, Info, "aad"u8, "plain"u8);

        Assert.Equal("plain"u8, Hpke.Open(key, encapsulated, Info, "aad"u8, box));
        Assert.ThrowsAny<CryptographicException>(() => Hpke.Open(other, encapsulated, Info, "aad"u8, box));
        Assert.ThrowsAny<CryptographicException>(() => Hpke.Open(key, encapsulated, "other"u8, "aad"u8, box));
        Assert.ThrowsAny<CryptographicException>(() => Hpke.Open(key, encapsulated, Info, "bad"u8, box));
        Assert.ThrowsAny<CryptographicException>(() => Hpke.Open(key, other.PublicKey, Info, "aad"u8, box));
    }

    [Fact]
    public void Any_flipped_bit_of_a_message_or_its_key_is_refused()
    {
        using var key = P256PrivateKey.Generate();
        var (encapsulated, box) = Hpke.Seal(key.PublicKey, Info, [], "plain"u8);
        for (var bit = 0; bit < box.Length * 8; bit++)
            Assert.ThrowsAny<CryptographicException>(() => Hpke.Open(key, encapsulated, Info, [], Flip(box, bit)));
        for (var bit = 0; bit < encapsulated.Length * 8; bit++)
            Assert.ThrowsAny<CryptographicException>(() => Hpke.Open(key, Flip(encapsulated, bit), Info, [], box));
    }

    [Fact]
    public void A_point_that_is_not_on_the_curve_is_refused()
    {
        using var key = P256PrivateKey.Generate();
        var zero = new byte[65];
        zero[0] = 4;
        var beyond = key.PublicKey.ToArray();
        Convert.FromHexString("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF").CopyTo(beyond, 1);
        var compressed = key.PublicKey.ToArray();
        compressed[0] = 2;
        foreach (var point in (byte[][])[zero, beyond, compressed, [], [4], key.PublicKey[..64], [.. key.PublicKey, 0], Flip(key.PublicKey, (64 * 8) + 7)])
        {
            Assert.False(P256Point.IsOnCurve(point));
            Assert.ThrowsAny<CryptographicException>(() => Hpke.ToReceive(HpkeAead.Aes256Gcm, key, point, Info));
            Assert.ThrowsAny<CryptographicException>(() => Hpke.ToSend(HpkeAead.Aes256Gcm, point, Info));
        }

        Assert.True(P256Point.IsOnCurve(key.PublicKey));
    }

    [Fact]
    public void A_shared_secret_of_zero_is_refused()
    {
        Assert.Throws<CryptographicException>(() => P256PrivateKey.EnsureNotZero(new byte[32]));
        Assert.Equal(1, P256PrivateKey.EnsureNotZero([0, 1])[1]);
    }

    [Fact]
    public void A_private_key_of_the_wrong_length_or_size_is_refused()
    {
        var order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        foreach (var scalar in (byte[][])[[], new byte[32], new byte[31], new byte[33], order, [.. Enumerable.Repeat((byte)0xFF, 32)]])
            Assert.Throws<CryptographicException>(() => P256PrivateKey.FromScalar(scalar));
    }

    [Fact]
    public void A_key_of_another_curve_or_none_is_refused_without_its_text()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var koblitz = TryCreate("1.3.132.0.10");
        foreach (var pem in (string?[])[other.ExportPkcs8PrivateKeyPem(), other.ExportSubjectPublicKeyInfoPem(), koblitz?.ExportPkcs8PrivateKeyPem(), "hunter2", ""])
        {
            if (pem is null) continue;
            var refusal = Assert.Throws<CryptographicException>(() => P256PrivateKey.FromPem(pem));
            Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_key_survives_its_PEM()
    {
        using var key = P256PrivateKey.Generate();
        using var read = P256PrivateKey.FromPem(key.ToPem());
        Assert.Equal(key.PublicKey, read.PublicKey);
    }

    internal static byte[] Flip(byte[] bytes, int bit)
    {
        var flipped = bytes.ToArray();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    private static ECDsa? TryCreate(string oid)
    {
        try
        {
            return ECDsa.Create(ECCurve.CreateFromValue(oid));
        }
        catch (Exception e) when (e is PlatformNotSupportedException or CryptographicException)
        {
            return null;
        }
    }

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
