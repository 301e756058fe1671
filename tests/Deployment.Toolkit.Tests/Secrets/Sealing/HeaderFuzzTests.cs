using System.Text;
using CsCheck;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class HeaderFuzzTests
{
    private static readonly string[] Pieces =
    [
        "\"", "{", "}", "[", "]", ":", ",", "null", "true", "1", "-1", "1e400", "99999999999999999999", "\\u0000", "\\ud800", "\"name\": \"x\"", "\"iterations\": 1", "\0", "\n", "é", "\ufeff", .. "0123456789abcABC+/=".Select(char.ToString),
    ];

    [Fact]
    public async Task Mutated_files_are_read_or_refused_and_nothing_else()
    {
        using var folder = await SealedFolder.CreateAsync("Alpha");
        await folder.ByAlice.ProposeAsync("Beta", new Secret("v"), default, CancellationToken.None);
        var (read, cases) = (0, FullRun.Times(5_000, full: 200_000));
        Mutations.Of(await File.ReadAllBytesAsync(folder.Path), Pieces, atMost: 3).Sample(
            bytes =>
            {
                try
                {
                    SealedFileReader.Read(bytes, "file");
                    Interlocked.Increment(ref read);
                }
                catch (DeploymentException refusal)
                {
                    Assert.Contains(refusal.Messages[0].Code, (string[])["DTK7701", "DTK7720", "DTK7726"]);
                }
            },
            iter: cases);
        TestContext.Current.TestOutputHelper?.WriteLine($"{read} of {cases} kept the file's form");
    }

    [Fact]
    public void Ten_megabytes_of_nesting_or_text_are_refused_at_once()
    {
        foreach (var text in (string[])[new string('[', 10_000_000), $"{{\"format\": \"{new string('x', 10_000_000)}\"}}", string.Concat(Enumerable.Repeat("{\"a\":", 2_000_000))])
            Assert.Equal("DTK7701", SealedFolder.Refusal(() => SealedFileReader.Read(Encoding.UTF8.GetBytes(text), "file")).Code);
    }
}
