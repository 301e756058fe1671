using System.Text;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class HeaderFuzzTests
{
    private const int Cases = 200_000;

    private static readonly string[] Pieces =
    [
        "\"", "{", "}", "[", "]", ":", ",", "null", "true", "1", "-1", "1e400", "99999999999999999999", "\\u0000", "\\ud800", "\"name\": \"x\"", "\"iterations\": 1", "\0", "\n", "é", "\ufeff",
    ];

    [Fact]
    public async Task Two_hundred_thousand_mutated_files_are_read_or_refused_and_nothing_else()
    {
        using var folder = await SealedFolder.CreateAsync("Alpha");
        await folder.ByAlice.ProposeAsync("Beta", new Secret("v"), default, CancellationToken.None);
        var original = await File.ReadAllBytesAsync(folder.Path);
        var seed = Environment.TickCount;
        var random = new Random(seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var read = 0;
        for (var i = 0; i < Cases; i++)
        {
            var bytes = Mutate(original, random);
            try
            {
                SealedFileReader.Read(bytes, "file");
                read++;
            }
            catch (DeploymentException refusal)
            {
                Assert.Contains(refusal.Messages[0].Code, (string[])["DTK7701", "DTK7720", "DTK7726"]);
            }
            catch (Exception e) when (e is not DeploymentException)
            {
                Assert.Fail($"seed {seed}, case {i}: {e}\n{Convert.ToBase64String(bytes)}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{read} of {Cases} kept the file's form");
    }

    [Fact]
    public void Ten_megabytes_of_nesting_or_text_are_refused_at_once()
    {
        foreach (var text in (string[])[new string('[', 10_000_000), $"{{\"format\": \"{new string('x', 10_000_000)}\"}}", string.Concat(Enumerable.Repeat("{\"a\":", 2_000_000))])
            Assert.Equal("DTK7701", SealedFolder.Refusal(() => SealedFileReader.Read(Encoding.UTF8.GetBytes(text), "file")).Code);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes.RemoveRange(at, length); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length + 1), length)); break;
                case 3: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)])); break;
                case 4: bytes[at] = (byte)random.Next(256); break;
                default: bytes[at] = (byte)"0123456789abcABC+/="[random.Next(19)]; break;
            }

            if (bytes.Count == 0) return [];
        }

        return [.. bytes];
    }
}
