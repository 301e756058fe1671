using System.Text;
using System.Text.Json;
using Deployment.Toolkit.Evidence;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Tests.Evidence;

/// <summary>A bundle is taken whole and as it was written, or not at all.</summary>
public sealed class EvidenceBundleTests : IDisposable
{
    private readonly SealedKey _key = SealedKey.Generate();
    private readonly SealedKey _other = SealedKey.Generate();

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void What_was_written_is_read_and_what_others_read_of_it_is_what_in_toto_names()
    {
        var bytes = Write(tests: 2);
        var (run, key, fault) = EvidenceBundle.Read(bytes, Keys);
        Assert.Null(fault);
        Assert.Equal(("Staging", "1.4.0", 17L), (run!.Environment.Name, run.Release.Version, run.Journal.Sequence));
        Assert.Equal(Keys[1].Id, key!.Id);

        var statements = Lines(bytes).Select(line => JsonDocument.Parse(DsseEnvelope.Read(line)!.Payload).RootElement).ToList();
        Assert.Equal(
            [StatementTypes.Run, "https://in-toto.io/attestation/svr/v0.2", "https://in-toto.io/attestation/test-result/v0.1", "https://in-toto.io/attestation/test-result/v0.1"],
            statements.Select(static statement => statement.GetProperty("predicateType").GetString()!));
        Assert.All(statements, static statement =>
        {
            Assert.Equal("https://in-toto.io/Statement/v1", statement.GetProperty("_type").GetString());
            Assert.Equal("9fceb02d0ae598e95dc970b74767f19372d61af8", statement.GetProperty("subject")[0].GetProperty("digest").GetProperty("gitCommit").GetString());
        });
        Assert.Equal(["DEPLOYMENT_VERIFIED_Staging", "DEPLOYMENT_SOAKED_72H"], statements[1].GetProperty("predicate").GetProperty("properties").EnumerateArray().Select(static one => one.GetString()!));
        Assert.Equal("PASSED", statements[2].GetProperty("predicate").GetProperty("result").GetString());
        Assert.Equal(("FAILED", "pays"), (statements[3].GetProperty("predicate").GetProperty("result").GetString(), statements[3].GetProperty("predicate").GetProperty("failedTests")[0].GetString()));
    }

    [Fact]
    public void No_bit_of_it_can_be_changed()
    {
        var bytes = Write(tests: FullRun.Times(0, full: 1));
        var step = FullRun.Times(7, full: 1);
        var changed = 0;
        for (var bit = 0; bit < bytes.Length * 8; bit += step)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(EvidenceBundle.Read(bytes, Keys).Fault is not null, $"Bit {bit % 8} of byte {bit / 8} was changed: {Encoding.UTF8.GetString(bytes)}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            changed++;
        }

        Assert.True(changed > 2000);
        Assert.Null(EvidenceBundle.Read(bytes, Keys).Fault);
    }

    [Fact]
    public void No_part_of_it_is_it_and_no_line_of_it_can_be_taken_out_doubled_moved_or_added()
    {
        var bytes = Write(tests: 2);
        for (var length = 0; length < bytes.Length; length += FullRun.Times(31, full: 1))
            Assert.NotNull(EvidenceBundle.Read(bytes[..length], Keys).Fault);

        var lines = Lines(bytes);
        var foreign = Lines(Write(tests: 1, sequence: 18));
        List<byte[][]> all = [[.. lines, foreign[1]], [.. lines, lines[^1]], [foreign[0], .. lines[1..]], [.. lines.Reverse()], [.. lines, []]];
        for (var i = 0; i < lines.Length; i++)
        {
            all.Add([.. lines[..i], .. lines[(i + 1)..]]);
            if (i > 0) all.Add([.. lines[..(i - 1)], lines[i], lines[i - 1], .. lines[(i + 1)..]]);
        }

        Assert.All(all, order => Assert.NotNull(EvidenceBundle.Read(Join(order), Keys).Fault));
        Assert.Null(EvidenceBundle.Read(Join(lines), Keys).Fault);
    }

    [Fact]
    public void Only_trusted_keys_count_and_one_signs_all_of_it()
    {
        var bytes = Write(tests: 1);
        Assert.NotNull(EvidenceBundle.Read(bytes, []).Fault);
        Assert.NotNull(EvidenceBundle.Read(bytes, [EvidenceKey.Of(_other.Signing!)]).Fault);

        // Each line is signed by somebody who is trusted, and no one vouches for the whole.
        var (lines, mixed) = (Lines(bytes), Lines(Write(tests: 1, key: _other)));
        Assert.NotNull(EvidenceBundle.Read(Join([lines[0], .. mixed[1..]]), Keys).Fault);
    }

    [Fact]
    public void What_names_another_subject_than_it_is_about_is_refused()
    {
        var first = DsseEnvelope.Read(Lines(Write(tests: 0))[0])!;
        var text = Encoding.UTF8.GetString(first.Payload);
        foreach (var (part, other) in (ReadOnlySpan<(string, string)>)[("\"version\":\"1.4.0\"", "\"version\":\"1.4.1\""), ("deployment-run/v1", "deployment-run/v2"), ("in-toto.io/Statement/v1", "in-toto.io/Statement/v0.1"), ("\"planHash\":", "\"planHash\":\"\",\"plan\":")])
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
            var signed = EvidenceBundle.Sign(_key.Signing!, Encoding.UTF8.GetBytes(text.Replace(part, other, StringComparison.Ordinal)));
            Assert.NotNull(EvidenceBundle.Read(Join([signed.ToLine(), .. Lines(Write(tests: 0))[1..]]), Keys).Fault);
        }
    }

    private IReadOnlyList<EvidenceKey> Keys => [EvidenceKey.Of(_other.Signing!), EvidenceKey.Of(_key.Signing!)];

    private byte[] Write(int tests, long sequence = 17, SealedKey? key = null)
    {
        var now = new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
        var run = new RunPredicate(
            new EvidenceEnvironment("Staging", new string('a', 64)), new EvidenceRelease("1.4.0", "9fceb02d0ae598e95dc970b74767f19372d61af8"), "20261121-034351-7f3a", new string('b', 64),
            now.AddDays(-4), now.AddDays(-3), now, now.AddDays(14), new EvidenceHead(new string('c', 64), sequence), ["0001"], [],
            [.. Enumerable.Range(0, tests).Select(i => new EvidenceTests($"suite{i}", i == 0, "told", "trx", 3, i, 0, now.AddDays(-4), new string('d', 64)))], [])
        {
            Migrations = [new EvidenceMigration("0001", "sha256-v1:00", "sha256-v1:01")],
        };
        return EvidenceBundle.Write((key ?? _key).Signing!, run, [.. Enumerable.Range(0, tests).Select(static i => i == 0 ? null : (IReadOnlyList<string>)["pays"])]);
    }

    private static byte[][] Lines(byte[] bytes) => [.. Encoding.UTF8.GetString(bytes).TrimEnd('\n').Split('\n').Select(Encoding.UTF8.GetBytes)];

    private static byte[] Join(IEnumerable<byte[]> lines) => [.. lines.SelectMany(static line => line.Append((byte)'\n'))];
}
