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

    [Fact]
    public async Task From_its_end_back_it_is_read_in_pages_and_line_by_line_by_its_place()
    {
        string[] lines = [.. Enumerable.Range(1, 40).Select(static i => $"{{\"seq\":{i},\"{new string('ä', i)}\"}}\n")];
        var length = 0;
        foreach (var some in lines.Chunk(7))
        {
            await WriteAsync(length, some);
            length += some.Sum(Encoding.UTF8.GetByteCount);
        }

        foreach (var size in (int[])[1, 3, 40, 100])
        {
            var (before, read) = (RecordPlace.End, "");
            for (var isFirst = false; !isFirst;)
            {
                var page = await Store.ReadPageAsync(before, size, Token);
                isFirst = page.IsFirst;
                var text = Encoding.UTF8.GetString(page.Bytes);
                Assert.Equal(Math.Min(size, lines.Length - read.Count(static c => c == '\n')), text.Count(static c => c == '\n'));
                read = text + read;
                before = new RecordPlace(lines.Length - read.Count(static c => c == '\n') + 1, page.Start, 0);
            }

            Assert.Equal(string.Concat(lines), read);
        }

        var start = 0;
        var places = lines.Select((line, i) =>
        {
            var place = new RecordPlace(i + 1, start, Encoding.UTF8.GetByteCount(line));
            start += place.Length;
            return place;
        }).Where(static place => place.Sequence % 3 == 0).ToList();
        Assert.Equal(lines.Where(static (_, i) => (i + 1) % 3 == 0), (await Store.ReadLinesAsync(places, Token)).Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public async Task A_long_journal_is_read_from_its_newest_summary_on()
    {
        await GrowAsync(10);

        var (present, all) = (await JournalReader.ReadPresentAsync(Store, Token), await JournalReader.ReadAsync(Store, Token));

        Assert.Null(present.Fault);
        Assert.Null(all.EnsureIntact().Base);
        Assert.InRange(present.Records.Count, 1, JournalSession.SummarizedAfter + 50);
        Assert.Equal((all.Count, all.LastHash, all.ValidLength), (present.Count, present.LastHash, present.ValidLength));
        Assert.Equal(PresentState.Of(EnvironmentLedger.From(all)).StandingHash, PresentState.Of(EnvironmentLedger.From(present)).StandingHash);
        Assert.Null(SummaryCheck.Find(Store, all));
    }

    [Fact]
    public async Task Whoever_asks_whether_it_is_held_while_others_write_in_it_is_told_that_it_is()
    {
        await using var session = (await OpenAsync())!;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            for (var j = 0; j < 25; j++)
            {
                await session.AppendAsync(null, JournalKinds.TailCut, new TailCut(i), JournalJson.Default.TailCut);
                await session.EnsureHeldAsync(Token);
            }
        }, Token)));

        Assert.Equal(201, (await JournalReader.ReadAsync(Store, Token)).EnsureIntact().Count);
    }

    [Fact]
    public async Task What_went_to_an_archive_is_gone_what_stays_is_there_and_it_goes_on()
    {
        await GrowAsync(10);
        var all = (await JournalReader.ReadAsync(Store, Token)).EnsureIntact();
        var to = Store.CutAt(all, all.Count - 100);
        Assert.InRange(to, 1, all.Count - 100);
        var then = EnvironmentLedger.From(all with { Records = [.. all.Records.Take((int)to)] });
        var state = PresentState.Of(then);
        await using (var session = (await OpenAsync())!)
        {
            await session.AppendAsync(null, JournalKinds.JournalArchived, new JournalArchived("away.jsonl", new string('a', 64), 1, to, "me", state, []), JournalJson.Default.JournalArchived);
            for (var again = 0; again < 2; again++)
                await session.DropAsync(state, [.. (await Store.ReadLinesAsync(state.Places, Token)).Select(static line => (ReadOnlyMemory<byte>)line)]);
        }

        await GrowAsync(1);
        var left = (await JournalReader.ReadAsync(Store, Token)).EnsureIntact();

        Assert.Equal((to, to + 1), (left.Base!.State.Records, left.Records[0].Sequence));
        Assert.InRange(left.Count, all.Count + 43, all.Count + 45);
        Assert.Equal(state.Places.Select(static place => place.Sequence), left.Base.Standing.Select(static record => record.Sequence));
        Assert.True(left.Trust.IsComplete);
        Assert.Null(SummaryCheck.Find(Store, left));
        var present = (await JournalReader.ReadPresentAsync(Store, Token)).EnsureIntact();
        Assert.Equal((left.Count, left.LastHash), (present.Count, present.LastHash));
        Assert.Equal(state.Journal, EnvironmentLedger.From(present).JournalId);
        Assert.Equal("away.jsonl", Assert.Single(EnvironmentLedger.From(present).Archives).Part.File);
    }

    // What people hold is told by records from the beginning.
    private async Task GrowAsync(int sessions)
    {
        for (var i = 0; i < sessions; i++)
        {
            await using var session = (await OpenAsync())!;
            for (var j = 0; j < 40; j++)
                await (
                    session.Ledger.Count < 50
                        ? session.AppendAsync(null, JournalKinds.ReleaseHeld, new ReleaseHeld(new Release($"1.{session.Ledger.Count}.0", null), "it leaks", "me"), JournalJson.Default.ReleaseHeld)
                        : session.AppendAsync(null, JournalKinds.TailCut, new TailCut(j), JournalJson.Default.TailCut));
        }
    }

    private Task<JournalSession?> OpenAsync() => JournalSession.TryOpenAsync(Store, "up", new JournalHolder("a", "b", 1, DateTimeOffset.UnixEpoch), JournalKey.Throwaway, TimeProvider.System, Token);

    private async Task WriteAsync(long length, params string[] lines)
    {
        await using var writer = (await Store.TryOpenAsync(Token))!;
        await writer.BeginAsync(length, Token);
        foreach (var line in lines) await writer.AppendAsync(Encoding.UTF8.GetBytes(line));
    }
}

/// <summary>Files of which each holder begins another.</summary>
public sealed class JournalFilesTests : JournalStoreConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-journal-").FullName;

    private protected override JournalStore Store => new JournalFile(new JournalPaths(_folder, "Production"), segmentBytes: 1);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

/// <summary>The file of this machine's disk.</summary>
public sealed class JournalFileTests : JournalStoreConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-journal-").FullName;

    // Small enough for a long journal to have several.
    private protected override JournalStore Store => new JournalFile(new JournalPaths(_folder, "Production"), segmentBytes: 16 * 1024);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
