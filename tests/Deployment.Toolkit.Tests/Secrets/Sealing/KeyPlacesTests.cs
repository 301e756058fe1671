using System.Runtime.Versioning;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;
using Deployment.Toolkit.Secrets.Sources;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

/// <summary>Keys and secrets as CI systems and containers hand them over.</summary>
public sealed class KeyPlacesTests
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead;

    [Theory]
    [InlineData("0400", false, null)]
    [InlineData("0600", false, null)]
    [InlineData("0440", true, null)]
    [InlineData("0640", true, null)]
    [InlineData("0440", false, "for a group that this process is not in")]
    [InlineData("0640", false, "for a group that this process is not in")]
    [InlineData("0444", true, "open to every user of the machine (mode 0444)")]
    [InlineData("0644", true, "open to every user of the machine")]
    [InlineData("0602", true, "open to every user of the machine")]
    [InlineData("0660", true, "can be changed by its group")]
    [UnsupportedOSPlatform("windows")]
    public void A_key_may_be_open_to_the_processs_own_group_alone(string mode, bool isOwnGroup, string? defect)
    {
        var found = KeyFileAccess.Defect("/run/secrets/key", (UnixFileMode)Convert.ToInt32(mode, 8), () => isOwnGroup);
        if (defect is null) Assert.Null(found);
        else Assert.Contains(defect, found, StringComparison.Ordinal);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_key_is_taken_from_a_mount_of_links_with_the_mode_of_an_orchestrator()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Who a file's group is can be told on Linux.");
        using var folder = await SealedFolder.CreateAsync("Key");
        // As Kubernetes lays a volume out: the name is a link into ..data, which is a link to a folder of its own for each version.
        Directory.CreateDirectory(folder["mount/..2026_01_01"]);
        await File.WriteAllTextAsync(folder["mount/..2026_01_01/key"], folder.Alice.Export().Reveal());
        File.SetUnixFileMode(folder["mount/..2026_01_01/key"], ReadOnly);
        Directory.CreateSymbolicLink(folder["mount/..data"], "..2026_01_01");
        File.CreateSymbolicLink(folder["mount/key"], "..data/key");

        Assert.Equal("value-of-Key", Secrets(folder, new() { [KeyRing.KeyFileVariable] = folder["mount/key"] }).Get("Key").Reveal());
        File.SetUnixFileMode(folder["mount/..2026_01_01/key"], ReadOnly | UnixFileMode.OtherRead);
        var refusal = SealedFolder.Refusal(() => Secrets(folder, new() { [KeyRing.KeyFileVariable] = folder["mount/key"] }).Get("Key"));
        Assert.Equal("DTK7707", refusal.Code);
        Assert.Contains("defaultMode: 0440", refusal.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_variable_may_hold_several_keys()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        using var raw = SealedKey.GenerateRaw();
        using var other = SealedKey.Generate();
        foreach (var text in (string[])
            [
                $"{raw.Export().Reveal()},{folder.Alice.Export().Reveal()}",
                $"{other.Export().Reveal()}\n{folder.Alice.Export().Reveal()}",
                $"{other.Export().Reveal()} {raw.Export().Reveal()}; {folder.Alice.Export().Reveal()}",
                $"{folder.Alice.Export().Reveal()}{raw.Export().Reveal()}",
            ])
            Assert.Equal("value-of-Key", Secrets(folder, new() { [KeyRing.KeyVariable] = text }).Get("Key").Reveal());

        var refusal = SealedFolder.Refusal(() => Secrets(folder, new() { [KeyRing.KeyVariable] = $"{raw.Export().Reveal()},hunter2" }).Get("Key"));
        Assert.Contains("DEPLOYMENT_SECRETS_KEY (2 of 2)", refusal.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refusal.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\\n")]
    [InlineData("\\r\\n")]
    public async Task PEM_may_come_in_one_line(string lineEnd)
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var line = folder.Alice.Export().Reveal().ReplaceLineEndings(lineEnd);
        Assert.DoesNotContain('\n', line);
        Assert.Equal("value-of-Key", Secrets(folder, new() { [KeyRing.KeyVariable] = line }).Get("Key").Reveal());
    }

    [Fact]
    public async Task An_empty_variable_or_file_takes_no_secrets_place_unless_it_is_asked_for()
    {
        const string variable = "DEPLOYMENT_SECRET_HANDS_EMPTY";
        using var folder = await SealedFolder.CreateAsync();
        var request = new SecretRequest { Name = "hands-empty", Environment = new DeploymentEnvironment("Production") };
        await File.WriteAllTextAsync(folder["hands-empty"], "\n");
        Environment.SetEnvironmentVariable(variable, "");
        try
        {
            Assert.Null(await new EnvironmentSecretSource().FindAsync(request, default));
            Assert.NotNull(await new EnvironmentSecretSource(takesEmpty: true).FindAsync(request, default));
            Assert.True(EnvironmentSecretSource.IsEmpty(new SecretReference("hands-empty", null)));
            Assert.Null(await new MountedSecretSource(folder.Folder).FindAsync(request, default));
            Assert.NotNull(await new MountedSecretSource(folder.Folder, takesEmpty: true).FindAsync(request, default));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public async Task A_mounted_file_of_other_bytes_is_refused_and_never_guessed_at()
    {
        using var folder = await SealedFolder.CreateAsync();
        await File.WriteAllBytesAsync(folder["binary"], [0xff, 0xfe, 0x41, 0x00, 0x42, 0x00]);
        await File.WriteAllBytesAsync(folder["marked"], [0xef, 0xbb, 0xbf, .. "text\r\n"u8]);
        var source = new MountedSecretSource(folder.Folder);
        Assert.Contains("no UTF-8", (await SealedFolder.RefusalAsync(async () => await source.FindAsync(new SecretRequest
        {
            Name = "binary",
            Environment = new DeploymentEnvironment("Production"),
        }, default))).Text, StringComparison.Ordinal);
        Assert.Equal("text", (await source.FindAsync(new SecretRequest
        {
            Name = "marked",
            Environment = new DeploymentEnvironment("Production"),
        }, default))!.Value.Reveal());
    }

    private static SealedSecrets Secrets(SealedFolder folder, Dictionary<string, string> variables) => new(folder.Path, "Production", KeyRing.Of(variables, null), folder.Time);
}
