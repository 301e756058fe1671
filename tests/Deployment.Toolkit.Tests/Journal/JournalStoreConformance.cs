using System.Text;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Tests.Journal;

/// <summary>What every place for a journal has to do. A class for each place gives it.</summary>
public abstract class JournalStoreConformance
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected abstract JournalStore Store { get; }

    [Fact]
    public async Task Before_the_first_record_it_is_empty_and_free()
    {
        Assert.Empty(await Store.ReadAsync(0, Token));
        Assert.False(await Store.IsHeldAsync(Token));
    }

    [Fact]
    public async Task What_is_appended_is_read_byte_for_byte_and_behind_a_number_of_lines()
    {
        string[] lines = ["{\"a\":1}\n", "{\"ü\":\"\\n\"}\n", "{\"c\":3}\n"];
        await WriteAsync(0, lines);

        for (var after = 0; after < 5; after++) Assert.Equal(string.Concat(lines.Skip(after)), Encoding.UTF8.GetString(await Store.ReadAsync(after, Token)));
    }

    [Fact]
    public async Task While_one_has_the_lock_no_other_gets_it_and_everybody_reads()
    {
        await using (var writer = (await Store.TryOpenAsync(Token))!)
        {
            await writer.BeginAsync(0, Token);
            await writer.AppendAsync("one\n"u8.ToArray());

            Assert.Null(await Store.TryOpenAsync(Token));
            Assert.True(await Store.IsHeldAsync(Token));
            Assert.True(await Store.IsHeldAsync(Token));
            Assert.Equal("one\n"u8.ToArray(), await Store.ReadAsync(0, Token));
            Assert.Null(await writer.LostAsync(Token));
        }

        Assert.False(await Store.IsHeldAsync(Token));
        await using var next = await Store.TryOpenAsync(Token);
        Assert.NotNull(next);
    }

    /// <summary>Whether an append that broke off can leave half of a line. Where it can't, more than was read means that it was read elsewhere.</summary>
    protected virtual bool CanBeTorn => true;

    [Fact]
    public async Task The_next_holder_goes_on_behind_what_was_whole()
    {
        await WriteAsync(0, "one\n", "half of tw");
        if (!CanBeTorn)
        {
            var refusal = await Assert.ThrowsAsync<DeploymentException>(() => WriteAsync("one\n".Length, "two\n"));
            Assert.Contains("Nothing was changed", refusal.Messages[0].Text, StringComparison.Ordinal);
            Assert.Equal("one\nhalf of tw"u8.ToArray(), await Store.ReadAsync(0, Token));
            return;
        }

        await WriteAsync("one\n".Length, "two\n");

        Assert.Equal("one\ntwo\n"u8.ToArray(), await Store.ReadAsync(0, Token));
    }

    [Fact]
    public async Task It_is_marked_by_what_was_written()
    {
        var empty = await Store.StampAsync(Token);
        await WriteAsync(0, "one\n");
        var one = await Store.StampAsync(Token);
        await WriteAsync("one\n".Length, "two\n");

        Assert.Equal(3, new[] { empty, one, await Store.StampAsync(Token) }.Distinct().Count());
        Assert.Equal(await Store.StampAsync(Token), await Store.StampAsync(Token));
    }

    [Fact]
    public async Task A_session_over_it_keeps_the_chain_from_holder_to_holder()
    {
        for (var fence = 1; fence <= 3; fence++)
        {
            await using var session = (await JournalSession.TryOpenAsync(Store, "up", new JournalHolder("a", "b", 1, DateTimeOffset.UnixEpoch), JournalKey.Throwaway, TimeProvider.System, Token))!;
            Assert.Equal(fence, session.Fence);
            await Task.WhenAll(Enumerable.Range(0, 20).Select(i => session.AppendAsync(null, JournalKinds.TailCut, new TailCut(i), JournalJson.Default.TailCut)));
            await session.EnsureHeldAsync(Token);
        }

        var content = (await JournalReader.ReadAsync(Store, Token)).EnsureIntact();
        Assert.Equal(3 * 21, content.Records.Count);
        Assert.True(content.Trust.IsComplete);
    }

    private async Task WriteAsync(long length, params string[] lines)
    {
        await using var writer = (await Store.TryOpenAsync(Token))!;
        await writer.BeginAsync(length, Token);
        foreach (var line in lines) await writer.AppendAsync(Encoding.UTF8.GetBytes(line));
    }
}

/// <summary>The file of this machine's disk.</summary>
public sealed class JournalFileTests : JournalStoreConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-journal-").FullName;

    private protected override JournalStore Store => new JournalFile(new JournalPaths(_folder, "Production"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
