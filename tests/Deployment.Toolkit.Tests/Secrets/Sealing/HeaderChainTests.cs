using System.Numerics;
using System.Security.Cryptography;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class HeaderChainTests
{
    [Fact]
    public async Task Headers_taken_out_reordered_doubled_or_replayed_are_refused()
    {
        using var folder = await LongAsync();
        var text = folder.Text;
        var headers = text.Split('\n').Where(static line => line.Contains("\"signature\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(4, headers.Count);
        for (var i = 0; i < headers.Count; i++)
        {
            Refused(folder, Replaced(text, headers, [.. headers.Where((_, at) => at != i)]));
            Refused(folder, Replaced(text, headers, [.. headers, headers[i]]));
            for (var j = i + 1; j < headers.Count; j++)
            {
                var swapped = headers.ToList();
                (swapped[i], swapped[j]) = (swapped[j], swapped[i]);
                Refused(folder, Replaced(text, headers, swapped));
            }
        }

        // The chain cut back to where bob was a recipient, under the seal of today and with the recipients of then.
        Refused(folder, Replaced(text, headers, headers[..2]));
    }

    [Fact]
    public async Task Headers_of_another_file_or_environment_are_refused()
    {
        using var folder = await LongAsync();
        using var other = await SealedFolder.CreateAsync();
        var foreign = Read(other).Chain.Root.Header;
        var own = Read(folder);
        Assert.Equal(0, HeaderChain.Read(own.Id, own.Environment, [foreign]).FindUnsigned());
        Assert.Equal(0, HeaderChain.Read(own.Id, "Staging", [own.Chain.Root.Header]).FindUnsigned());
        Assert.Null(HeaderChain.Read(own.Id, own.Environment, [own.Chain.Root.Header]).FindUnsigned());
    }

    [Fact]
    public async Task Every_part_of_a_header_is_signed()
    {
        using var folder = await LongAsync();
        var own = Read(folder);
        var headers = own.Chain.States.Select(static state => state.Header).ToList();
        var last = headers[^1];
        var zeros = new byte[32];
        foreach (var changed in (SealedHeader[])
        [
            last with { Epoch = last.Epoch + 1 },
            last with { Commitment = zeros },
            last with { DevelopmentKey = "mine.key" },
            last with { By = "carol" },
            last with { Proposers = [new Proposer("mallory", folder.Bob.Signing!.PublicKey)] },
            last with { Added = [.. last.Added, folder.Bob.ToRecipient("dave")] },
            last with { Removed = ["carol"] },
            last with { Signature = new byte[64] },
            last with { Signature = headers[0].Signature },
        ])
        {
            try
            {
                Assert.Equal(headers.Count - 1, HeaderChain.Read(own.Id, own.Environment, [.. headers[..^1], changed]).FindUnsigned());
            }
            catch (FormatException)
            {
                // It does not even hold together.
            }
        }
    }

    [Fact]
    public async Task A_branch_that_nobody_joined_cannot_stand_in_a_file()
    {
        using var folder = await LongAsync();
        var own = Read(folder);
        var aside = own.Chain.Append(own.Header with { By = "alice" }, own.Recipients, folder.Alice.Signing!).Head.Header;
        var twin = own.Chain.Append(own.Header with { By = "alice", DevelopmentKey = "x" }, own.Recipients, folder.Alice.Signing!).Head.Header;
        var refusal = Assert.Throws<FormatException>(() => HeaderChain.Read(own.Id, own.Environment, [.. own.Chain.States.Select(static state => state.Header), aside, twin]));
        Assert.Contains("is followed by none", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_epoch_does_not_go_back_and_one_epoch_has_one_data_key()
    {
        using var folder = await LongAsync();
        var own = Read(folder);
        foreach (var (epoch, commitment) in ((long, byte[])[])[(1, own.Header.Commitment), (own.Epoch, new byte[32]), (own.Epoch + 1, own.Header.Commitment)])
        {
            var chain = own.Chain.Append(own.Header with { Epoch = epoch, Commitment = commitment, By = "alice" }, own.Recipients, folder.Alice.Signing!);
            Assert.Throws<FormatException>(() => HeaderChain.Read(own.Id, own.Environment, [.. chain.States.Select(static state => state.Header)]));
        }
    }

    [Fact]
    public void A_signature_has_one_form()
    {
        using var key = P256PrivateKey.Generate();
        for (var i = 0; i < 50; i++)
        {
            var hash = RandomNumberGenerator.GetBytes(32);
            var signature = key.Signing.Sign(hash);
            Assert.True(SigningKey.Verify(key.Signing.PublicKey, hash, signature));
            var s = new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true);
            var twin = signature.ToArray();
            var large = (P256PrivateKey.Order - s).ToByteArray(isUnsigned: true, isBigEndian: true);
            twin.AsSpan(32).Clear();
            large.CopyTo(twin.AsSpan(64 - large.Length));
            // Plain ECDSA takes it.
            using var plain = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = P256Point.Decode(key.Signing.PublicKey) });
            Assert.True(plain.VerifyHash(hash, twin, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
            Assert.False(SigningKey.Verify(key.Signing.PublicKey, hash, twin));
            Assert.False(SigningKey.Verify(key.PublicKey, hash, signature));
            Assert.False(SigningKey.Verify(key.Signing.PublicKey, hash, new byte[64]));
        }
    }

    [Fact]
    public async Task More_headers_than_there_may_be_are_refused_before_one_is_verified()
    {
        using var folder = await SealedFolder.CreateAsync();
        var own = Read(folder);
        Assert.Throws<FormatException>(() => HeaderChain.Read(own.Id, own.Environment, [.. Enumerable.Repeat(own.Header, SealedFormat.MostHeaders + 1)]));
    }

    /// <summary>Made by alice; bob joined, and was removed again; carol joined.</summary>
    private static async Task<SealedFolder> LongAsync()
    {
        var folder = await SealedFolder.CreateAsync("Key");
        using var carol = Deployment.Toolkit.Secrets.SealedKey.GenerateRaw();
        await folder.ByAlice.AddRecipientAsync("bob", folder.Bob, CancellationToken.None);
        await folder.ByAlice.RemoveRecipientAsync("bob", CancellationToken.None);
        await folder.ByAlice.AddRecipientAsync("carol", carol, CancellationToken.None);
        return folder;
    }

    private static SealedFile Read(SealedFolder folder) => SealedFileReader.Read(File.ReadAllBytes(folder.Path), folder.Path);

    private static string Replaced(string text, List<string> from, IReadOnlyList<string> to)
    {
        var section = string.Join('\n', from);
        var lines = to.Select(static line => line.TrimEnd(',')).ToList();
        return text.Replace(section, string.Join(",\n", lines), StringComparison.Ordinal);
    }

    private static void Refused(SealedFolder folder, string text)
    {
        Assert.NotEqual(folder.Text, text);
        var message = SealedFolder.Refusal(() =>
        {
            using var opened = OpenedFile.Open(SealedFileReader.Read(SealedFolder.Bytes(text), folder.Path), folder.Path, "Production", KeyRing.Of(folder.Alice));
        });
        Assert.Contains(message.Code, (string[])["DTK7701", "DTK7702", "DTK7720"]);
    }
}
