using System.Diagnostics;
using Deployment.Toolkit;
using Deployment.Toolkit.Secrets;

namespace ContentApi.Tests;

/// <summary>Real git calls the sample's own binary as docs/secrets.md sets it up.</summary>
public sealed class MergeDriverTests : IDisposable
{
    private const string File = "secrets.Staging.json";

    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-merge-").FullName;
    private readonly SealedKey _key = SealedKey.GenerateRaw();
    private string? _root;

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Two_branches_that_each_add_a_secret_merge_cleanly_in_git()
    {
        await BranchAsync(static secrets => secrets.SetAsync("Mail.Password", new Secret("ours"), default, default), static secrets => secrets.SetAsync("Cache.Key", new Secret("theirs"), default, default));

        var (code, output) = await GitAsync("merge", "--no-edit", "theirs");
        Assert.True(code == 0, output);
        Assert.Equal("ours", Secrets.Get("Mail.Password").Reveal());
        Assert.Equal("theirs", Secrets.Get("Cache.Key").Reveal());
        Assert.Equal("shared", Secrets.Get("Shared").Reveal());
        Assert.Equal("", (await GitAsync("status", "--porcelain")).Output);
    }

    [Fact]
    public async Task A_secret_that_both_branches_changed_is_left_to_a_person_in_a_file_that_is_whole()
    {
        await BranchAsync(
            static secrets => secrets.SetAsync("Shared", new Secret("ours"), default, default),
            static async secrets =>
            {
                await secrets.SetAsync("Shared", new Secret("theirs"), default, default);
                await secrets.SetAsync("Cache.Key", new Secret("added"), default, default);
            });

        var (code, output) = await GitAsync("merge", "--no-edit", "theirs");
        Assert.True(code == 1, output);
        Assert.Contains($"both sides changed 'Shared', and ours was kept. Look at theirs with 'git show MERGE_HEAD:{File}'", output, StringComparison.Ordinal);
        Assert.Contains($"UU {File}", (await GitAsync("status", "--porcelain")).Output, StringComparison.Ordinal);
        Assert.Equal("ours", Secrets.Get("Shared").Reveal());
        Assert.Equal("added", Secrets.Get("Cache.Key").Reveal());
    }

    [Fact]
    public async Task Without_the_driver_a_merge_stops_rather_than_mixing_lines()
    {
        await BranchAsync(static secrets => secrets.SetAsync("A", new Secret("1"), default, default), static secrets => secrets.SetAsync("Z", new Secret("2"), default, default));
        await GitAsync("config", "--remove-section", "merge.deployment-secrets");

        Assert.NotEqual(0, (await GitAsync("merge", "--no-edit", "theirs")).Code);
        Assert.Contains("DTK7701", Assert.Throws<DeploymentException>(() => Secrets.Verify()).Message, StringComparison.Ordinal);
    }

    private SealedSecrets Secrets => new(Path.Combine(_folder, File), "Staging", _key) { Root = _root };

    private async Task BranchAsync(Func<SealedSecrets, Task> ours, Func<SealedSecrets, Task> theirs)
    {
        var app = Path.Combine(AppContext.BaseDirectory, "ContentApi.dll");
        Assert.SkipUnless((await GitAsync("init", "--initial-branch", "main", ".")).Code == 0, "There is no git here.");
        await GitAsync("config", "user.name", "Somebody");
        await GitAsync("config", "user.email", "somebody@example.org");
        await GitAsync("config", "merge.deployment-secrets.name", "sealed secrets");
        await GitAsync("config", "merge.deployment-secrets.driver", $"dotnet exec \"{app}\" deploy secrets merge %O %A %B %P");
        await System.IO.File.WriteAllTextAsync(Path.Combine(_folder, ".gitattributes"), "secrets.*.json -text merge=deployment-secrets\n");
        var made = Secrets;
        await made.InitializeAsync("test", _key, null, default);
        _root = made.GetRoot();
        await Secrets.SetAsync("Shared", new Secret("shared"), default, default);
        await CommitAsync("start");
        await GitAsync("checkout", "-b", "theirs");
        await theirs(Secrets);
        await CommitAsync("theirs");
        await GitAsync("checkout", "main");
        await ours(Secrets);
        await CommitAsync("ours");
    }

    private async Task CommitAsync(string message)
    {
        await GitAsync("add", "-A");
        var (code, output) = await GitAsync("commit", "-m", message);
        Assert.True(code == 0, output);
    }

    private async Task<(int Code, string Output)> GitAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["DEPLOYMENT_SECRETS_KEY"] = _key.Export().Reveal();
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(_folder, ".git", "config-home");
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, output + await errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (127, "");
        }
    }
}
