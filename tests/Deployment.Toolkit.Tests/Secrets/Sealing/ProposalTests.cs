using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class ProposalTests
{
    [Fact]
    public async Task A_stranger_can_hand_a_value_in_that_counts_once_it_is_accepted()
    {
        using var folder = await SealedFolder.CreateAsync("Other");
        await folder.ByBob.ProposeAsync("Stripe", new Secret("from bob"), default, CancellationToken.None);
        Assert.DoesNotContain("from bob", folder.Text, StringComparison.Ordinal);
        Assert.Equal("DTK7708", SealedFolder.Refusal(() => folder.ByAlice.Get("Stripe")).Code);
        Assert.Equal("DTK7706", SealedFolder.Refusal(() => folder.ByBob.Get("Other")).Code);

        await folder.AcceptAsync("stripe", TimeSpan.Zero);
        Assert.Equal("from bob", folder.ByAlice.Get("Stripe").Reveal());
        Assert.DoesNotContain(folder.ByAlice.List(), static secret => secret.State == SealedSecretState.Proposed);
    }

    [Fact]
    public async Task An_accepted_proposal_for_a_secret_that_is_there_rotates_it()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByBob.ProposeAsync("KEY", new Secret("new"), default, CancellationToken.None);
        await folder.AcceptAsync("Key", TimeSpan.FromHours(1));
        Assert.Equal("new", folder.ByAlice.Get("Key").Reveal());
        Assert.Equal("value-of-Key", folder.ByAlice.Get("Key", "previous").Reveal());
    }

    [Fact]
    public async Task A_proposal_counts_once_and_cannot_be_played_in_again()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByBob.ProposeAsync("Key", new Secret("new"), default, CancellationToken.None);
        var section = folder.Text[folder.Text.IndexOf("  \"proposals\"", StringComparison.Ordinal)..];
        var id = folder.ByAlice.List().Single(static secret => secret.Proposal is not null).Proposal!;
        await folder.AcceptAsync("Key", TimeSpan.Zero);

        folder.Text = folder.Text[..folder.Text.IndexOf("  \"proposals\"", StringComparison.Ordinal)] + section;
        Assert.Contains("was accepted already, and none counts twice", (await SealedFolder.RefusalAsync(() => folder.ByAlice.AcceptAsync(id, TimeSpan.Zero, CancellationToken.None))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proposal_from_another_file_does_not_open()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var other = folder.By(folder.Alice, path: folder["other.json"]);
        await other.InitializeAsync("alice", folder.Alice, null, CancellationToken.None);
        await other.SetAsync("Key", new Secret("v"), default, CancellationToken.None);
        await other.ProposeAsync("Key", new Secret("theirs"), default, CancellationToken.None);
        var theirs = await File.ReadAllTextAsync(other.Path);
        folder.Text = folder.Text[..folder.Text.IndexOf("  \"proposals\"", StringComparison.Ordinal)] + theirs[theirs.IndexOf("  \"proposals\"", StringComparison.Ordinal)..];

        // Signed for that file, it is none of this one's.
        Assert.Equal("DTK7725", Assert.Single(folder.ByAlice.Warnings()).Code);
        Assert.Equal("value-of-Key", folder.ByAlice.Get("Key").Reveal());
    }

    [Fact]
    public async Task Two_proposals_for_one_name_are_told_apart_by_id()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByBob.ProposeAsync("Key", new Secret("one"), default, CancellationToken.None);
        await folder.ByBob.ProposeAsync("Key", new Secret("two"), default, CancellationToken.None);
        Assert.Contains("A proposal is named by its id", (await SealedFolder.RefusalAsync(() => folder.ByAlice.AcceptAsync("Key", TimeSpan.Zero, CancellationToken.None))).Text, StringComparison.Ordinal);

        await folder.ByAlice.AcceptAsync(folder.ByAlice.List().First(static secret => secret.Proposal is not null).Proposal!, TimeSpan.Zero, CancellationToken.None);
        Assert.Contains(folder.ByAlice.Get("Key").Reveal(), (string[])["one", "two"]);
        Assert.Single(folder.ByAlice.List());
    }

    [Fact]
    public async Task Rekeying_carries_proposals_over_to_who_is_a_recipient_then()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByAlice.AddRecipientAsync("bob", folder.Bob, CancellationToken.None);
        await folder.ByBob.ProposeAsync("New", new Secret("v"), default, CancellationToken.None);
        await folder.ByAlice.RemoveRecipientAsync("bob", CancellationToken.None);
        await folder.AcceptAsync("New", TimeSpan.Zero);
        Assert.Equal("v", folder.ByAlice.Get("New").Reveal());
    }

    [Fact]
    public async Task A_proposal_that_the_rekeyer_cannot_open_is_named()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByAlice.ProposeAsync("New", new Secret("v"), default, CancellationToken.None);
        await folder.ByAlice.AddRecipientAsync("bob", folder.Bob, CancellationToken.None);
        Assert.Equal(["New"], await folder.ByBob.RekeyAsync(CancellationToken.None));
    }
}
