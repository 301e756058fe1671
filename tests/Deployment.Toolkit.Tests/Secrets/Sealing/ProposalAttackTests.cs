using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

/// <summary>What somebody can do who may change the file and cannot open it: the proposals are theirs to write.</summary>
public sealed class ProposalAttackTests
{
    private static readonly DeploymentEnvironment Production = new("Production");

    [Fact]
    public async Task The_accepted_proposal_of_a_removed_secret_does_not_come_back()
    {
        using var folder = await SealedFolder.CreateAsync("Other");
        await folder.ByBob.ProposeAsync("Key", new Secret("old"), default, default);
        var (id, section) = (Id(folder), Section(folder));
        await folder.ByAlice.AcceptAsync(id, TimeSpan.Zero, default);
        await folder.ByAlice.RemoveAsync("Key", default);

        Paste(folder, section);
        Assert.DoesNotContain(folder.ByAlice.List(), static secret => secret.Proposal is not null);
        Assert.Contains("was accepted already", (await SealedFolder.RefusalAsync(() => folder.ByAlice.AcceptAsync(id, TimeSpan.Zero, default))).Text, StringComparison.Ordinal);

        // Numbers are not given again either: the next value is version 2, in whatever spelling.
        await folder.ByAlice.SetAsync("KEY", new Secret("new"), default, default);
        Assert.Equal(("Key", 2L), folder.ByAlice.List().Where(static secret => secret.Version == 2).Select(static secret => (secret.Name, secret.Version)).Single());
        Assert.DoesNotContain(folder.ByAlice.List(), static secret => secret.Proposal is not null);
    }

    [Fact]
    public async Task A_rejected_proposal_does_not_come_back_also_after_a_rekey()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByBob.ProposeAsync("Key", new Secret("bad"), default, default);
        var (id, section) = (Id(folder), Section(folder));
        var rejected = await folder.ByAlice.RejectAsync(id, default);
        Assert.Equal(("Key", id), (rejected.Name, rejected.Proposal));
        Paste(folder, section);
        Assert.Contains("was rejected already", (await SealedFolder.RefusalAsync(() => folder.ByAlice.AcceptAsync(id, TimeSpan.Zero, default))).Text, StringComparison.Ordinal);

        await folder.ByAlice.RekeyAsync(default);
        Paste(folder, section);
        Assert.Equal("DTK7713", (await SealedFolder.RefusalAsync(() => folder.ByAlice.AcceptAsync(id, TimeSpan.Zero, default))).Code);
        Assert.Equal("value-of-Key", folder.ByAlice.Get("Key").Reveal());
    }

    [Fact]
    public async Task Recipients_cannot_be_given_different_values()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByAlice.AddRecipientAsync("bob", folder.Bob, default);
        var file = SealedFileReader.Read(await File.ReadAllBytesAsync(folder.Path), folder.Path);
        var one = SealedProposals.Add(file, "Key", new Secret("for alice"), default, "mallory", null, SealedFolder.Start);
        var proposal = one.Proposals[0];
        // The same proposal with another value in bob's copy: everything but the commitment fits.
        byte[] plain = [.. new byte[SealedProposals.OpeningSize], .. PaddedValue.Pad(new Secret("for bob"))];
        var bob = file.Recipients[1];
        var info = DataKey.Describe(file.Scope.Bind("proposal").Text(proposal.Id).Bytes(bob.PublicKey), proposal.Entry).Written;
        var (encapsulated, box) = Hpke.Seal(bob.PublicKey, info, [], plain);
        var forged = proposal with { Copies = [proposal.Copies[0], new ProposalCopy("bob", encapsulated, box)] };
        forged = forged with { Digest = SealedFileWriter.DigestOf(forged) };
        await File.WriteAllBytesAsync(folder.Path, SealedFileWriter.Write(file with { Proposals = [forged] }));

        var refusal = await SealedFolder.RefusalAsync(() => folder.ByBob.AcceptAsync(proposal.Id, TimeSpan.Zero, default));
        Assert.Contains("its recipients were given different ones", refusal.Text, StringComparison.Ordinal);
        await folder.ByAlice.AcceptAsync(proposal.Id, TimeSpan.Zero, default);
        Assert.Equal("for alice", folder.ByBob.Get("Key").Reveal());
    }

    [Fact]
    public async Task Bad_proposals_leave_every_other_secret_readable()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByAlice.AddProposerAsync("bob", folder.Bob.PublicKey!, default);
        await folder.ByBob.ProposeAsync("Unrelated", new Secret("one"), default, default);
        await folder.ByBob.ProposeAsync("Unrelated", new Secret("two"), default, default);
        await folder.ByBob.ProposeAsync("Good", new Secret("good"), default, default);
        Insert(folder, "{ }", "nonsense", "{ \"id\": \"0000000000000000\" }", new string('[', 3000), "\"\\ud800\"");
        foreach (var secrets in (SealedSecrets[])[folder.ByAlice, new(folder.Path, "Production", folder.Alice)])
        {
            Assert.Equal("value-of-Key", secrets.Get("Key").Reveal());
            secrets.Verify();
        }

        Assert.Equal(5, folder.ByAlice.Warnings().Count(static warning => warning.Code == "DTK7725"));
        using var source = new SealedSecretSource(folder.ByAlice, folder.Time);
        Assert.Equal("value-of-Key", (await source.FindAsync(new SecretRequest
        {
            Name = "Key",
            Environment = Production,
        }, default))!.Value.Reveal());
        Assert.Equal("good", (await source.FindAsync(new SecretRequest
        {
            Name = "Good",
            Environment = Production,
        }, default))!.Value.Reveal());
        Assert.Null(await source.FindAsync(new SecretRequest { Name = "Unrelated", Environment = Production }, default));

        await folder.ByAlice.SetAsync("Other", new Secret("v"), default, default);
        Assert.Empty(folder.ByAlice.Warnings());
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_in_a_proposal_takes_it_out_and_touches_nothing_else()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByBob.ProposeAsync("New", new Secret("value"), default, default);
        var bytes = await File.ReadAllBytesAsync(folder.Path);
        var begin = folder.Text.IndexOf("    { \"id\"", StringComparison.Ordinal);
        var end = folder.Text.IndexOf('\n', begin);
        for (var bit = begin * 8; bit < end * 8; bit += FullRun.Times(11, full: 1))
        {
            SealedFile file;
            try
            {
                file = SealedFileReader.Read(HpkeTests.Flip(bytes, bit), folder.Path);
            }
            catch (DeploymentException refusal)
            {
                // A line end of another system is none of this file.
                Assert.Equal("DTK7701", refusal.Messages[0].Code);
                continue;
            }

            using var opened = OpenedFile.Open(file, folder.Path, "Production", KeyRing.Of(folder.Alice));
            Assert.Equal("value-of-Key", opened.Reveal(file.Entries[0]).Reveal());
            // In front of the line a blank may be anything; what is left is the proposal as it was made, or none.
            if (file.Proposals.Count > 0) Assert.Equal("value", SealedProposals.Open(opened, file.Proposals[0], "file").Reveal());
            else Assert.NotEmpty(file.Ignored);
        }
    }

    [Fact]
    public async Task Only_who_is_listed_and_signed_counts_by_themselves()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        using var attacker = new Attacker();
        await folder.ByAlice.AddProposerAsync("bob", folder.Bob.PublicKey!, default);
        var root = folder.ByAlice.GetRoot();
        await new SealedSecrets(folder.Path, "Production", attacker.Key) { Root = root }.ProposeAsync("Key", new Secret("chosen"), default, default);
        var file = SealedFileReader.Read(await File.ReadAllBytesAsync(folder.Path), folder.Path);
        file = SealedProposals.Add(file, "Token", new Secret("chosen"), default, "bob", null, SealedFolder.Start);
        // Bob's name and key, and a signature of the attacker's.
        var claimed = file.Proposals[0] with { SigningKey = folder.Bob.Signing!.PublicKey };
        claimed = claimed with { Digest = SealedFileWriter.DigestOf(claimed) };
        await File.WriteAllBytesAsync(folder.Path, SealedFileWriter.Write(file with { Proposals = SealedProposals.Sorted([.. file.Proposals.Skip(1), claimed]) }));

        using var source = new SealedSecretSource(folder.ByAlice, folder.Time);
        Assert.Equal("value-of-Key", (await source.FindAsync(new SecretRequest
        {
            Name = "Key",
            Environment = Production,
        }, default))!.Value.Reveal());
        Assert.Null(await source.FindAsync(new SecretRequest { Name = "Token", Environment = Production }, default));
        Assert.Single(folder.ByAlice.Warnings());

        await folder.ByAlice.RemoveProposerAsync("bob", default);
        await folder.ByBob.ProposeAsync("Late", new Secret("v"), default, default);
        using var after = new SealedSecretSource(folder.ByAlice, folder.Time);
        Assert.Null(await after.FindAsync(new SecretRequest { Name = "Late", Environment = Production }, default));
    }

    [Fact]
    public async Task A_list_says_who_proposed_and_whose_signature_says_so()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        using var stranger = SealedKey.Generate();
        await folder.ByAlice.ProposeAsync("A", new Secret("v"), default, default);
        await folder.ByBob.ProposeAsync("B", new Secret("v"), default, default);
        await folder.ByAlice.AddProposerAsync("bobs-machine", folder.Bob.PublicKey!, default);
        await folder.By(stranger).ProposeAsync("C", new Secret("v"), default, default);
        var file = SealedFileReader.Read(await File.ReadAllBytesAsync(folder.Path), folder.Path);
        await File.WriteAllBytesAsync(folder.Path, SealedFileWriter.Write(SealedProposals.Add(file, "D", new Secret("v"), default, "somebody", null, SealedFolder.Start)));

        var proposals = folder.ByAlice.List().Where(static secret => secret.Proposal is not null).ToList();
        Assert.All(proposals, static proposal => Assert.Equal(SealedFolder.Start, proposal.ProposedAt));
        Assert.EndsWith("(signed by recipient alice)", proposals[0].Proposer, StringComparison.Ordinal);
        Assert.EndsWith("(signed by proposer bobs-machine)", proposals[1].Proposer, StringComparison.Ordinal);
        Assert.EndsWith("(signed with a key that the file does not list)", proposals[2].Proposer, StringComparison.Ordinal);
        Assert.Equal("somebody (not signed: anybody can give that name)", proposals[3].Proposer);
    }

    [Fact]
    public async Task A_signature_survives_a_rekey_and_covers_the_times()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByAlice.AddProposerAsync("bob", folder.Bob.PublicKey!, default);
        await folder.ByBob.ProposeAsync("New", new Secret("v"), new SealedValidity { ExpiresAt = SealedFolder.Start.AddDays(1) }, default);
        await folder.ByAlice.RekeyAsync(default);
        Assert.EndsWith("(signed by proposer bob)", folder.ByAlice.List().Single(static secret => secret.Proposal is not null).Proposer, StringComparison.Ordinal);

        var file = SealedFileReader.Read(await File.ReadAllBytesAsync(folder.Path), folder.Path);
        var longer = file.Proposals[0] with { Entry = file.Proposals[0].Entry with { Expires = SealedFolder.Start.AddYears(9) } };
        longer = longer with { Digest = SealedFileWriter.DigestOf(longer) };
        await File.WriteAllBytesAsync(folder.Path, SealedFileWriter.Write(file with { Proposals = [longer] }));
        Assert.Equal("DTK7725", Assert.Single(folder.ByAlice.Warnings()).Code);
    }

    private static string Id(SealedFolder folder) => folder.ByAlice.List().Single(static secret => secret.Proposal is not null).Proposal!;

    private static string Section(SealedFolder folder) => folder.Text[folder.Text.IndexOf("  \"proposals\"", StringComparison.Ordinal)..];

    private static void Paste(SealedFolder folder, string section) => folder.Text = folder.Text[..folder.Text.IndexOf("  \"proposals\"", StringComparison.Ordinal)] + section;

    private static void Insert(SealedFolder folder, params string[] lines) =>
        folder.Text = folder.Text.Replace("  \"proposals\": [\n", $"  \"proposals\": [\n{string.Concat(lines.Select(static line => $"    {line},\n"))}", StringComparison.Ordinal);
}
