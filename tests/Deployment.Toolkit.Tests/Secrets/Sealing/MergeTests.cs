using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class MergeTests
{
    [Fact]
    public async Task Two_branches_that_each_add_a_secret_merge_cleanly()
    {
        using var folder = await SealedFolder.CreateAsync("Shared");
        var conflicts = await MergeAsync(folder, ours => ours.SetAsync("Ours", new Secret("1"), default, default), theirs => theirs.SetAsync("Theirs", new Secret("2"), default, default));

        Assert.Empty(conflicts);
        Assert.Equal(1, folder.ByAlice.Verify());
        Assert.Equal("1", folder.ByAlice.Get("Ours").Reveal());
        Assert.Equal("2", folder.ByAlice.Get("Theirs").Reveal());
        Assert.Equal("value-of-Shared", folder.ByAlice.Get("Shared").Reveal());
    }

    [Fact]
    public async Task A_name_that_both_changed_is_the_only_conflict_and_ours_stays()
    {
        using var folder = await SealedFolder.CreateAsync("Both", "Other");
        var conflicts = await MergeAsync(
            folder,
            ours => ours.SetAsync("Both", new Secret("ours"), default, default),
            async theirs =>
            {
                await theirs.SetAsync("both", new Secret("hunter2"), default, default);
                await theirs.SetAsync("Other", new Secret("theirs"), default, default);
            });

        var conflict = Assert.Single(conflicts);
        Assert.Equal("DTK7714", conflict.Code);
        Assert.Contains("both sides changed 'Both'", conflict.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", conflict.Text, StringComparison.Ordinal);
        Assert.Equal("ours", folder.ByAlice.Get("Both").Reveal());
        Assert.Equal("theirs", folder.ByAlice.Get("Other").Reveal());
    }

    [Fact]
    public async Task The_same_change_on_both_sides_is_no_conflict()
    {
        using var folder = await SealedFolder.CreateAsync("Both");
        Assert.Empty(await MergeAsync(folder, static side => side.SetAsync("Both", new Secret("same"), default, default), static side => side.SetAsync("Both", new Secret("same"), default, default)));
    }

    [Fact]
    public async Task A_removal_against_a_change_is_a_conflict_and_against_nothing_a_removal()
    {
        using var folder = await SealedFolder.CreateAsync("A", "B");
        var conflicts = await MergeAsync(
            folder,
            ours => ours.SetAsync("A", new Secret("changed"), default, default),
            async theirs =>
            {
                await theirs.RemoveAsync("A", default);
                await theirs.RemoveAsync("B", default);
            });

        Assert.Contains("'A'", Assert.Single(conflicts).Text, StringComparison.Ordinal);
        Assert.Equal(["A"], folder.ByAlice.List().Select(static secret => secret.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_one_side_removed_a_recipient_the_other_sides_secrets_move_under_its_new_key(bool oursRekeys)
    {
        using var folder = await SealedFolder.CreateAsync("Shared");
        await folder.ByAlice.AddRecipientAsync("bob", folder.Bob, default);
        static Task Rekey(SealedSecrets side) => side.RemoveRecipientAsync("bob", default);
        static Task Add(SealedSecrets side) => side.SetAsync("New", new Secret("v"), default, default);
        Assert.Empty(await MergeAsync(folder, oursRekeys ? Rekey : Add, oursRekeys ? Add : Rekey));

        Assert.Equal(2, folder.ByAlice.Verify());
        Assert.Equal("v", folder.ByAlice.Get("New").Reveal());
        Assert.Equal("DTK7706", SealedFolder.Refusal(() => folder.ByBob.Get("Shared")).Code);
    }

    [Fact]
    public async Task When_both_sides_rekeyed_the_result_has_a_key_and_epoch_of_its_own_that_descends_from_both()
    {
        using var folder = await SealedFolder.CreateAsync("Shared");
        SecretsEpoch? ours = null, theirs = null;
        await MergeAsync(
            folder,
            async side =>
            {
                await side.RekeyAsync(default);
                await side.SetAsync("Ours", new Secret("1"), default, default);
                ours = Of(side);
            },
            async side =>
            {
                await side.AddRecipientAsync("bob", folder.Bob, default);
                await side.RekeyAsync(default);
                theirs = Of(side);
            });

        foreach (var known in (SecretsEpoch?[])[ours, theirs]) Assert.Equal(3, folder.By(folder.Alice, memory: new EpochMemory(_ => known)).Verify());
        Assert.Equal("1", folder.ByBob.Get("Ours").Reveal());
    }

    [Fact]
    public async Task Proposals_of_both_sides_stay()
    {
        using var folder = await SealedFolder.CreateAsync("Shared");
        Assert.Empty(await MergeAsync(
            folder,
            static side => side.ProposeAsync("A", new Secret("a"), default, default),
            async static side =>
            {
                await side.ProposeAsync("B", new Secret("b"), default, default);
                await side.RekeyAsync(default);
            }));

        await folder.AcceptAsync("A", TimeSpan.Zero);
        await folder.AcceptAsync("B", TimeSpan.Zero);
        Assert.Equal("ab", folder.ByAlice.Get("A").Reveal() + folder.ByAlice.Get("B").Reveal());
    }

    [Fact]
    public async Task Two_files_made_apart_are_not_merged()
    {
        using var folder = await SealedFolder.CreateAsync("A");
        using var other = await SealedFolder.CreateAsync("B");
        await File.WriteAllTextAsync(folder["origin"], "");
        var before = folder.Text;
        var keys = KeyRing.Of(folder.Alice);
        Assert.Contains("both sides made it anew", (await SealedFolder.RefusalAsync(() => SealedMergeDriver.RunAsync(folder["origin"], folder.Path, other.Path, null, keys, new RootTrust { User = folder.Roots }, default))).Text, StringComparison.Ordinal);
        Assert.Equal("DTK7723", (await SealedFolder.RefusalAsync(() => SealedMergeDriver.RunAsync(folder.Path, folder.Path, other.Path, null, keys, new RootTrust { User = folder.Roots }, default))).Code);
        Assert.Equal(before, folder.Text);
    }

    [Fact]
    public async Task A_side_that_was_tampered_with_stops_the_merge()
    {
        using var folder = await SealedFolder.CreateAsync("A");
        await File.WriteAllTextAsync(folder["theirs"], folder.Text.Replace("\"epoch\": 1", "\"epoch\": 9", StringComparison.Ordinal));
        Assert.Equal("DTK7723", (await SealedFolder.RefusalAsync(() => SealedMergeDriver.RunAsync(folder.Path, folder.Path, folder["theirs"], null, KeyRing.Of(folder.Alice), new RootTrust { User = folder.Roots }, default))).Code);
    }

    private static async Task<IReadOnlyList<DeploymentMessage>> MergeAsync(SealedFolder folder, Func<SealedSecrets, Task> ours, Func<SealedSecrets, Task> theirs)
    {
        var (origin, other) = (folder["origin"], folder["theirs"]);
        File.Copy(folder.Path, origin);
        File.Copy(folder.Path, other);
        await ours(folder.ByAlice);
        await theirs(folder.By(folder.Alice, path: other));
        var messages = await SealedMergeDriver.RunAsync(origin, folder.Path, other, "secrets.Production.json", KeyRing.Of(folder.Alice), new RootTrust { User = folder.Roots }, CancellationToken.None);
        return [.. messages.Where(static message => message.Severity == MessageSeverity.Error)];
    }

    private static SecretsEpoch Of(SealedSecrets secrets)
    {
        using var opened = secrets.Open();
        return EpochMemory.Of(opened.File);
    }
}
