using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class EpochMemoryTests
{
    [Fact]
    public async Task An_older_epoch_is_refused_once_a_newer_one_was_used()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var old = folder.Text;
        await folder.ByAlice.RekeyAsync(CancellationToken.None);
        var memory = Remember(folder);
        folder.By(folder.Alice, memory: memory).Verify();

        folder.Text = old;
        var refusal = SealedFolder.Refusal(() => folder.By(folder.Alice, memory: memory).Get("Key"));
        Assert.Equal("DTK7704", refusal.Code);
        Assert.Contains("is of epoch 1, while 'Production' used epoch 2 already", refusal.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_successor_is_taken_also_when_epochs_were_skipped()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var memory = Remember(folder);
        for (var i = 0; i < 3; i++) await folder.By(folder.Alice, memory: memory).RekeyAsync(CancellationToken.None);
        Assert.Equal(4, folder.By(folder.Alice, memory: memory).Verify());
    }

    [Fact]
    public async Task A_file_made_from_public_keys_alone_is_refused_though_it_opens()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var memory = Remember(folder);
        var genuine = SealedFileReader.Read(await File.ReadAllBytesAsync(folder.Path), folder.Path);
        foreach (var epoch in (long[])[1, 2])
        {
            // What anybody can do who sees the file: the same id, environment and recipients, and a data key of their own.
            using var attacker = new Attacker();
            await File.WriteAllBytesAsync(folder.Path, SealedFileWriter.Write(attacker.NewFile(genuine, epoch, entries: [])));
            Assert.Equal(epoch, new SealedSecrets(folder.Path, "Production", folder.Alice).Verify());
            var refusal = SealedFolder.Refusal(() => folder.By(folder.Alice, memory: memory).Verify());
            Assert.Equal("DTK7703", refusal.Code);
            Assert.Contains("does not descend from epoch 1", refusal.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Another_file_is_refused_by_its_id()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        var memory = Remember(folder);
        File.Delete(folder.Path);
        await folder.ByAlice.InitializeAsync("alice", folder.Alice, null, CancellationToken.None);
        Assert.Contains("is another file", SealedFolder.Refusal(() => folder.By(folder.Alice, memory: memory).Verify()).Text, StringComparison.Ordinal);
    }

    private static EpochMemory Remember(SealedFolder folder)
    {
        using var opened = folder.ByAlice.Open();
        var known = EpochMemory.Of(opened.File);
        return new EpochMemory(environment => environment == "Production" ? known : null);
    }
}
