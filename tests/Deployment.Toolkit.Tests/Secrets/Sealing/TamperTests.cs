using System.Text;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class TamperTests
{
    private static readonly string[] Names = ["Alpha", "Beta"];

    [Fact]
    public async Task A_flipped_bit_anywhere_in_a_file_is_refused()
    {
        using var folder = await WholeAsync();
        var bytes = await File.ReadAllBytesAsync(folder.Path);
        var codes = new HashSet<string>(StringComparer.Ordinal);
        for (var bit = 0; bit < Sealed(bytes) * 8; bit += FullRun.Times(5, full: 1)) codes.Add(Refused(folder, HpkeTests.Flip(bytes, bit), $"bit {bit}").Code);

        TestContext.Current.TestOutputHelper?.WriteLine($"bits of {Sealed(bytes)} bytes, refused with {string.Join(", ", codes.Order(StringComparer.Ordinal))}");
        Assert.Equal(["DTK7701", "DTK7702", "DTK7720", "DTK7726"], codes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_cut_off_anywhere_is_refused()
    {
        using var folder = await WholeAsync();
        var bytes = await File.ReadAllBytesAsync(folder.Path);
        for (var length = 0; length < bytes.Length; length++) Assert.Equal("DTK7701", Refused(folder, bytes[..length], $"{length} bytes").Code);
        Assert.Equal("DTK7701", Refused(folder, [.. bytes, (byte)'\n'], "one more").Code);
    }

    [Fact]
    public async Task Every_line_taken_out_doubled_or_swapped_is_refused()
    {
        using var folder = await WholeAsync();
        var lines = folder.Text.Split('\n');
        var end = Array.IndexOf(lines, "  \"proposals\": [");
        for (var i = 0; i < end; i++)
        {
            Refused(folder, [.. lines[..i], .. lines[(i + 1)..]], $"without line {i + 1}");
            Refused(folder, [.. lines[..(i + 1)], lines[i], .. lines[(i + 1)..]], $"line {i + 1} twice");
            for (var j = i + 1; j < lines.Length - 1; j++)
            {
                if (lines[i] == lines[j]) continue;
                var swapped = lines.ToArray();
                (swapped[i], swapped[j]) = (swapped[j], swapped[i]);
                Refused(folder, swapped, $"lines {i + 1} and {j + 1} swapped");
            }
        }
    }

    [Fact]
    public async Task A_secret_taken_out_cleanly_is_told_from_a_changed_one()
    {
        using var folder = await SealedFolder.CreateAsync("Alpha", "Beta", "Gamma");
        var text = folder.Text;
        var beta = Line(text, "Beta");
        Assert.Contains("a line was taken out", Refused(folder, text.Replace(beta + "\n", "", StringComparison.Ordinal)).Text, StringComparison.Ordinal);

        var moved = text.Replace(Box(beta), Box(Line(text, "Alpha")), StringComparison.Ordinal);
        Assert.Contains("secret 'Beta' version 1 is not as it was sealed", Refused(folder, moved).Text, StringComparison.Ordinal);
        Assert.Contains("secret 'Betb' version 1 is not as it was sealed", Refused(folder, text.Replace("\"Beta\"", "\"Betb\"", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_extended_expiry_an_earlier_begin_and_a_revived_version_are_refused()
    {
        using var folder = await SealedFolder.CreateAsync();
        await folder.ByAlice.SetAsync("Key", new Secret("one"), new SealedValidity
        {
            NotBefore = SealedFolder.Start.AddHours(-1),
            ExpiresAt = SealedFolder.Start.AddHours(1),
        }, CancellationToken.None);
        await folder.ByAlice.RotateAsync("Key", new Secret("two"), TimeSpan.FromMinutes(5), SealedFolder.Always, CancellationToken.None);
        var text = folder.Text;

        Assert.Contains("secret 'Key' version 1", Refused(folder, text.Replace("2026-01-01T12:05:00Z", "2036-01-01T12:05:00Z", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        Assert.Contains("secret 'Key' version 1", Refused(folder, text.Replace("2026-01-01T11:00:00Z", "2025-01-01T11:00:00Z", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        Assert.Contains("secret 'Key' version 1", Refused(folder, text.Replace(", \"expires\": \"2026-01-01T12:05:00Z\"", "", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        // The new version's line is taken out and the old one made current again.
        var revived = text.Replace(Line(text, "Key", 2) + "\n", "", StringComparison.Ordinal).Replace("\"previous\"", "\"current\"", StringComparison.Ordinal).Replace("},\n  ],", "}\n  ],", StringComparison.Ordinal);
        Assert.Contains("secret 'Key' version 1 is not as it was sealed", Refused(folder, revived).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_from_an_earlier_state_of_the_file_is_refused()
    {
        using var folder = await SealedFolder.CreateAsync("Key", "Other");
        var before = folder.Text;
        await folder.ByAlice.SetAsync("Other", new Secret("new"), SealedFolder.Always, CancellationToken.None);
        var replayed = folder.Text.Replace(Line(folder.Text, "Other"), Line(before, "Other"), StringComparison.Ordinal);

        Assert.Contains("put back from an earlier state", Refused(folder, replayed).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_from_another_file_or_epoch_is_refused()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var old = Line(folder.Text, "Key");
        await folder.ByAlice.RekeyAsync(CancellationToken.None);
        Assert.Contains("secret 'Key' version 1 is not as it was sealed", Refused(folder, folder.Text.Replace(Line(folder.Text, "Key"), old, StringComparison.Ordinal)).Text, StringComparison.Ordinal);

        var other = folder.By(folder.Alice, path: folder["other.json"]);
        await other.InitializeAsync("alice", folder.Alice, null, CancellationToken.None);
        await other.SetAsync("Key", new Secret("theirs"), SealedFolder.Always, CancellationToken.None);
        Assert.Contains("secret 'Key' version 1 is not as it was sealed", Refused(folder, folder.Text.Replace(Line(folder.Text, "Key"), Line(await File.ReadAllTextAsync(other.Path), "Key"), StringComparison.Ordinal)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipients_line_from_another_file_is_refused()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var other = folder.By(folder.Alice, path: folder["other.json"]);
        await other.InitializeAsync("alice", folder.Alice, null, CancellationToken.None);
        var theirs = (await File.ReadAllTextAsync(other.Path)).Split('\n').Single(static line => line.Contains("wrappedKey", StringComparison.Ordinal));
        var ours = folder.Text.Split('\n').Single(static line => line.Contains("wrappedKey", StringComparison.Ordinal));

        Assert.Contains("the line of recipient 'alice' does not open", Refused(folder, folder.Text.Replace(ours, theirs, StringComparison.Ordinal)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_for_another_environment_is_refused_also_when_it_says_otherwise()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var staging = folder["secrets.Staging.json"];
        File.Copy(folder.Path, staging);
        Assert.Contains("was made for environment 'Production', not for 'Staging'", SealedFolder.Refusal(() => folder.By(folder.Alice, "Staging", staging).Get("Key")).Text, StringComparison.Ordinal);

        await File.WriteAllTextAsync(staging, folder.Text.Replace("Production", "Staging", StringComparison.Ordinal));
        Assert.Contains("or the file's id or environment, was changed. Do not write into it", SealedFolder.Refusal(() => folder.By(folder.Alice, "Staging", staging).Get("Key")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"epoch\": 1", "\"epoch\": 2", "its first header is not signed by the recipient that it names")]
    [InlineData("\"name\": \"alice\"", "\"name\": \"mallory\"", "its first header is not signed")]
    [InlineData("\"kind\": \"p256\"", "\"kind\": \"raw\"", "its first header is not signed")]
    [InlineData(", \"added\": [", ", \"developmentKey\": \"mine.key\", \"added\": [", "its first header is not signed")]
    [InlineData("\"epoch\": 1,", "\"epoch\": 1.0,", "'epoch' is missing or not between 1 and 1000000")]
    [InlineData("\"epoch\": 1,", "\"epoch\": 1000001,", "'epoch' is missing or not between 1 and 1000000")]
    [InlineData("\"epoch\": 1,", "\"epoch\": 9223372036854775807,", "'epoch' is missing or not between 1 and 1000000")]
    [InlineData("\"version\": 1,", "\"version\": 9223372036854775807,", "'version' is missing or not between 1 and 1000000000")]
    [InlineData("\"epoch\": 1,", "\"epoch\": 01,", "is not readable as JSON at line 6")]
    [InlineData("\"epoch\": 1,", "\"epoch\":  1,", "is not as it was written, from line 6, column 16 on")]
    [InlineData("\"epoch\": 1,", "\"epoch\": 1, \"extra\": 1,", "is not as it was written, from line 6, column 20 on")]
    [InlineData("\"epoch\": 1,", "\"epoch\": 1, \"epoch\": 1,", "is not as it was written, from line 6, column 20 on")]
    [InlineData("\"name\": \"alice\"", "\"name\": \"\\u0061lice\"", "is not as it was written, from line 6, column")]
    [InlineData("sealed-secrets/2", "sealed-secrets/1", "in which headers are signed. Nothing in it proves who made it, so it is not taken over by itself")]
    [InlineData("sealed-secrets/2", "other/2", "'format' is not 'deployment-toolkit/sealed-secrets/2'")]
    [InlineData("\n", "\r\n", "has other line ends than it was written with")]
    public async Task A_changed_header_is_refused_by_what_was_changed(string from, string to, string message)
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        Assert.Contains(message, Refused(folder, folder.Text.Replace(from, to, StringComparison.Ordinal)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_commitment_or_seal_is_refused()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var zeros = Convert.ToBase64String(new byte[32]);
        var text = folder.Text;
        string With(string member) => System.Text.RegularExpressions.Regex.Replace(text, $"\"{member}\": \"[^\"]*\"", $"\"{member}\": \"{zeros}\"", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5));

        Assert.Equal("DTK7720", Refused(folder, With("commitment")).Code);
        Assert.Contains("the file as a whole is not as it was sealed", Refused(folder, With("seal")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_commits_itself_to_another_data_key_is_refused_also_when_it_is_signed()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var file = SealedFileReader.Read(await File.ReadAllBytesAsync(folder.Path), folder.Path);
        using var key = DataKey.Generate();
        var header = file.Header with { Epoch = 2, Commitment = new byte[32], By = "alice" };
        var signed = Attacker.Sealed(file with { Chain = file.Chain.Append(header, file.Recipients, folder.Alice.Signing!) }, file.Recipients, [], key);
        Assert.Contains("commits itself to another data key", Refused(folder, Encoding.UTF8.GetString(SealedFileWriter.Write(signed))).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(599_999)]
    [InlineData(1)]
    [InlineData(10_000_001)]
    [InlineData(int.MaxValue)]
    public async Task A_count_of_iterations_out_of_bounds_is_refused_before_anything_is_stretched(int iterations)
    {
        using var folder = await SealedFolder.CreateAsync();
        using var words = SealedKey.FromPassphrase(new Secret("correct horse battery staple"));
        await folder.ByAlice.AddRecipientAsync("ops", words, CancellationToken.None);
        folder.Text = folder.Text.Replace("\"iterations\": 600000", $"\"iterations\": {iterations}", StringComparison.Ordinal);

        Assert.Contains("'iterations' is missing or not between 600000 and 10000000", SealedFolder.Refusal(() => folder.By(words).Verify()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_point_off_the_curve_is_refused_wherever_it_stands()
    {
        using var folder = await WholeAsync();
        var text = folder.Text;
        var points = 0;
        foreach (var member in (string[])["publicKey", "signingKey", "encapsulated"])
        {
            foreach (var start in Places(text, $"\"{member}\": \""))
            {
                // A proposal that is no good is left out, and takes nothing with it.
                if (start > text.IndexOf("  \"proposals\"", StringComparison.Ordinal)) continue;
                var end = text.IndexOf('"', start);
                var point = Convert.FromBase64String(text[start..end]);
                point[^1] ^= 1;
                Assert.Contains($"'{member}' is no point of the curve P-256", Refused(folder, text[..start] + Convert.ToBase64String(point) + text[end..]).Text, StringComparison.Ordinal);
                points++;
            }
        }

        Assert.Equal(6, points);
    }

    /// <summary>A file with every kind of line: two recipients, a previous version, validity, a proposal.</summary>
    private static async Task<SealedFolder> WholeAsync()
    {
        var folder = await SealedFolder.CreateAsync(Names);
        await folder.ByAlice.AddRecipientAsync("bob", folder.Bob.PublicKey!, CancellationToken.None);
        await folder.ByAlice.RotateAsync("Beta", new Secret("value-new"), TimeSpan.FromHours(1), new SealedValidity
        {
            ExpiresAt = SealedFolder.Start.AddYears(1),
        }, CancellationToken.None);
        await folder.ByAlice.ProposeAsync("Gamma", new Secret("value-proposed"), SealedFolder.Always, CancellationToken.None);
        folder.ByAlice.Verify();
        return folder;
    }

    private static DeploymentMessage Refused(SealedFolder folder, string[] lines, string how) => Refused(folder, Encoding.UTF8.GetBytes(string.Join('\n', lines)), how);

    private static DeploymentMessage Refused(SealedFolder folder, string text) => Refused(folder, Encoding.UTF8.GetBytes(text), "changed");

    private static DeploymentMessage Refused(SealedFolder folder, byte[] bytes, string how)
    {
        try
        {
            using var opened = OpenedFile.Open(SealedFileReader.Read(bytes, folder.Path), folder.Path, "Production", KeyRing.Of(folder.Alice));
        }
        catch (DeploymentException refusal)
        {
            var message = Assert.Single(refusal.Messages);
            Assert.DoesNotContain("value-", refusal.ToString(), StringComparison.Ordinal);
            Assert.Contains(folder.Path, message.Text, StringComparison.Ordinal);
            return message;
        }

        Assert.Fail($"{how}: was not refused");
        return null;
    }

    /// <summary>How many bytes stand in front of the proposals, which nothing seals.</summary>
    private static int Sealed(byte[] bytes) => Encoding.UTF8.GetString(bytes).IndexOf("  \"proposals\"", StringComparison.Ordinal);

    private static string Line(string text, string name, long version = 1) =>
        text.Split('\n').Single(line => line.Contains($"\"name\": \"{name}\"", StringComparison.Ordinal) && (version == 1 || line.Contains($"\"version\": {version},", StringComparison.Ordinal)) && (line.Contains("\"current\"", StringComparison.Ordinal) || line.Contains("\"previous\"", StringComparison.Ordinal)));

    private static string Box(string line) => line[line.IndexOf("\"sealed\"", StringComparison.Ordinal)..].TrimEnd(',');

    private static IEnumerable<int> Places(string text, string what)
    {
        for (var at = text.IndexOf(what, StringComparison.Ordinal); at >= 0; at = text.IndexOf(what, at + 1, StringComparison.Ordinal)) yield return at + what.Length;
    }
}
