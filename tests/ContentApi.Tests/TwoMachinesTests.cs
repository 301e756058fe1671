using System.Text;
using System.Text.RegularExpressions;
using Deployment.Toolkit;

namespace ContentApi.Tests;

/// <summary>
/// The sample on two machines that share neither disk nor database nor user: what each knows of the other is a public key that was told by hand and
/// a file.
/// </summary>
public sealed partial class TwoMachinesTests : IDisposable
{
    private readonly ContentApiProcess _staging = new();
    private readonly ContentApiProcess _production = new();
    private readonly string _way = Directory.CreateTempSubdirectory("dtk-way-").FullName;

    public void Dispose()
    {
        _staging.Dispose();
        _production.Dispose();
        Directory.Delete(_way, recursive: true);
    }

    [FullRunFact]
    public async Task A_release_goes_from_one_to_the_other_in_a_file_and_no_other_file_takes_it_there()
    {
        var bundle = Path.Combine(_way, "staging.intoto.jsonl");
        await SucceedAsync(_staging, "up --environment Development");
        await SucceedAsync(_staging, "up --environment Staging");
        var key = PublicKey().Match((await SucceedAsync(_staging, "secrets key")).Output).Value;
        Assert.NotEqual("", key);
        await SucceedAsync(_production, $"evidence keys add staging-ci --of Staging --public-key {key} --environment Production");
        await SucceedAsync(_staging, $"evidence export {bundle} --environment Staging");
        Assert.Equal(2, (await On(_production, "up --environment Production")).ExitCode);

        // Each bit of it is changed where no process has to be started for it; here are those of each part, and pieces of it.
        var bytes = await File.ReadAllBytesAsync(bundle, TestContext.Current.CancellationToken);
        var (random, seed) = (new Random(20261130), 20261130);
        for (var i = 0; i < 8; i++)
        {
            var (at, bit) = ((bytes.Length * i / 8) + random.Next(bytes.Length / 8), random.Next(8));
            var changed = (byte[])bytes.Clone();
            changed[at] ^= (byte)(1 << bit);
            await RefuseAsync(changed, $"bit {bit} of byte {at}, seed {seed}");
        }

        await RefuseAsync(bytes[..^1], "without its end");
        await RefuseAsync(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Split('\n')[0] + "\n"), "its first line alone");
        Assert.Equal(2, (await On(_production, "up --environment Production")).ExitCode);

        await SucceedAsync(_production, $"evidence import {bundle} --environment Production");
        Assert.Contains("on the word of key 'staging-ci'", (await SucceedAsync(_production, "plan --environment Production")).Output, StringComparison.Ordinal);
        await SucceedAsync(_production, "up --environment Production");
        await SucceedAsync(_production, "verify-journal --environment Production");

        // What it vouched for is this release and no other one.
        Assert.Equal(2, (await On(_production, "up --environment Production --release 2.0.0")).ExitCode);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_production.Folder, ".deployment"), "staging"));
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_staging.Folder, ".deployment"), "production"));
    }

    private async Task RefuseAsync(byte[] bundle, string how)
    {
        var file = Path.Combine(_way, "changed.intoto.jsonl");
        await File.WriteAllBytesAsync(file, bundle, TestContext.Current.CancellationToken);
        var result = await On(_production, $"evidence import {file} --environment Production");
        Assert.True(result.ExitCode == 2 && result.Output.Contains("DTK7232", StringComparison.Ordinal), $"{how}: {result.ExitCode} {result.Output}{result.Errors}");
    }

    private static async Task<Ended> SucceedAsync(ContentApiProcess machine, string arguments)
    {
        var result = await On(machine, arguments);
        Assert.True(result.ExitCode == 0, $"{arguments}: {result.ExitCode} {result.Output}{result.Errors}");
        return result;
    }

    // Each machine has a user of its own, with keys of its own.
    private static Task<Ended> On(ContentApiProcess machine, string arguments) =>
        machine.DeployAsync(arguments, ("XDG_CONFIG_HOME", Path.Combine(machine.Folder, "user")));

    [GeneratedRegex(@"p256:\S+")]
    private static partial Regex PublicKey();
}
