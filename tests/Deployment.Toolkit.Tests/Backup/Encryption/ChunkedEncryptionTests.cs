using System.Security.Cryptography;
using Deployment.Toolkit.Backup.Encryption;

namespace Deployment.Toolkit.Tests.Backup.Encryption;

/// <summary>c2sp.org/chunked-encryption, as Cobblestone-256 has it.</summary>
public sealed class ChunkedEncryptionTests
{
    private const int Header = 56;
    private const int Chunk = 16384;
    private const int Tag = 16;

    private static readonly byte[] s_key = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];
    private static readonly byte[] s_salt = [.. Enumerable.Range(0, 24).Select(static i => (byte)i)];

    // By the specification's formulas over another implementation of HKDF-Expand and AES-256-GCM (Python's cryptography 48): key 00…1f, salt 00…17, context "test".
    [Theory]
    [InlineData(0, "b60cca44a3dfa5d2ddb86f1c946548e7cd8635f9e2758e91810d24a30645a8a0")]
    [InlineData(1, "454da5062b123bd4ece8d3e059b66861e8d34f5d8fc92faf87d2f29f54e3cb71")]
    [InlineData(11, "269c96a5e2b9bef2115b6d9db078ef096a6338f4f0c190584205af5acc2e688f")]
    [InlineData(16383, "79a52729f1022740d49ea07f7f691c7f7e734f7e7e1f952005e0d80a16fec87e")]
    [InlineData(16384, "b27c912545512832b05b2e7cb9b77c7e9ed89b42c559e678060e7c40380e98f9")]
    [InlineData(16385, "63fc107529002429c8f442e07abaacbbe61b23169facc0d0bc56b876752563e8")]
    [InlineData(40000, "0e8db1ceb162df29862ae28da070baaae6947a54ed3dc9195efe94f8a54c3d28")]
    public void It_writes_what_the_specification_says(int length, string sha256)
    {
        var message = Message(length);
        var written = Encrypt(message, s_salt);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(written)));
        Assert.Equal(Header + length + Tag * (length / Chunk + 1), written.Length);
        Assert.Equal(message, Decrypt(written));
    }

    [Fact]
    public void The_commitment_is_the_one_that_the_specification_derives()
    {
        var written = Encrypt([], s_salt);
        Assert.Equal("9eef4f582fef0697f9dcfab371dd215d6e1fd88f8b8361d49b0f82baa1f7a943", Convert.ToHexStringLower(written[24..56]));
        Assert.Equal("12a5bbafed0b26efb667c3f938cf1e61", Convert.ToHexStringLower(written[56..]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(97)]
    public void Every_bit_counts(int length)
    {
        var written = Encrypt(Message(length));
        for (var bit = 0; bit < written.Length * 8; bit++)
        {
            var altered = written.ToArray();
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            Refused(altered, $"bit {bit}");
        }
    }

    [Fact]
    public void Every_byte_counts_also_behind_the_first_chunk()
    {
        var written = Encrypt(Message(Chunk + 300));
        for (var at = 0; at < written.Length; at += at is > Header and < Header + Chunk ? 37 : 1)
        {
            var altered = written.ToArray();
            altered[at] ^= (byte)(1 << (at % 8));
            Refused(altered, $"byte {at}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(97)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 97)]
    public void Every_cut_is_refused(int length)
    {
        var written = Encrypt(Message(length));
        for (var to = 0; to < written.Length; to += length > Chunk && to > Header && to < Chunk - 50 ? 41 : 1)
            Refused(written[..to], $"cut to {to}");
    }

    [Fact]
    public void Chunks_are_where_they_were_written_and_none_is_added()
    {
        var written = Encrypt(Message(3 * Chunk + 5));
        const int Sealed = Chunk + Tag;
        byte[] Of(int chunk) => written[(Header + chunk * Sealed)..Math.Min(written.Length, Header + (chunk + 1) * Sealed)];
        byte[] With(params int[] chunks) => [.. written[..Header], .. chunks.SelectMany(Of)];
        Assert.Equal(Message(3 * Chunk + 5), Decrypt(With(0, 1, 2, 3)));
        foreach (var order in (int[][])[[1, 0, 2, 3], [0, 2, 1, 3], [0, 1, 3], [0, 1, 2], [0, 0, 1, 2, 3], [3], [0, 1, 2, 2, 3], [0, 1, 2, 3, 3]])
            Refused(With(order), string.Join(' ', order));
        var other = Encrypt(Message(3 * Chunk + 5));
        Refused([.. written[..Header], .. other[Header..]], "of another message");
    }

    [Fact]
    public void Another_key_and_another_context_open_nothing_and_an_older_key_does()
    {
        var written = Encrypt(Message(100));
        var other = RandomNumberGenerator.GetBytes(32);
        Assert.Throws<DamagedMessageException>(() => Decrypt(written, keys: [other]));
        Assert.Throws<DamagedMessageException>(() => Decrypt(written, context: "tess"));
        Assert.Throws<DamagedMessageException>(() => Decrypt(written, context: ""));
        Assert.Equal(Message(100), Decrypt(written, keys: [other, s_key]));
    }

    [Fact]
    public void No_two_messages_are_written_alike() => Assert.NotEqual(Encrypt(Message(10)), Encrypt(Message(10)));

    [Fact]
    public void Contexts_that_read_alike_are_not_the_same_bytes()
    {
        var at = DateTimeOffset.UnixEpoch;
        BackupContext[] all =
        [
            new("Production", "content", ["1", "2"], at), new("Production", "content", ["12"], at), new("Production", "content1", ["2"], at), new("Productionc", "ontent", ["1", "2"], at),
            new("Production", "content", ["1", "2"], at.AddTicks(1)), new("Production", "content", ["2", "1"], at), new("Production", "content", [], at),
        ];
        Assert.Equal(2 * all.Length, all.SelectMany(static one => (string[])[Convert.ToHexString(one.ToBytes("file")), Convert.ToHexString(one.ToBytes("contents"))]).Distinct().Count());
    }

    private static byte[] Message(int length) => [.. Enumerable.Range(0, length).Select(static i => (byte)(i * 13 + 5))];

    private static byte[] Encrypt(byte[] message, byte[]? salt = null)
    {
        using var written = new MemoryStream();
        using (var stream = new EncryptingStream(written, s_key, "test"u8, salt))
        {
            // In pieces of every size.
            for (var (at, size) = (0, 1); at < message.Length; at += size, size = size * 3 % 7001)
                stream.Write(message, at, Math.Min(size, message.Length - at));
        }

        return written.ToArray();
    }

    private static byte[] Decrypt(byte[] written, byte[][]? keys = null, string context = "test")
    {
        using var stream = DecryptingStream.Open(new MemoryStream(written), keys ?? [s_key], System.Text.Encoding.UTF8.GetBytes(context));
        using var read = new MemoryStream();
        stream.CopyTo(read, 1000);
        return read.ToArray();
    }

    private static void Refused(byte[] written, string how)
    {
        try
        {
            Decrypt(written);
        }
        catch (DamagedMessageException)
        {
            return;
        }

        Assert.Fail($"{how} was taken");
    }
}
