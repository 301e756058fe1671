using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Evidence;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Tests.Evidence;

/// <summary>Signed texts as others read and write them.</summary>
public sealed class DsseTests
{
    [Fact]
    public void The_specifications_own_example_has_its_encoding_and_verifies()
    {
        var envelope = Assert.IsType<DsseEnvelope>(DsseEnvelope.Read("""{"payload": "aGVsbG8gd29ybGQ=", "payloadType": "http://example.com/HelloWorld", "signatures": [{"keyid": "66301bbf", "sig": "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}"""u8.ToArray()));
        var key = KeyOf("46950820868899156662930047687818585632848591499744589407958293238635476079160", "5640078356564379163099075877009565129882514886557779369047442380624545832820");
        Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.UTF8.GetString(envelope.Signed));
        Assert.True(key.Verify(envelope.Signed, envelope.Signature));
        Assert.False(key.Verify(DsseEnvelope.Encode("http://example.com/HelloWorl", "d11 hello world"u8), envelope.Signature));
    }

    [Fact]
    public void Both_alphabets_are_read_and_of_each_one_text_alone()
    {
        const string line = """{"payload":"+/8=","payloadType":"t","signatures":[{"keyid":"k","sig":"-_8="}]}""";
        var envelope = Assert.IsType<DsseEnvelope>(DsseEnvelope.Read(Encoding.UTF8.GetBytes(line)));
        Assert.Equal(envelope.Payload, envelope.Signature);
        foreach (var other in (string[])[line.Replace("+/8=", "+/9=", StringComparison.Ordinal), line.Replace("+/8=", "+/8", StringComparison.Ordinal), line.Replace("+/8=", " +/8=", StringComparison.Ordinal)])
            Assert.Null(DsseEnvelope.Read(Encoding.UTF8.GetBytes(other)));
    }

    [Theory]
    [InlineData("""{"payload":"","payloadType":"t","signatures":[]}""")]
    [InlineData("""{"payload":"","payloadType":"t","signatures":[{"keyid":"k","sig":""},{"keyid":"k","sig":""}]}""")]
    [InlineData("""{"payload":"","payloadType":"t","signatures":[{"sig":""}]}""")]
    [InlineData("""{"payload":"","payload":"","payloadType":"t","signatures":[{"keyid":"k","sig":""}]}""")]
    [InlineData("""{"payload":"","payloadType":"t","signatures":[{"keyid":"k","sig":""}],"more":1}""")]
    [InlineData("""{"payload":1,"payloadType":"t","signatures":[{"keyid":"k","sig":""}]}""")]
    [InlineData("""[[[[[[[[[[[[]]]]]]]]]]]]""")]
    [InlineData("")]
    public void What_is_no_envelope_with_one_signature_and_nothing_else_is_none(string line) => Assert.Null(DsseEnvelope.Read(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Openssl_verifies_what_is_signed_here_and_here_counts_what_openssl_signs()
    {
        var folder = Directory.CreateTempSubdirectory("dtk-openssl-").FullName;
        try
        {
            using var own = SealedKey.Generate();
            var key = EvidenceKey.Of(own.Signing!);
            var envelope = EvidenceBundle.Sign(own.Signing!, "what is said"u8.ToArray());
            Write("signed", envelope.Signed);
            Write("signature", envelope.Signature);
            Write("key.pem", Encoding.ASCII.GetBytes(key.ToPem()));
            Assert.Contains("Verified OK", OpenSsl("dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "signed"), StringComparison.Ordinal);
            Assert.Equal(key.Id, Convert.ToHexStringLower(SHA256.HashData(key.Info)));

            OpenSsl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "theirs.pem");
            OpenSsl("ec", "-in", "theirs.pem", "-pubout", "-out", "theirs.pub");
            OpenSsl("dgst", "-sha256", "-sign", "theirs.pem", "-out", "theirs.sig", "signed");
            var theirs = EvidenceKey.Parse(File.ReadAllText(Path.Combine(folder, "theirs.pub")), "Theirs");
            var signature = File.ReadAllBytes(Path.Combine(folder, "theirs.sig"));
            Assert.True(theirs.Verify(envelope.Signed, signature));
            Assert.False(key.Verify(envelope.Signed, signature));
            // The two bare numbers, as .NET and DSSE's own example write them.
            Assert.True(theirs.Verify(envelope.Signed, Bare(signature)));
            Assert.Equal(theirs.Id, EvidenceKey.Parse(Convert.ToBase64String(theirs.Info), "Theirs").Id);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Write(string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(folder, name), bytes);

        string OpenSsl(params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{output} {error.Result}");
            return output;
        }
    }

    [Fact]
    public void What_is_no_public_key_of_the_curve_is_refused_and_never_repeated()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var own = SealedKey.Generate();
        foreach (var text in (string[])[other.ExportSubjectPublicKeyInfoPem(), own.Export().Reveal(), "p256:AAAA", "", "nonsense", new string('A', 100_000)])
        {
            var message = Assert.Single(Assert.Throws<DeploymentException>(() => EvidenceKey.Parse(text, "The key 'x'")).Messages);
            Assert.True(message.Text.Length < 400, message.Text);
            Assert.DoesNotContain("PRIVATE", message.Text, StringComparison.Ordinal);
        }

        Assert.Equal(EvidenceKey.Of(own.Signing!).Id, EvidenceKey.Parse(own.PublicKey!, "Own").Id);
    }

    private static EvidenceKey KeyOf(string x, string y)
    {
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(x), Y = Bytes(y) } });
        return EvidenceKey.Parse(key.ExportSubjectPublicKeyInfoPem(), "The example's key");

        static byte[] Bytes(string number)
        {
            var bytes = BigInteger.Parse(number, CultureInfo.InvariantCulture).ToByteArray(isUnsigned: true, isBigEndian: true);
            return [.. new byte[32 - bytes.Length], .. bytes];
        }
    }

    private static byte[] Bare(byte[] der)
    {
        var sequence = new System.Formats.Asn1.AsnReader(der, System.Formats.Asn1.AsnEncodingRules.DER).ReadSequence();
        return [.. Half(sequence.ReadInteger()), .. Half(sequence.ReadInteger())];

        static byte[] Half(BigInteger number)
        {
            var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
            return [.. new byte[32 - bytes.Length], .. bytes];
        }
    }
}
