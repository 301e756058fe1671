using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class SealedSecretSourceTests
{
    private static readonly DeploymentEnvironment Production = new("Production");

    [Fact]
    public async Task It_answers_the_version_in_force_and_the_previous_one()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        await folder.ByAlice.RotateAsync("Key", new Secret("new"), TimeSpan.FromHours(1), new SealedValidity
        {
            ExpiresAt = SealedFolder.Start.AddDays(1),
        }, default);
        using var source = new SealedSecretSource(folder.ByAlice, folder.Time);

        var current = await source.FindAsync(new SecretRequest { Name = "key", Environment = Production }, default);
        Assert.Equal(("new", "2", SealedFolder.Start.AddDays(1)), (current!.Value.Reveal(), current.Version, current.ExpiresAt));
        var previous = await source.FindAsync(new SecretRequest { Name = "Key", Version = "previous", Environment = Production }, default);
        Assert.Equal(("value-of-Key", "1"), (previous!.Value.Reveal(), previous.Version));
        Assert.Null(await source.FindAsync(new SecretRequest { Name = "Other", Environment = Production }, default));
        Assert.Null(await source.FindAsync(new SecretRequest { Name = "Key", Version = "7", Environment = Production }, default));
        Assert.Null(await source.FindAsync(new SecretRequest
        {
            Name = "Key",
            Environment = new DeploymentEnvironment("Staging"),
        }, default));
        folder.Time.Now += TimeSpan.FromHours(1);
        Assert.Null(await source.FindAsync(new SecretRequest { Name = "Key", Version = "previous", Environment = Production }, default));
        folder.Time.Now += TimeSpan.FromDays(1);
        Assert.Contains("expired", (await SealedFolder.RefusalAsync(async () => await source.FindAsync(new SecretRequest
        {
            Name = "Key",
            Environment = Production,
        }, default))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_sees_a_new_file_and_says_when_that_does_not_open()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        using var source = new SealedSecretSource(folder.ByAlice, folder.Time);
        var request = new SecretRequest { Name = "Key", Environment = Production };
        await source.FindAsync(request, default);
        await folder.ByAlice.SetAsync("Key", new Secret("a new value of another length than before"), default, default);
        Assert.Equal("a new value of another length than before", (await source.FindAsync(request, default))!.Value.Reveal());

        folder.Text = "{";
        Assert.Equal("DTK7701", (await SealedFolder.RefusalAsync(async () => await source.FindAsync(request, default))).Code);
    }

    [Fact]
    public async Task Without_a_file_it_has_nothing()
    {
        using var folder = await SealedFolder.CreateAsync();
        File.Delete(folder.Path);
        using var source = new SealedSecretSource(folder.ByAlice, folder.Time);
        Assert.Null(await source.FindAsync(new SecretRequest { Name = "Key", Environment = Production }, default));
        Assert.Equal("sealed file secrets.Production.json", source.Name);
    }

    [Fact]
    public async Task A_proposal_counts_by_itself_only_where_the_file_lists_who_signed_it()
    {
        foreach (var accepts in (bool[])[true, false])
        {
            using var folder = await SealedFolder.CreateAsync();
            if (accepts) await folder.ByAlice.AddProposerAsync("bob", folder.Bob.PublicKey!, default);
            await folder.ByAlice.SetAsync("Key", new Secret("old"), default, default);
            await folder.ByBob.ProposeAsync("Key", new Secret("new"), default, default);
            await folder.ByBob.ProposeAsync("Added", new Secret("added"), default, default);
            using var source = new SealedSecretSource(folder.ByAlice, folder.Time);

            Assert.Equal(accepts ? "new" : "old", (await source.FindAsync(new SecretRequest
            {
                Name = "Key",
                Environment = Production,
            }, default))!.Value.Reveal());
            Assert.Equal(accepts ? "added" : null, (await source.FindAsync(new SecretRequest
            {
                Name = "Added",
                Environment = Production,
            }, default))?.Value.Reveal());
        }
    }
}
