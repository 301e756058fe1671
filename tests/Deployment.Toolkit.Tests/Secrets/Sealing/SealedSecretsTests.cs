using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class SealedSecretsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("p@ss#word \"quoted\" \\ ünïcödé 密码\nsecond line\n")]
    public async Task What_is_set_comes_back(string value)
    {
        using var folder = await SealedFolder.CreateAsync();
        await folder.ByAlice.SetAsync("Database", new Secret(value), SealedFolder.Always, CancellationToken.None);

        Assert.Equal(value, folder.ByAlice.Get("Database").Reveal());
        Assert.Equal(value, folder.ByAlice.Get("DATABASE").Reveal());
        Assert.Equal(1, folder.ByAlice.Verify());
    }

    [Fact]
    public async Task The_file_shows_names_in_order_one_a_line_and_no_values()
    {
        using var folder = await SealedFolder.CreateAsync("Zeta", "Alpha", "Mid.Key");
        var lines = folder.Text.Split('\n').Where(static line => line.Contains("\"version\"", StringComparison.Ordinal)).ToList();

        Assert.Equal(["Alpha", "Mid.Key", "Zeta"], folder.ByAlice.List().Select(static secret => secret.Name));
        Assert.Equal(3, lines.Count);
        Assert.DoesNotContain("value-of", folder.Text, StringComparison.Ordinal);
        Assert.EndsWith("}\n", folder.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_one_secret_changes_its_line_and_the_seal_alone()
    {
        using var folder = await SealedFolder.CreateAsync("A", "B", "C");
        var before = folder.Text.Split('\n');
        await folder.ByAlice.SetAsync("B", new Secret("other"), SealedFolder.Always, CancellationToken.None);
        var after = folder.Text.Split('\n');

        var changed = before.Zip(after).Where(static pair => pair.First != pair.Second).Select(static pair => pair.Second.Trim()).ToList();
        Assert.Equal(before.Length, after.Length);
        Assert.Collection(changed, static line => Assert.Contains("\"name\": \"B\"", line, StringComparison.Ordinal), static line => Assert.StartsWith("\"seal\"", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lengths_show_in_steps_alone()
    {
        using var folder = await SealedFolder.CreateAsync();
        var lengths = new List<int>();
        foreach (var length in (int[])[0, 1, 28, 29, 60, 61])
        {
            await folder.ByAlice.SetAsync("Key", new Secret(new string('x', length)), SealedFolder.Always, CancellationToken.None);
            lengths.Add(folder.Text.Split('\n').Single(static line => line.Contains("\"Key\"", StringComparison.Ordinal)).Length);
        }

        Assert.Equal(lengths[0], lengths[1]);
        Assert.Equal(lengths[0], lengths[2]);
        Assert.True(lengths[3] > lengths[2]);
        Assert.Equal(lengths[3], lengths[4]);
        Assert.True(lengths[5] > lengths[4]);
    }

    [Fact]
    public async Task The_same_value_sealed_twice_looks_different()
    {
        using var folder = await SealedFolder.CreateAsync("A");
        var first = folder.Text;
        await folder.ByAlice.RemoveAsync("A", CancellationToken.None);
        await folder.ByAlice.SetAsync("A", new Secret(SealedFolder.ValueOf("A")), SealedFolder.Always, CancellationToken.None);
        Assert.NotEqual(first, folder.Text);
    }

    [Fact]
    public async Task A_rotated_secret_keeps_its_previous_version_until_the_grace_ends()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByAlice.RotateAsync("Key", new Secret("second"), TimeSpan.FromHours(1), SealedFolder.Always, CancellationToken.None);

        Assert.Equal("second", folder.ByAlice.Get("Key").Reveal());
        Assert.Equal("value-of-Key", folder.ByAlice.Get("Key", "previous").Reveal());
        Assert.Equal("value-of-Key", folder.ByAlice.Get("key", "1").Reveal());
        folder.Time.Now += TimeSpan.FromHours(1);
        Assert.Equal("DTK7708", SealedFolder.Refusal(() => folder.ByAlice.Get("Key", "previous")).Code);
        Assert.Equal("DTK7709", SealedFolder.Refusal(() => folder.ByAlice.Get("Key", "1")).Code);
        Assert.Equal("second", folder.ByAlice.Get("Key").Reveal());

        await folder.ByAlice.RotateAsync("Key", new Secret("third"), TimeSpan.Zero, SealedFolder.Always, CancellationToken.None);
        Assert.Equal([3L], folder.ByAlice.List().Select(static secret => secret.Version));
    }

    [Fact]
    public async Task A_version_that_begins_later_leaves_the_old_one_in_force_until_then()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var begin = SealedFolder.Start.AddDays(1);
        await folder.ByAlice.RotateAsync("Key", new Secret("second"), TimeSpan.FromHours(1), new SealedValidity
        {
            NotBefore = begin,
        }, CancellationToken.None);

        Assert.Equal("value-of-Key", folder.ByAlice.Get("Key").Reveal());
        folder.Time.Now = begin;
        Assert.Equal("second", folder.ByAlice.Get("Key").Reveal());
        Assert.Equal("value-of-Key", folder.ByAlice.Get("Key", "previous").Reveal());
        folder.Time.Now = begin.AddHours(1);
        Assert.Equal("DTK7708", SealedFolder.Refusal(() => folder.ByAlice.Get("Key", "previous")).Code);
    }

    [Fact]
    public async Task A_value_is_refused_before_and_after_its_time()
    {
        using var folder = await SealedFolder.CreateAsync();
        await folder.ByAlice.SetAsync("Key", new Secret("v"), new SealedValidity
        {
            NotBefore = SealedFolder.Start.AddMinutes(1),
            ExpiresAt = SealedFolder.Start.AddMinutes(2),
        }, CancellationToken.None);

        Assert.Contains("is not valid before 2026-01-01T12:01:00Z", SealedFolder.Refusal(() => folder.ByAlice.Get("Key")).Text, StringComparison.Ordinal);
        folder.Time.Now = SealedFolder.Start.AddMinutes(1);
        Assert.Equal("v", folder.ByAlice.Get("Key").Reveal());
        folder.Time.Now = SealedFolder.Start.AddMinutes(2);
        Assert.Contains("expired at 2026-01-01T12:02:00Z", SealedFolder.Refusal(() => folder.ByAlice.Get("Key")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_leaves_no_earlier_version_readable_and_never_takes_a_number_again()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByAlice.SetAsync("KEY", new Secret("second"), SealedFolder.Always, CancellationToken.None);

        var only = Assert.Single(folder.ByAlice.List());
        Assert.Equal(("Key", 2L, SealedSecretState.Current), (only.Name, only.Version, only.State));
    }

    [Fact]
    public async Task A_removed_secret_is_gone()
    {
        using var folder = await SealedFolder.CreateAsync("Keep", "Go");
        await folder.ByAlice.RemoveAsync("go", CancellationToken.None);
        Assert.Equal(["Keep"], folder.ByAlice.List().Select(static secret => secret.Name));
        Assert.Contains("Did you mean 'Keep'?", (await SealedFolder.RefusalAsync(() => folder.ByAlice.RemoveAsync("Kep", CancellationToken.None))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rekeying_keeps_the_values_under_a_new_key_and_epoch()
    {
        using var folder = await SealedFolder.CreateAsync("A", "B");
        await folder.ByAlice.RotateAsync("A", new Secret("new"), TimeSpan.FromDays(1), SealedFolder.Always, CancellationToken.None);
        var before = folder.Text;
        await folder.ByAlice.RekeyAsync(CancellationToken.None);

        Assert.Equal(2, folder.ByAlice.Verify());
        Assert.Equal("new", folder.ByAlice.Get("A").Reveal());
        Assert.Equal("value-of-A", folder.ByAlice.Get("A", "previous").Reveal());
        Assert.Equal("value-of-B", folder.ByAlice.Get("B").Reveal());
        Assert.Empty(before.Split('\n').Where(static line => line.Contains("\"sealed\"", StringComparison.Ordinal)).Intersect(folder.Text.Split('\n')));
    }

    [Fact]
    public async Task A_recipient_can_be_added_by_public_key_and_removed_with_what_was_exposed_named()
    {
        using var folder = await SealedFolder.CreateAsync("A", "B");
        Assert.Equal("DTK7706", SealedFolder.Refusal(() => folder.ByBob.Get("A")).Code);
        await folder.ByAlice.AddRecipientAsync("bob", folder.Bob.PublicKey!, CancellationToken.None);
        Assert.Equal("value-of-A", folder.ByBob.Get("A").Reveal());
        Assert.Equal(["alice", "bob"], folder.ByAlice.ListRecipients().Select(static recipient => recipient.Name));

        Assert.Equal(["A", "B"], await folder.ByAlice.RemoveRecipientAsync("bob", CancellationToken.None));
        Assert.Equal(2, folder.ByAlice.Verify());
        Assert.Equal("DTK7706", SealedFolder.Refusal(() => folder.ByBob.Get("A")).Code);
    }

    [Fact]
    public async Task Keys_of_every_kind_open_the_file_also_after_somebody_else_rekeyed_it()
    {
        using var folder = await SealedFolder.CreateAsync("A");
        using var raw = SealedKey.GenerateRaw();
        using var words = SealedKey.FromPassphrase(new Secret("correct horse battery staple"));
        await folder.ByAlice.AddRecipientAsync("ci", raw, CancellationToken.None);
        await folder.ByAlice.AddRecipientAsync("ops", words, CancellationToken.None);
        await folder.ByAlice.RekeyAsync(CancellationToken.None);

        foreach (var key in (SealedKey[])[raw, words])
        {
            Assert.Equal("value-of-A", folder.By(key).Get("A").Reveal());
            Assert.Equal(2, folder.By(key).Verify());
        }

        using var slip = SealedKey.FromPassphrase(new Secret("correct horse battery stapel"));
        Assert.Equal("DTK7706", SealedFolder.Refusal(() => folder.By(slip).Get("A")).Code);
        Assert.Equal(["p256", "raw", "passphrase"], folder.ByAlice.ListRecipients().Select(static recipient => recipient.Kind));
    }

    [Fact]
    public async Task The_last_recipient_a_doubled_one_and_a_stranger_are_refused()
    {
        using var folder = await SealedFolder.CreateAsync();
        Assert.Contains("is the last one", (await SealedFolder.RefusalAsync(() => folder.ByAlice.RemoveRecipientAsync("alice", CancellationToken.None))).Text, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'alice'?", (await SealedFolder.RefusalAsync(() => folder.ByAlice.RemoveRecipientAsync("alcie", CancellationToken.None))).Text, StringComparison.Ordinal);
        Assert.Contains("already", (await SealedFolder.RefusalAsync(() => folder.ByAlice.AddRecipientAsync("alice", folder.Bob, CancellationToken.None))).Text, StringComparison.Ordinal);
        Assert.Contains("is recipient 'alice' already", (await SealedFolder.RefusalAsync(() => folder.ByAlice.AddRecipientAsync("twin", folder.Alice, CancellationToken.None))).Text, StringComparison.Ordinal);
        Assert.Contains("is no public key", (await SealedFolder.RefusalAsync(() => folder.ByAlice.AddRecipientAsync("x", "p256:AAAA", CancellationToken.None))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_values_are_put_in_together_or_not_at_all()
    {
        using var folder = await SealedFolder.CreateAsync();
        await folder.ByAlice.SetAsync([new("A", new Secret("1")), new("B", new Secret("2"))], SealedFolder.Always, CancellationToken.None);
        Assert.Equal("2", folder.ByAlice.Get("B").Reveal());

        var refusal = await SealedFolder.RefusalAsync(() => folder.ByAlice.SetAsync([new("C", new Secret("3")), new("no name", new Secret("hunter2"))], SealedFolder.Always, CancellationToken.None));
        Assert.DoesNotContain("hunter2", refusal.Text, StringComparison.Ordinal);
        Assert.Equal(2, folder.ByAlice.List().Count);
    }

    [Fact]
    public async Task A_value_too_long_or_no_text_is_refused_without_being_shown()
    {
        using var folder = await SealedFolder.CreateAsync();
        foreach (var value in (string[])[new string('s', 70_000), "broken \ud800"])
        {
            var refusal = await SealedFolder.RefusalAsync(() => folder.ByAlice.SetAsync("A", new Secret(value), SealedFolder.Always, CancellationToken.None));
            Assert.DoesNotContain("sss", refusal.Text, StringComparison.Ordinal);
            Assert.Equal("DTK7710", refusal.Code);
        }

        await folder.ByAlice.SetAsync("A", new Secret(new string('s', 65_536)), SealedFolder.Always, CancellationToken.None);
        Assert.Equal(65_536, folder.ByAlice.Get("A").Reveal().Length);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_made_anew()
    {
        using var folder = await SealedFolder.CreateAsync("A");
        Assert.Contains("is there already", (await SealedFolder.RefusalAsync(() => folder.ByAlice.InitializeAsync("alice", folder.Alice, null, CancellationToken.None))).Text, StringComparison.Ordinal);
        Assert.Equal("value-of-A", folder.ByAlice.Get("A").Reveal());
    }

    [Fact]
    public async Task Changes_at_the_same_time_are_all_kept()
    {
        using var folder = await SealedFolder.CreateAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 20), async (i, _) => await folder.ByAlice.SetAsync($"Key{i:D2}", new Secret("v"), SealedFolder.Always, CancellationToken.None));
        Assert.Equal(20, folder.ByAlice.List().Count);
        Assert.Single(Directory.GetFileSystemEntries(folder.Folder));
    }

    [Fact]
    public async Task A_change_that_cannot_be_written_leaves_the_old_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "The superuser writes into read-only folders.");
        using var folder = await SealedFolder.CreateAsync("A");
        var before = folder.Text;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.Folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await Assert.ThrowsAnyAsync<Exception>(() => folder.ByAlice.RotateAsync("A", new Secret("new"), TimeSpan.Zero, SealedFolder.Always, CancellationToken.None));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal(before, folder.Text);
    }
}
