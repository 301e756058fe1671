using System.Text;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Testing;

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
        await GrowAsync(Store, 10);

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
        await using var session = (await OpenAsync(Store))!;

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
        await GrowAsync(Store, 10);
        var all = (await JournalReader.ReadAsync(Store, Token)).EnsureIntact();
        var state = await ArchiveAsync(Store, all, all.Count - 100);

        await GrowAsync(Store, 1);
        var left = (await JournalReader.ReadAsync(Store, Token)).EnsureIntact();

        Assert.Equal((state.Records, state.Records + 1), (left.Base!.State.Records, left.Records[0].Sequence));
        Assert.InRange(left.Count, all.Count + 43, all.Count + 45);
        Assert.Equal(state.Places.Select(static place => place.Sequence), left.Base.Standing.Select(static record => record.Sequence));
        await AssertAsOneAsync(Store, left);
        Assert.Equal(state.Journal, EnvironmentLedger.From(left).JournalId);
    }

    [Fact]
    public async Task One_of_which_a_part_went_to_an_archive_is_brought_in_as_it_was_and_goes_on()
    {
        using var elsewhere = new Elsewhere();
        var (source, from) = (elsewhere.Store, elsewhere.File("from.jsonl"));
        await GrowAsync(source, 10);
        var all = (await JournalReader.ReadAsync(source, Token)).EnsureIntact();
        var state = await ArchiveAsync(source, all, all.Count - 100);
        await elsewhere.ExportAsync(from);
        var there = (await JournalReader.ReadAsync(source, Token)).EnsureIntact();
        if (CanBeTorn) await WriteAsync(0, "half of a li");

        var brought = await elsewhere.ImportAsync(Store, from);

        Assert.True(brought.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', brought.Messages));
        Assert.Contains($"{state.Standing.Count + there.Records.Count} records of 'Production' were brought in from '{from}'", brought.Messages[0].Text, StringComparison.Ordinal);
        Assert.Contains($"; the others up to {state.Records} stay in archive 'away.jsonl'. Move '{from}' away", brought.Messages[0].Text, StringComparison.Ordinal);
        Assert.Single(brought.Messages);
        var here = (await JournalReader.ReadAsync(Store, Token)).EnsureIntact();
        Assert.Equal((there.Count, there.ValidLength, there.LastHash), (here.Count, here.ValidLength, here.LastHash));
        Assert.Equal((await source.ReadLinesAsync(state.Places, Token)).Select(Encoding.UTF8.GetString), (await Store.ReadLinesAsync(state.Places, Token)).Select(Encoding.UTF8.GetString));
        await AssertAsOneAsync(Store, here);
        await new JournalTransfer(Store, "Production").ExportAsync(elsewhere.File("out.jsonl"), null, Token);
        Assert.Equal(await File.ReadAllBytesAsync(from, Token), await File.ReadAllBytesAsync(elsewhere.File("out.jsonl"), Token));
        Assert.Equal(DeploymentOutcome.NothingToDo, (await elsewhere.ImportAsync(Store, from)).Outcome);

        // In both places it goes on in the same way, and what came there comes behind what is here.
        await GrowAsync(source, 2);
        await elsewhere.ExportAsync(elsewhere.File("later.jsonl"));
        Assert.Equal(DeploymentOutcome.Succeeded, (await elsewhere.ImportAsync(Store, elsewhere.File("later.jsonl"))).Outcome);
        Assert.Equal(DeploymentOutcome.NothingToDo, (await elsewhere.ImportAsync(Store, from)).Outcome);
        await GrowAsync(Store, 3);
        var grown = (await JournalReader.ReadAsync(Store, Token)).EnsureIntact();
        Assert.Equal(state.Records, grown.Base!.State.Records);
        await AssertAsOneAsync(Store, grown);

        // The next part goes, where files go whole no sooner than there is one behind it.
        if (Store.CutAt(grown, grown.Count - 50) <= state.Records) return;
        var next = await ArchiveAsync(Store, grown, grown.Count - 50);
        await GrowAsync(Store, 1);
        var last = (await JournalReader.ReadAsync(Store, Token)).EnsureIntact();
        Assert.Equal(next.Records, last.Base!.State.Records);
        Assert.Equal(2, EnvironmentLedger.From(last).Archives.Count);
        Assert.Equal(state.Journal, EnvironmentLedger.From(last).JournalId);
    }

    [Fact]
    public async Task Behind_the_lines_that_are_there_one_of_which_a_part_went_is_gone_on_with_and_nothing_that_is_there_goes()
    {
        using var elsewhere = new Elsewhere();
        await GrowAsync(elsewhere.Store, 10);
        await elsewhere.ExportAsync(elsewhere.File("before.jsonl"));
        var all = (await JournalReader.ReadAsync(elsewhere.Store, Token)).EnsureIntact();
        var state = await ArchiveAsync(elsewhere.Store, all, all.Count - 100);
        await elsewhere.ExportAsync(elsewhere.File("after.jsonl"));
        Assert.Equal(DeploymentOutcome.Succeeded, (await elsewhere.ImportAsync(Store, elsewhere.File("before.jsonl"))).Outcome);
        var lines = await Store.ReadAsync(0, Token);

        Assert.Equal(DeploymentOutcome.Succeeded, (await elsewhere.ImportAsync(Store, elsewhere.File("after.jsonl"))).Outcome);
        Assert.Equal(DeploymentOutcome.NothingToDo, (await elsewhere.ImportAsync(Store, elsewhere.File("before.jsonl"))).Outcome);

        Assert.Equal(lines, (await Store.ReadAsync(0, Token))[..lines.Length]);
        var here = (await JournalReader.ReadAsync(Store, Token)).EnsureIntact();
        Assert.Equal((state.Records, await elsewhere.CountAsync()), (here.Base!.State.Records, here.Count));
        await AssertAsOneAsync(Store, here);

        // An export has them no more, and who archives again is rid of them here too.
        await new JournalTransfer(Store, "Production").ExportAsync(elsewhere.File("out.jsonl"), null, Token);
        Assert.Equal(await File.ReadAllBytesAsync(elsewhere.File("after.jsonl"), Token), await File.ReadAllBytesAsync(elsewhere.File("out.jsonl"), Token));
        await GrowAsync(Store, 1);
        await DropAsync(Store, state);
        await AssertAsOneAsync(Store, (await JournalReader.ReadAsync(Store, Token)).EnsureIntact());
    }

    [Fact]
    public async Task What_went_to_an_archive_between_the_two_is_missed_with_the_way_to_it()
    {
        using var elsewhere = new Elsewhere();
        await GrowAsync(elsewhere.Store, 3);
        await elsewhere.ExportAsync(elsewhere.File("before.jsonl"));
        await GrowAsync(elsewhere.Store, 7);
        await elsewhere.ExportAsync(elsewhere.File("all.jsonl"));
        var all = (await JournalReader.ReadAsync(elsewhere.Store, Token)).EnsureIntact();
        var state = await ArchiveAsync(elsewhere.Store, all, all.Count - 100);
        await elsewhere.ExportAsync(elsewhere.File("after.jsonl"));
        await File.WriteAllLinesAsync(elsewhere.File("away.jsonl"), File.ReadLines(elsewhere.File("all.jsonl")).Take((int)state.Records), Token);
        await elsewhere.ImportAsync(Store, elsewhere.File("before.jsonl"));
        var count = (await JournalReader.ReadAsync(Store, Token)).EnsureIntact().Count;

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => elsewhere.ImportAsync(Store, elsewhere.File("after.jsonl")));

        Assert.Equal((DeploymentOutcome.Refused, "DTK7111"), (refused.Outcome, refused.Messages[0].Code));
        Assert.Contains($"goes on behind record {state.Records}, and the journal of 'Production' that is in {Store.Title} ends with record {count}: those between them went to an archive. Nothing was changed. Bring that in first, with 'deploy journal import away.jsonl --environment Production', and then the file.", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal(count, (await JournalReader.ReadAsync(Store, Token)).EnsureIntact().Count);
        foreach (var name in (string[])["away.jsonl", "after.jsonl"]) Assert.Equal(DeploymentOutcome.Succeeded, (await elsewhere.ImportAsync(Store, elsewhere.File(name))).Outcome);
        await AssertAsOneAsync(Store, (await JournalReader.ReadAsync(Store, Token)).EnsureIntact());
        Assert.Equal(await elsewhere.CountAsync(), (await JournalReader.ReadAsync(Store, Token)).Count);
    }

    [Fact]
    public async Task One_of_which_a_part_went_and_that_went_on_differently_is_refused()
    {
        using var elsewhere = new Elsewhere();
        await GrowAsync(elsewhere.Store, 10);
        var all = (await JournalReader.ReadAsync(elsewhere.Store, Token)).EnsureIntact();
        await ArchiveAsync(elsewhere.Store, all, all.Count - 100);
        await elsewhere.ExportAsync(elsewhere.File("from.jsonl"));
        var both = await elsewhere.CountAsync();
        await elsewhere.ImportAsync(Store, elsewhere.File("from.jsonl"));
        await GrowAsync(Store, 1);
        await GrowAsync(elsewhere.Store, 2);
        await elsewhere.ExportAsync(elsewhere.File("parted.jsonl"));
        var lines = await Store.ReadAsync(0, Token);

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => elsewhere.ImportAsync(Store, elsewhere.File("parted.jsonl")));

        Assert.Equal("DTK7111", refused.Messages[0].Code);
        Assert.Contains($"after record {both} they differ. Nothing was changed", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal(lines, await Store.ReadAsync(0, Token));
    }

    [Fact]
    public async Task Whenever_it_dies_while_one_is_brought_in_none_of_it_is_there_and_it_is_brought_in_again()
    {
        using var elsewhere = new Elsewhere();
        await GrowAsync(elsewhere.Store, 10);
        var all = (await JournalReader.ReadAsync(elsewhere.Store, Token)).EnsureIntact();
        await ArchiveAsync(elsewhere.Store, all, all.Count - 100);
        await elsewhere.ExportAsync(elsewhere.File("from.jsonl"));
        List<string> moments = [];
        for (var next = true; next;)
        {
            next = false;
            BoundaryListener.Current = moment =>
            {
                if (moments.Contains(moment)) return;
                moments.Add(moment);
                next = true;
                throw new TimeoutException(moment);
            };
            try
            {
                await elsewhere.ImportAsync(Store, elsewhere.File("from.jsonl"));
            }
            catch (Exception e) when (e is TimeoutException or DeploymentException { InnerException: TimeoutException })
            {
                // It was told to.
            }

            BoundaryListener.Current = null;
            if (!next || moments[^1] == "import: done") continue;

            var found = await JournalReader.ReadAsync(Store, Token);
            Assert.True(found.Count == 0, $"{moments[^1]}: {found.Count} records");
            if (moments.Contains("import: head kept"))
            {
                Assert.True(found.Fault?.Code == "DTK7108", $"{moments[^1]}: {found.Fault}");
                Assert.Equal("DTK7108", (await Assert.ThrowsAsync<DeploymentException>(() => OpenAsync(Store))).Messages[0].Code);
                // Also where the witness is not there, which is missed by nobody, nothing looks like a journal.
                File.Delete(Store.Local.Head);
                Assert.Equal(0, (await JournalReader.ReadAsync(Store, Token)).Count);
            }
        }

        Assert.Contains("import: head kept", moments);
        Assert.Contains(CanBeTorn ? "import: staying lines kept" : "append: not committed", moments);
        var here = (await JournalReader.ReadAsync(Store, Token)).EnsureIntact();
        Assert.Equal(await elsewhere.CountAsync(), here.Count);
        await AssertAsOneAsync(Store, here);
        await GrowAsync(Store, 1);
    }

    // Read from its end it says what it says as a whole, and so does each page of it.
    private static async Task AssertAsOneAsync(JournalStore store, JournalContent all)
    {
        Assert.True(all.Trust.IsComplete);
        Assert.Null(SummaryCheck.Find(store, all));
        var present = (await JournalReader.ReadPresentAsync(store, Token)).EnsureIntact();
        Assert.Equal((all.Count, all.LastHash), (present.Count, present.LastHash));
        Assert.Equal(PresentState.Of(EnvironmentLedger.From(all)).StandingHash, PresentState.Of(EnvironmentLedger.From(present)).StandingHash);
        Assert.Equal("away.jsonl", EnvironmentLedger.From(present).Archives[0].Part.File);
        foreach (var record in all.Records)
            Assert.Equal(record.Sequence, JournalLine.SequenceOf(Assert.Single(await store.ReadLinesAsync([RecordPlace.Of(record)], Token))));
        var page = await store.ReadPageAsync(RecordPlace.Of(all.Records[5]), 5, Token);
        Assert.Equal((RecordPlace.Of(all.Records[0]).Start, all.Records[0].Sequence), (page.Start, JournalLine.SequenceOf(page.Bytes)));
    }

    private static async Task<PresentState> ArchiveAsync(JournalStore store, JournalContent all, long wanted)
    {
        var to = store.CutAt(all, wanted);
        Assert.InRange(to, all.Before + 1, wanted);
        var state = PresentState.Of(EnvironmentLedger.From(all with { Records = [.. all.Records.Take((int)(to - all.Before))] }));
        await using (var session = (await OpenAsync(store))!)
            await session.AppendAsync(null, JournalKinds.JournalArchived, new JournalArchived("away.jsonl", new string('a', 64), all.Before + 1, to, "me", state, []), JournalJson.Default.JournalArchived);
        await DropAsync(store, state);
        return state;
    }

    private static async Task DropAsync(JournalStore store, PresentState state)
    {
        await using var session = (await OpenAsync(store))!;
        for (var again = 0; again < 2; again++)
            await session.DropAsync(state, [.. (await store.ReadLinesAsync(state.Places, Token)).Select(static line => (ReadOnlyMemory<byte>)line)]);
    }

    // What people hold is told by records from the beginning.
    private static async Task GrowAsync(JournalStore store, int sessions)
    {
        for (var i = 0; i < sessions; i++)
        {
            await using var session = (await OpenAsync(store))!;
            for (var j = 0; j < 40; j++)
                await (
                    session.Ledger.Count < 50
                        ? session.AppendAsync(null, JournalKinds.ReleaseHeld, new ReleaseHeld(new Release($"1.{session.Ledger.Count}.0", null), "it leaks", "me"), JournalJson.Default.ReleaseHeld)
                        : session.AppendAsync(null, JournalKinds.TailCut, new TailCut(j), JournalJson.Default.TailCut));
        }
    }

    private static Task<JournalSession?> OpenAsync(JournalStore store) => JournalSession.TryOpenAsync(store, "up", new JournalHolder("a", "b", 1, DateTimeOffset.UnixEpoch), JournalKey.Throwaway, TimeProvider.System, Token);

    private async Task WriteAsync(long length, params string[] lines)
    {
        await using var writer = (await Store.TryOpenAsync(Token))!;
        await writer.BeginAsync(length, Token);
        foreach (var line in lines) await writer.AppendAsync(Encoding.UTF8.GetBytes(line));
    }

    /// <summary>A journal on another disk, in several files, and what is brought out of it.</summary>
    private sealed class Elsewhere : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("dtk-elsewhere-").FullName;

        internal JournalFile Store => new(new JournalPaths(_folder, "Production"), segmentBytes: 4096);

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        internal async Task<long> CountAsync() => (await JournalReader.ReadAsync(Store, Token)).EnsureIntact().Count;

        internal string File(string name) => Path.Combine(_folder, name);

        internal Task<DeploymentResult> ExportAsync(string file) => new JournalTransfer(Store, "Production").ExportAsync(file, System.IO.File.Exists(File("key")) ? null : File("key"), Token);

        internal Task<DeploymentResult> ImportAsync(JournalStore into, string file) => new JournalTransfer(into, "Production").ImportAsync(file, File("key"), Token);
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
