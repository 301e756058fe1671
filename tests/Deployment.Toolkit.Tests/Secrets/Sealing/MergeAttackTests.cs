using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

/// <summary>Branches made by somebody who has no key to the file.</summary>
public sealed class MergeAttackTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_new_file_of_the_same_id_with_the_ancestors_lines_copied_is_not_merged(long epoch)
    {
        using var folder = await SealedFolder.CreateAsync("Database", "Token");
        using var attacker = new Attacker();
        await RefusedAsync(folder, attacker.NewFile(Genuine(folder), epoch), "do not lead back to those of the common ancestor");
    }

    [Fact]
    public async Task A_new_file_without_lines_or_with_own_values_is_not_merged()
    {
        using var folder = await SealedFolder.CreateAsync("Database");
        using var attacker = new Attacker();
        var genuine = Genuine(folder);
        await RefusedAsync(folder, attacker.NewFile(genuine, 2, entries: []), "do not lead back");
        await RefusedAsync(folder, attacker.With(attacker.NewFile(genuine, 2, entries: []), "Database", "chosen"), "do not lead back");
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("alice", false)]
    [InlineData("mallory", true)]
    [InlineData("mallory", false)]
    public async Task A_recipient_planted_behind_the_genuine_headers_is_not_merged(string by, bool isNewEpoch)
    {
        using var folder = await SealedFolder.CreateAsync("Database");
        using var attacker = new Attacker();
        await RefusedAsync(folder, attacker.Continued(Genuine(folder), by, isNewEpoch), "header 2 is signed by no recipient of the header before it");
    }

    [Fact]
    public async Task Lines_copied_under_another_data_key_are_found_also_behind_headers_that_are_signed()
    {
        // Bob may sign, so his headers verify; his lines were copied and open under no key of his file.
        using var folder = await SealedFolder.CreateAsync("Database");
        await folder.ByAlice.AddRecipientAsync("bob", folder.Bob, default);
        var genuine = Genuine(folder);
        using var key = DataKey.Generate();
        var header = genuine.Header with { Epoch = 2, Commitment = key.Commitment(genuine.Scope with { Epoch = 2 }), By = "bob" };
        var forged = Attacker.Sealed(genuine with { Chain = genuine.Chain.Append(header, genuine.Recipients, folder.Bob.Signing!) }, genuine.Recipients, genuine.Entries, key);
        await RefusedAsync(folder, forged, "was copied from another file");
    }

    [Fact]
    public async Task Our_side_is_held_to_the_same()
    {
        using var folder = await SealedFolder.CreateAsync("Database");
        using var attacker = new Attacker();
        var genuine = folder.Text;
        await File.WriteAllTextAsync(folder["origin"], genuine);
        await File.WriteAllTextAsync(folder["theirs"], genuine);
        await File.WriteAllBytesAsync(folder.Path, SealedFileWriter.Write(attacker.NewFile(Genuine(folder), 2)));
        var before = folder.Text;
        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => MergeAsync(folder, "origin", "theirs"));
        Assert.Equal(("DTK7723", DeploymentOutcome.Failed), (refusal.Messages[0].Code, refusal.Outcome));
        Assert.Equal(before, folder.Text);
    }

    [Fact]
    public async Task An_ancestor_that_was_made_to_fit_does_not_help()
    {
        // A branch that replaced the file twice: the ancestor is the attacker's own, our side is genuine.
        using var folder = await SealedFolder.CreateAsync("Database");
        using var attacker = new Attacker();
        var own = SealedFileWriter.Write(attacker.NewFile(Genuine(folder), entries: []));
        await File.WriteAllBytesAsync(folder["origin"], own);
        await File.WriteAllBytesAsync(folder["theirs"], own);
        var before = folder.Text;
        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => MergeAsync(folder, "origin", "theirs"));
        Assert.Contains("the headers of our side do not lead back", refusal.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal(before, folder.Text);
    }

    [Fact]
    public async Task All_three_of_the_attacker_are_refused_by_what_the_user_remembers_and_by_a_pin()
    {
        using var folder = await SealedFolder.CreateAsync("Database");
        using var attacker = new Attacker();
        var genuine = Genuine(folder);
        var root = folder.ByAlice.GetRoot();
        var own = SealedFileWriter.Write(attacker.NewFile(genuine, entries: []));
        foreach (var name in (string[])["origin", "theirs"]) await File.WriteAllBytesAsync(folder[name], own);
        await File.WriteAllBytesAsync(folder.Path, own);
        foreach (var trust in (RootTrust[])[new() { User = folder.Roots }, new() { Pins = [RootFingerprint.TryParse(root)!] }])
        {
            var refusal = await Assert.ThrowsAsync<DeploymentException>(() => SealedMergeDriver.RunAsync(folder["origin"], folder.Path, folder["theirs"], null, KeyRing.Of(folder.Alice), trust, default));
            Assert.Equal(("DTK7722", DeploymentOutcome.Failed), (refusal.Messages[0].Code, refusal.Outcome));
        }

        var unknown = await SealedMergeDriver.RunAsync(folder["origin"], folder.Path, folder["theirs"], null, KeyRing.Of(folder.Alice), new RootTrust(), default);
        Assert.Contains(unknown, static message => message.Code == "DTK7721");
    }

    [Fact]
    public async Task Somebody_who_was_removed_cannot_branch_off_before_that()
    {
        using var folder = await SealedFolder.CreateAsync("Database");
        await folder.ByAlice.AddRecipientAsync("bob", folder.Bob, default);
        var before = folder.Text;
        await folder.ByAlice.RemoveRecipientAsync("bob", default);

        // What bob makes of the old file verifies back to the root: he was a recipient there. It does not lead back to the ancestor.
        var theirs = folder["bobs"];
        await File.WriteAllTextAsync(theirs, before);
        var bob = new SealedSecrets(theirs, "Production", folder.Bob) { Root = folder.ByAlice.GetRoot() };
        await bob.RekeyAsync(default);
        await bob.SetAsync("Database", new Secret("chosen"), default, default);
        await RefusedAsync(folder, SealedFileReader.Read(await File.ReadAllBytesAsync(theirs), theirs), "do not lead back");
    }

    [Fact]
    public async Task Somebody_who_was_removed_cannot_join_their_branch_to_the_genuine_one()
    {
        using var folder = await SealedFolder.CreateAsync("Database");
        await folder.ByAlice.AddRecipientAsync("bob", folder.Bob, default);
        var old = Genuine(folder);
        await folder.ByAlice.RemoveRecipientAsync("bob", default);
        var genuine = Genuine(folder);

        using var key = DataKey.Generate();
        var header = old.Header with { Epoch = 3, Commitment = key.Commitment(old.Scope with { Epoch = 3 }), By = "bob" };
        // A header that follows both: it would make the genuine head an ancestor of bob's file.
        var joined = old.Chain.Append(header, old.Recipients, folder.Bob.Signing!, genuine.Chain);
        await RefusedAsync(folder, Attacker.Sealed(old with { Chain = joined }, old.Recipients, [], key), "is signed by no recipient of the header before it");
    }

    [Fact]
    public async Task Recipients_that_their_side_signed_are_taken_over_and_said()
    {
        using var folder = await SealedFolder.CreateAsync("Database");
        var (origin, other) = (folder["origin"], folder["theirs"]);
        foreach (var copy in (string[])[origin, other]) File.Copy(folder.Path, copy);
        await folder.By(folder.Alice, path: other).AddRecipientAsync("bob", folder.Bob, default);
        await folder.ByAlice.SetAsync("New", new Secret("v"), default, default);

        var said = Assert.Single(await MergeAsync(folder, "origin", "theirs"));
        Assert.Equal(("DTK7724", MessageSeverity.Information), (said.Code, said.Severity));
        Assert.Contains("'bob' can open it, signed by 'alice'", said.Text, StringComparison.Ordinal);
        Assert.Equal("v", folder.ByBob.Get("New").Reveal());
    }

    private static SealedFile Genuine(SealedFolder folder) => SealedFileReader.Read(File.ReadAllBytes(folder.Path), folder.Path);

    private static Task<IReadOnlyList<DeploymentMessage>> MergeAsync(SealedFolder folder, string origin, string theirs) =>
        SealedMergeDriver.RunAsync(folder[origin], folder.Path, folder[theirs], "secrets.Production.json", KeyRing.Of(folder.Alice), new RootTrust { User = folder.Roots }, default);

    private static async Task RefusedAsync(SealedFolder folder, SealedFile theirs, string why)
    {
        File.Copy(folder.Path, folder["origin"], overwrite: true);
        await File.WriteAllBytesAsync(folder["theirs"], SealedFileWriter.Write(theirs));
        await folder.ByAlice.SetAsync("Later", new Secret("ours"), default, default);
        var before = folder.Text;
        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => MergeAsync(folder, "origin", "theirs"));
        Assert.Equal(("DTK7723", DeploymentOutcome.Failed), (Assert.Single(refusal.Messages).Code, refusal.Outcome));
        Assert.Contains(why, refusal.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("Nothing was written", refusal.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal(before, folder.Text);
    }
}
