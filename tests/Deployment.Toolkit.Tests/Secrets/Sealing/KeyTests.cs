using System.Runtime.Versioning;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;
using Deployment.Toolkit.Tests.Platform;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class KeyTests
{
    [Fact]
    public void A_key_survives_its_text()
    {
        foreach (var make in (Func<SealedKey>[])[SealedKey.Generate, SealedKey.GenerateRaw])
        {
            using var key = make();
            using var read = SealedKey.Parse(key.Export());
            Assert.Equal(key.PublicKey, read.PublicKey);
        }
    }

    [Fact]
    public void Base64_and_hexadecimal_are_two_spellings_of_one_key()
    {
        var bits = Enumerable.Range(0, 32).Select(static i => (byte)i).ToArray();
        using var base64 = SealedKey.Parse(new Secret(Convert.ToBase64String(bits) + "\n"));
        using var hex = SealedKey.Parse(new Secret(Convert.ToHexString(bits)));
        Assert.Equal(base64.PublicKey, hex.PublicKey);
    }

    [Theory]
    [InlineData("hunter2")]
    [InlineData("")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----")]
    [InlineData("aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bg==")]
    [InlineData("hunter2hunter2hunter2hunter2hunter2hunter2hunter2hunter2hunter2h")]
    public void What_is_no_key_is_refused_without_being_repeated(string text)
    {
        var refusal = Assert.Throws<DeploymentException>(() => SealedKey.Parse(new Secret(text)));
        Assert.Equal("DTK7707", refusal.Messages[0].Code);
        Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_passphrase_is_refused() => Assert.Equal("DTK7707", SealedFolder.Refusal(() => SealedKey.FromPassphrase(new Secret("too short"))).Code);

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_key_file_is_written_for_its_owner_alone_and_refused_when_others_can_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix modes.");
        using var folder = await SealedFolder.CreateAsync("Key");
        var path = folder["keys/alice.key"];
        await KeyFile.WriteAsync(path, folder.Alice.Export(), isPublished: false, CancellationToken.None);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));

        var secrets = new SealedSecrets(folder.Path, "Production", KeyRing.Of(new() { [KeyRing.KeyFileVariable] = path }, null), folder.Time);
        Assert.Equal("value-of-Key", secrets.Get("Key").Reveal());
        foreach (var open in (UnixFileMode[])[UnixFileMode.GroupWrite, UnixFileMode.OtherRead, UnixFileMode.OtherWrite])
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | open);
            var refusal = SealedFolder.Refusal(() => secrets.Get("Key"));
            Assert.Equal("DTK7707", refusal.Code);
            Assert.Contains($"Run 'chmod 600 {path}'", refusal.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_file_is_never_replaced()
    {
        using var folder = await SealedFolder.CreateAsync();
        await KeyFile.WriteAsync(folder["a.key"], folder.Alice.Export(), isPublished: false, CancellationToken.None);
        Assert.Contains("is not replaced", (await SealedFolder.RefusalAsync(() => KeyFile.WriteAsync(folder["a.key"], folder.Bob.Export(), isPublished: false, CancellationToken.None))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processes_that_make_the_users_key_at_once_get_the_same_one()
    {
        using var folder = new TemporaryFolder();
        for (var round = 0; round < 25; round++)
        {
            var place = folder[$"{round}"];
            using var start = new Barrier(4);
            var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return UserKey.GetOrMakeAsync(place, CancellationToken.None);
                },
                TaskCreationOptions.LongRunning).Unwrap()));
            using var kept = KeyFile.Read(made[0].File);
            Assert.All(made, one => Assert.Equal(kept.PublicKey, one.Key.PublicKey));
            Assert.Single(made, static one => one.IsNew);
            foreach (var one in made) one.Key.Dispose();
        }
    }

    [Fact]
    public async Task Keys_are_found_in_variables_files_the_users_folder_and_words()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        using var words = SealedKey.FromPassphrase(new Secret("correct horse battery staple"));
        await folder.ByAlice.AddRecipientAsync("ops", words, CancellationToken.None);
        await KeyFile.WriteAsync(folder["user/default.key"], folder.Alice.Export(), isPublished: false, CancellationToken.None);
        await KeyFile.WriteAsync(folder["named.key"], folder.Alice.Export(), isPublished: false, CancellationToken.None);
        string Get(Dictionary<string, string> variables, string? user = null) => new SealedSecrets(folder.Path, "Production", KeyRing.Of(variables, user), folder.Time).Get("Key").Reveal();

        Assert.Equal("value-of-Key", Get(new() { [KeyRing.KeyVariable] = folder.Alice.Export().Reveal() }));
        Assert.Equal("value-of-Key", Get(new() { [KeyRing.KeyFileVariable] = folder["named.key"] }));
        Assert.Equal("value-of-Key", Get([], folder["user"]));
        Assert.Equal("value-of-Key", Get(new() { [KeyRing.PassphraseVariable] = "correct horse battery staple" }));
        Assert.Equal("value-of-Key", Get(new() { [KeyRing.KeyVariable] = folder.Bob.Export().Reveal() }, folder["user"]));
        Assert.Contains("no key was found", SealedFolder.Refusal(() => Get([])).Text, StringComparison.Ordinal);
        Assert.Contains($"none of the keys found is theirs: {KeyRing.KeyVariable}.", SealedFolder.Refusal(() => Get(new() { [KeyRing.KeyVariable] = folder.Bob.Export().Reveal() })).Text, StringComparison.Ordinal);
        Assert.Contains("can't be read", SealedFolder.Refusal(() => Get(new() { [KeyRing.KeyFileVariable] = folder["missing.key"] })).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_development_key_opens_its_own_file_and_a_file_that_does_not_name_it_stays_shut()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var development = folder["secrets.Development.json"];
        using var key = SealedKey.GenerateRaw();
        await KeyFile.WriteAsync(folder["secrets.Development.key"], key.Export(), isPublished: true, CancellationToken.None);
        SealedSecrets Keyless(string path, string environment) => new(path, environment, KeyRing.Of([], null), folder.Time) { Trust = new RootTrust { User = folder.Roots } };
        await Keyless(development, "Development").InitializeAsync("everybody", key, new SealedFileSettings { DevelopmentKey = "secrets.Development.key" }, CancellationToken.None);
        await Keyless(development, "Development").SetAsync("Key", new Secret("dev"), default, CancellationToken.None);

        Assert.Equal("dev", Keyless(development, "Development").Get("Key").Reveal());
        Assert.Equal("DTK7706", SealedFolder.Refusal(() => Keyless(folder.Path, "Production").Get("Key")).Code);
    }

    [Fact]
    public async Task Nothing_of_a_key_stands_in_a_file_or_beside_it()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var pem = folder.Alice.Export().Reveal().Split('\n')[1];
        foreach (var file in Directory.EnumerateFiles(folder.Folder, "*", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file);
            Assert.DoesNotContain(pem, text, StringComparison.Ordinal);
            Assert.DoesNotContain("value-of-Key", text, StringComparison.Ordinal);
        }
    }
}
