using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class RootTrustTests
{
    [Fact]
    public async Task Nothing_is_written_into_a_file_of_which_nothing_is_known()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var before = folder.Text;
        foreach (var write in (Func<SealedSecrets, Task>[])
        [
            static secrets => secrets.SetAsync("New", new Secret("hunter2"), default, default),
            static secrets => secrets.RotateAsync("Key", new Secret("hunter2"), TimeSpan.Zero, default, default),
            static secrets => secrets.ProposeAsync("New", new Secret("hunter2"), default, default),
            static secrets => secrets.RemoveAsync("Key", default),
            static secrets => secrets.RekeyAsync(default),
            static secrets => secrets.AddRecipientAsync("bob", SealedKey.GenerateRaw(), default),
        ])
        {
            var refusal = await SealedFolder.RefusalAsync(() => write(Stranger(folder)));
            Assert.Equal("DTK7721", refusal.Code);
            Assert.Contains("Nothing here says that sealed file", refusal.Text, StringComparison.Ordinal);
            Assert.Contains(folder.ByAlice.GetRoot(), refusal.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", refusal.Text, StringComparison.Ordinal);
        }

        Assert.Equal("DTK7721", SealedFolder.Refusal(() => Stranger(folder).EnsureMayPut("New", default)).Code);
        Assert.Equal(before, folder.Text);
        Assert.Equal("value-of-Key", Stranger(folder).Get("Key").Reveal());
        Assert.Equal("DTK7721", Assert.Single(Stranger(folder).Warnings()).Code);
    }

    [Fact]
    public async Task A_pin_or_a_named_root_lets_write()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var root = folder.ByAlice.GetRoot();
        Assert.StartsWith("dtk1:Production:", root, StringComparison.Ordinal);
        await new SealedSecrets(folder.Path, "Production", folder.Alice) { Root = root }.SetAsync("A", new Secret("1"), default, default);
        await Stranger(folder).Trusting(root).SetAsync("B", new Secret("2"), default, default);
        Assert.Equal(3, folder.ByAlice.List().Count);
        Assert.Empty(new SealedSecrets(folder.Path, "Production", folder.Alice) { Root = root }.Warnings());
    }

    [Fact]
    public async Task Another_root_than_the_pinned_one_is_refused_for_reading_and_writing()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        using var attacker = new Attacker();
        var root = folder.ByAlice.GetRoot();
        var forged = attacker.NewFile(SealedFileReader.Read(await File.ReadAllBytesAsync(folder.Path), folder.Path), entries: []);
        await File.WriteAllBytesAsync(folder.Path, SealedFileWriter.Write(forged));

        var pinned = new SealedSecrets(folder.Path, "Production", folder.Alice) { Root = root };
        Assert.Equal("DTK7722", SealedFolder.Refusal(() => pinned.Get("Key")).Code);
        Assert.Equal("DTK7722", SealedFolder.Refusal(() => pinned.Verify()).Code);
        Assert.Equal("DTK7722", (await SealedFolder.RefusalAsync(() => pinned.SetAsync("Key", new Secret("v"), default, default))).Code);
        Assert.Equal("DTK7722", (await SealedFolder.RefusalAsync(() => pinned.ProposeAsync("Key", new Secret("v"), default, default))).Code);
        Assert.Equal("DTK7722", (await SealedFolder.RefusalAsync(() => Stranger(folder).Trusting(root).SetAsync("Key", new Secret("v"), default, default))).Code);
        // The user made the genuine file, and so knows that this one is none.
        Assert.Contains("does not continue the one of the same id", SealedFolder.Refusal(() => folder.ByAlice.Verify()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pin_of_another_environment_pins_nothing_here()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var staging = new RootFingerprint("Staging", new string('A', 43));
        var secrets = Stranger(folder);
        secrets.Trust = new RootTrust { Pins = [staging] };
        Assert.Equal("value-of-Key", secrets.Get("Key").Reveal());
        Assert.Equal("DTK7721", (await SealedFolder.RefusalAsync(() => secrets.SetAsync("Key", new Secret("v"), default, default))).Code);
    }

    [Fact]
    public async Task A_pin_of_the_newest_header_rules_out_what_a_removed_recipient_makes_of_an_older_one()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByAlice.AddRecipientAsync("bob", folder.Bob, default);
        var (root, old) = (folder.ByAlice.GetRoot(), folder.Text);
        await folder.ByAlice.RemoveRecipientAsync("bob", default);
        var head = folder.ByAlice.GetHead();

        folder.Text = old;
        await new SealedSecrets(folder.Path, "Production", folder.Bob) { Root = root }.RekeyAsync(default);
        // The root alone cannot tell: bob could open the file when it began.
        Assert.Equal(2, new SealedSecrets(folder.Path, "Production", folder.Alice) { Root = root }.Verify());
        Assert.Equal("DTK7722", SealedFolder.Refusal(() => new SealedSecrets(folder.Path, "Production", folder.Alice) { Root = head }.Verify()).Code);
        Assert.Equal("DTK7722", SealedFolder.Refusal(() => folder.ByAlice.Verify()).Code);
    }

    [Fact]
    public async Task A_user_may_look_at_an_older_state_of_a_file_that_they_know()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var old = folder.Text;
        await folder.ByAlice.RekeyAsync(default);
        folder.Text = old;
        Assert.Equal(1, folder.ByAlice.Verify());
    }

    [Theory]
    [InlineData("")]
    [InlineData("dtk1:")]
    [InlineData("dtk1:Production")]
    [InlineData("dtk1:Production:short")]
    [InlineData("dtk2:Production:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("dtk1:Pro duction:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("dtk1:Production:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!")]
    public void What_is_no_fingerprint_is_refused_before_anything_is_read(string text) =>
        Assert.Equal("DTK7722", SealedFolder.Refusal(() => _ = new SealedSecrets("none.json", "Production") { Root = text }).Code);

    /// <summary>Alice on a machine where she never was.</summary>
    private static SealedSecrets Stranger(SealedFolder folder) => new(folder.Path, "Production", folder.Alice);
}
