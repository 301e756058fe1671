using System.Diagnostics;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class BoundsTests
{
    [Fact]
    public async Task Passphrases_may_not_ask_for_more_work_together_than_one_may()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        using var words = SealedKey.FromPassphrase(new Secret("correct horse battery staple"));
        var file = SealedFileReader.Read(await File.ReadAllBytesAsync(folder.Path), folder.Path);
        // As an attacker makes them: nobody has to stretch anything to write a line that asks for it.
        using var attacker = new Attacker();
        var many = Enumerable.Range(0, 17).Select(i => attacker.Key.ToRecipient($"words{i:D2}") with { Kind = RecipientKind.Passphrase, Salt = new byte[16], Iterations = 600_000 });
        var chain = file.Chain.Append(file.Header, HeaderEdits.Sorted([.. file.Recipients, .. many]), folder.Alice.Signing!);
        using var key = DataKey.Generate();
        var text = SealedFileWriter.Write(Attacker.Sealed(file with { Chain = chain }, chain.Head.Recipients, [], key));

        Assert.Contains("has passphrases of 10200000 iterations together", SealedFolder.Refusal(() => SealedFileReader.Read(text, "file")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_passphrase_that_would_be_one_too_many_is_not_added()
    {
        using var folder = await SealedFolder.CreateAsync();
        using var opened = folder.ByAlice.Open();
        var words = folder.Bob.ToRecipient("ops") with { Kind = RecipientKind.Passphrase, Salt = new byte[16], Iterations = SealedFormat.MostIterations };
        var more = folder.Bob.ToRecipient("more") with { Kind = RecipientKind.Passphrase, PublicKey = folder.Alice.Signing!.PublicKey, Salt = new byte[16], Iterations = SealedFormat.FewestIterations };
        var full = HeaderEdits.AddRecipient(opened, words);
        Assert.Contains("'more' would be one too many", SealedFolder.Refusal(() => HeaderEdits.AddRecipient(opened.With(full), more)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stretching_ends_when_it_is_cancelled()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        using var words = SealedKey.FromPassphrase(new Secret("correct horse battery staple"));
        var slow = folder.Bob.ToRecipient("ops") with { Kind = RecipientKind.Passphrase, Salt = new byte[16], Iterations = SealedFormat.MostIterations };
        using var cancelled = new CancellationTokenSource();
        var asked = Task.Run(() => words.For(slow, cancelled.Token));
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WaitAsync(TimeSpan.FromMinutes(5)));
        Assert.Throws<OperationCanceledException>(() => words.For(slow, cancelled.Token));
    }

    [Fact]
    public async Task An_epoch_or_version_at_its_end_is_refused_and_does_not_wrap()
    {
        using var folder = await SealedFolder.CreateAsync("Key");
        using var opened = folder.ByAlice.Open();
        var last = opened.File.Chain.Append(
            opened.File.Header with { Epoch = SealedFormat.MostEpochs, Commitment = opened.Key.Commitment(opened.File.Scope with { Epoch = SealedFormat.MostEpochs }), By = "alice" }, opened.File.Recipients, folder.Alice.Signing!);
        Assert.Contains("had 1000000 data keys", SealedFolder.Refusal(() => HeaderEdits.Rekey(opened.With(opened.File with { Chain = last }), opened.File.Header, opened.File.Recipients)).Text, StringComparison.Ordinal);

        var spent = opened.File with { Spent = [new SpentVersion("Old", SealedFormat.MostVersions)] };
        Assert.Contains("had 1000000000 versions", SealedFolder.Refusal(() => SealedEdits.Set(opened.With(spent), "old", new Secret("v"), default, default)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_a_device_a_pipe_or_out_of_the_folder_is_not_read()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Devices as Linux has them.");
        using var folder = await SealedFolder.CreateAsync("Key");
        using var other = await SealedFolder.CreateAsync("Key");
        var place = folder["secrets.Staging.json"];
        SealedSecrets At() => new(place, "Staging", folder.Alice);

        File.CreateSymbolicLink(place, "/dev/zero");
        Assert.Contains("leads out of its folder", SealedFolder.Refusal(() => At().Verify()).Text, StringComparison.Ordinal);
        File.Delete(place);
        File.CreateSymbolicLink(place, other.Path);
        Assert.Contains("leads out of its folder", SealedFolder.Refusal(() => At().Verify()).Text, StringComparison.Ordinal);
        File.Delete(place);
        File.CreateSymbolicLink(folder["..data"], other.Folder);
        File.CreateSymbolicLink(place, "..data/secrets.Production.json");
        Assert.Contains("leads out of its folder", SealedFolder.Refusal(() => At().Verify()).Text, StringComparison.Ordinal);
        File.Delete(place);

        using (var made = Process.Start("mkfifo", place)) await made.WaitForExitAsync();
        Assert.Contains("no regular file", SealedFolder.Refusal(() => At().Verify()).Text, StringComparison.Ordinal);
        Assert.Equal("DTK7701", SealedFolder.Refusal(() => new SealedSecrets("/dev/zero", "Staging", folder.Alice).Verify()).Code);
    }

    [Fact]
    public async Task A_link_within_the_folder_is_read_and_written_through_as_mounts_have_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links as Kubernetes mounts have them.");
        using var folder = await SealedFolder.CreateAsync("Key");
        Directory.CreateDirectory(folder["..2026"]);
        File.Move(folder.Path, folder["..2026/secrets.Production.json"]);
        File.CreateSymbolicLink(folder["..data"], "..2026");
        File.CreateSymbolicLink(folder.Path, "..data/secrets.Production.json");

        Assert.Equal("value-of-Key", folder.ByAlice.Get("Key").Reveal());
        await folder.ByAlice.SetAsync("New", new Secret("v"), default, default);
        Assert.NotNull(new FileInfo(folder.Path).LinkTarget);
        Assert.Equal("v", folder.ByAlice.Get("New").Reveal());
    }

    [Fact]
    public async Task A_file_longer_than_it_may_be_is_refused_also_behind_a_link()
    {
        using var folder = await SealedFolder.CreateAsync();
        await using (var large = File.Create(folder["large"])) large.SetLength(SealedFormat.LongestFile + 1L);
        File.Delete(folder.Path);
        File.CreateSymbolicLink(folder.Path, "large");
        Assert.Contains("more than the 16777216 that one may have", SealedFolder.Refusal(() => folder.ByAlice.Verify()).Text, StringComparison.Ordinal);
    }
}
