using CsCheck;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Testing;

namespace Deployment.Toolkit.Tests.Journal;

/// <summary>What the end of a journal tells of the present is what all of it tells, whatever happened before.</summary>
public sealed class PresentStateTests
{
    private static readonly string[] s_secrets = ["mail", "database"];
    private static readonly JournalKey s_key = JournalKey.Make(new string('5', 64), 0, JournalLine.NoHash);

    private static readonly Gen<(int What, int Release, int More)[]> s_histories = Gen.Select(Gen.Int[0, 26], Gen.Int[0, 13], Gen.Int[0, 4]).Array[1, 45];

    [Fact]
    public void Read_from_any_summary_on_it_is_what_all_records_tell() =>
        s_histories.Sample(
            static history =>
            {
                var journal = Written(history);
                var whole = EnvironmentLedger.From(journal.Records);
                AssertAsDefined(whole);
                for (var at = 1; at < journal.Records.Count; at += 1 + (at / 3))
                {
                    var state = PresentState.Of(EnvironmentLedger.From(journal.Records.Take(at)));
                    var standing = JournalTail.Take(state, [.. state.Places.Select(place => (ReadOnlyMemory<byte>)journal.Lines[(int)place.Sequence - 1])], s_key);
                    Assert.NotNull(standing);
                    var content = new JournalContent([.. journal.Records.Skip(at)], 0, 0, null, new JournalTrust(s_key, s_key.Id)) { Base = new JournalBase(state, standing) };

                    Assert.Equal(Told(whole), Told(EnvironmentLedger.From(content)));
                    Assert.Equal(EnvironmentLedger.From(journal.Records).LastSummary, whole.LastSummary);
                }
            },
            iter: 400);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_run_owed_is_gone_with_it_though_it_had_paid_it_and_nothing_is_owed_twice(bool byRunItself)
    {
        var journal = new WrittenJournal(s_key, summarizes: false);
        var release = new Release("1.0.0", null);
        void Owe(string? run) => journal.Add(run, JournalKinds.HotfixDue, new HotfixDue(run ?? "before", release, "why", [], ["soak"], "more", DateTimeOffset.UnixEpoch, "me"), JournalJson.Default.HotfixDue);
        journal.Lock("up");
        Owe(null);
        journal.Run(RunKind.Up, release, RunState.Unfinished, settings: 1);
        var run = journal.OpenRun!;
        if (byRunItself) Owe(run);
        journal.Add(run, JournalKinds.HotfixPaid, new HotfixPaid(["before", run], release, "me"), JournalJson.Default.HotfixPaid);
        Assert.Empty(journal.Ledger.Promotion.Debts);
        if (!byRunItself) Owe(null);
        journal.End(RunState.RolledBack);

        var state = PresentState.Of(journal.Ledger);
        var standing = JournalTail.Take(state, [.. state.Places.Select(place => (ReadOnlyMemory<byte>)journal.Lines[(int)place.Sequence - 1])], s_key)!;
        var present = EnvironmentLedger.From(new JournalContent([], 0, 0, null, new JournalTrust(s_key, s_key.Id)) { Base = new JournalBase(state, standing) });
        Assert.Equal(["before"], journal.Ledger.Promotion.Debts.Select(static debt => debt.Due.Run));
        Assert.Equal(Told(journal.Ledger), Told(present));
    }

    [Fact]
    public void Through_a_store_it_is_read_from_the_newest_summary_and_asked_for_more_it_reads_all() =>
        s_histories.Sample(
            static history =>
            {
                var journal = Written(history, summarizesEvery: 20);
                var store = new LinesInMemory(journal);
                var whole = Read(JournalReader.ReadAsync(store, default));
                var present = Read(JournalReader.ReadPresentAsync(store, default, page: 3));
                Assert.Null(whole.Fault);
                Assert.Null(present.Fault);
                Assert.Equal(IsReadFromSummary(journal.Ledger, 3), present.Base is not null);

                var (all, end) = (EnvironmentLedger.From(whole), EnvironmentLedger.From(present));
                Assert.Equal(Told(all), Told(end));
                Assert.Equal(all.Runs.Select(static run => run.Id), end.Runs.Select(static run => run.Id));
                Assert.Equal(all.Verified.Select(static verified => verified.Time), end.Verified.Select(static verified => verified.Time));
                Assert.Equal(all.WayBack.Select(static verified => verified.Time), end.WayBack.Select(static verified => verified.Time));
                Assert.Equal(all.Runs.Select(static run => run.State), all.Runs.Select(run => end.Find(run.Id)!.State));
                Assert.Null(end.Find("none"));
                Assert.Null(SummaryCheck.Find(store, whole));
            },
            iter: 200);

    [Fact]
    public void A_journal_that_the_lines_read_hold_whole_is_checked_whole_though_it_has_a_summary()
    {
        var journal = Written([(7, 3, 4), (1, 12, 4), (2, 3, 4)], summarizesEvery: 20);
        Assert.Equal(3 * JournalTail.Growth, journal.Ledger.Count);
        Assert.NotEqual(0, journal.Ledger.LastSummary);

        Assert.Null(Read(JournalReader.ReadPresentAsync(new LinesInMemory(journal), default, page: 3)).Base);
        Assert.NotNull(Read(JournalReader.ReadPresentAsync(new LinesInMemory(journal), default, page: 5)).Base);
    }

    [Fact]
    public void What_a_summary_names_stays_little_however_long_the_journal_is()
    {
        var journal = new WrittenJournal(s_key);
        var most = 0;
        for (var i = 0; i < 400; i++)
        {
            journal.Run(i % 3 == 2 ? RunKind.Rollback : RunKind.Up, new Release($"1.{i % 40}.0", null), i % 5 == 4 ? RunState.RolledBack : RunState.Succeeded, settings: 2);
            most = Math.Max(most, journal.Ledger.Standing().Count);
        }

        Assert.InRange(most, 20, 80);
        Assert.InRange(journal.Ledger.Count - journal.Ledger.LastSummary, 0, JournalSession.SummarizedAfter + 20);
    }

    [Fact]
    public void A_summary_that_says_something_else_is_found_and_one_without_the_keys_word_is_not_believed()
    {
        var journal = new WrittenJournal(s_key, summarizes: false);
        var held = new Release("1.0.0", null);
        for (var i = 0; i < 3; i++) journal.Run(RunKind.Up, new Release($"1.{i}.0", null), RunState.Succeeded, settings: 1);
        journal.Add(null, JournalKinds.ReleaseHeld, new ReleaseHeld(held, "it leaks", "me"), JournalJson.Default.ReleaseHeld);
        var right = PresentState.Of(journal.Ledger);
        // Whoever has the key may write one that leaves the hold out.
        var without = journal.Ledger.Standing().Where(static record => record.Kind != JournalKinds.ReleaseHeld).ToList();
        journal.Add(null, JournalKinds.StateSummarized, PresentState.Of(journal.Ledger, without), JournalJson.Default.PresentState);
        var store = new LinesInMemory(journal);

        Assert.Null(EnvironmentLedger.From(Read(JournalReader.ReadPresentAsync(store, default, page: 2))).HoldOf(held));
        var fault = SummaryCheck.Find(store, Read(JournalReader.ReadAsync(store, default)))!;
        Assert.Equal("DTK7115", fault.Code);
        Assert.Contains($"Record {journal.Records.Count} ", fault.Text, StringComparison.Ordinal);
        Assert.NotEqual(right.StandingHash, PresentState.Of(journal.Ledger, without).StandingHash);

        // Another's key does not make it believed: all is read, and says what is wrong.
        store.Key = JournalKey.Make(new string('6', 64), 0, JournalLine.NoHash);
        Assert.NotNull(EnvironmentLedger.From(Read(JournalReader.ReadPresentAsync(store, default, page: 2)) with { Base = null }).HoldOf(held));
    }

    [Fact]
    public void A_record_that_a_summary_names_and_that_was_changed_is_found_by_the_next_command()
    {
        var journal = new WrittenJournal(s_key, summarizes: false);
        for (var i = 0; i < 3; i++) journal.Run(RunKind.Up, new Release($"1.{i}.0", null), RunState.Succeeded, settings: 1);
        journal.Summarize();
        var store = new LinesInMemory(journal);
        var named = (int)PresentState.Of(journal.Ledger).Places[0].Sequence - 1;
        journal.Lines[named] = [.. journal.Lines[named].Select(static (b, at) => at == 9 ? (byte)'7' : b)];

        var content = Read(JournalReader.ReadPresentAsync(store, default, page: 2));

        Assert.Equal("DTK7101", content.Fault!.Code);
    }

    [Fact]
    public void Another_record_in_the_place_of_one_that_a_summary_names_is_found_though_it_is_whole()
    {
        var journal = new WrittenJournal(s_key, summarizes: false);
        journal.Lock("up");
        journal.Add(null, JournalKinds.ReleaseHeld, new ReleaseHeld(new Release("1.0.0", null), "it leaks", "me"), JournalJson.Default.ReleaseHeld);
        var held = journal.Records[^1];
        journal.Run(RunKind.Up, new Release("2.0.0", null), RunState.Succeeded, settings: 1);
        journal.Summarize();
        var store = new LinesInMemory(journal);
        Assert.NotNull(Read(JournalReader.ReadPresentAsync(store, default, page: 2)).Base);
        journal.Lines[(int)held.Sequence - 1] = JournalLine.Write(
            held.Sequence, held.Time, held.Fence, null, JournalKinds.ReleaseHeld, new ReleaseHeld(new Release("9.0.0", null), "it leaks", "me"), JournalJson.Default.ReleaseHeld, held.PreviousHash, s_key);
        Assert.Equal(held.Length, journal.Lines[(int)held.Sequence - 1].Length);

        Assert.Equal("DTK7101", Read(JournalReader.ReadPresentAsync(store, default, page: 2)).Fault!.Code);
    }

    // The first page that reaches back to the summary may reach back to the beginning as well: then nothing stands before what was read.
    private static bool IsReadFromSummary(EnvironmentLedger ledger, int page)
    {
        while (page <= ledger.Count - ledger.LastSummary) page *= JournalTail.Growth;
        return ledger.LastSummary > 0 && page < ledger.Count;
    }

    private static T Read<T>(ValueTask<T> reading) => reading.AsTask().GetAwaiter().GetResult();

    private static WrittenJournal Written((int What, int Release, int More)[] history, int summarizesEvery = int.MaxValue)
    {
        var journal = new WrittenJournal(s_key, summarizes: false);
        journal.Lock("up");
        foreach (var (what, number, more) in history)
        {
            var release = new Release($"1.{number}.0", number % 4 == 0 ? "abc" : null);
            var ends = (RunState[])[RunState.Succeeded, RunState.Succeeded, RunState.RolledBack, RunState.Failed, RunState.NeedsAttention];
            if (journal.OpenRun is { } open && what <= 12)
            {
                journal.Resume();
                if (more == 0) continue;
                if (more < 3) journal.Verify(open, release, 1);
                journal.End(more < 3 ? RunState.Succeeded : ends[more]);
            }
            else switch (what)
                {
                    case <= 5: journal.Run(RunKind.Up, release, ends[more], settings: 1); break;
                    case 6 or 7: journal.Run(RunKind.Rollback, release, ends[more], settings: 1); break;
                    case 8: journal.Run(RunKind.Restore, release, ends[more], settings: 1); break;
                    case 9 or 10: journal.Run(RunKind.Renew, release, ends[more], s_secrets[number % 2], settings: 1); break;
                    case 11: journal.Run(RunKind.Retire, release, ends[more], s_secrets[number % 2], settings: 1); break;
                    case 12: journal.Run(RunKind.Up, release, RunState.Unfinished, settings: 1); break;
                    case 13: journal.Add(null, JournalKinds.ReleaseHeld, new ReleaseHeld(release, $"bad {more}", "me"), JournalJson.Default.ReleaseHeld); break;
                    case 14: journal.Add(null, JournalKinds.HoldReleased, new HoldReleased(release, "good", "me"), JournalJson.Default.HoldReleased); break;
                    case 15: journal.Add(null, JournalKinds.EnvironmentFrozen, new EnvironmentFrozen($"feast {more}", "me"), JournalJson.Default.EnvironmentFrozen); break;
                    case 16: journal.Add(null, JournalKinds.EnvironmentThawed, new EnvironmentThawed("over", "me"), JournalJson.Default.EnvironmentThawed); break;
                    case 17: journal.Add(null, JournalKinds.SecretsEpoch, new SecretsEpoch("secrets.json", more, $"header {number}"), JournalJson.Default.SecretsEpoch); break;
                    case 18 when more % 2 == 0: journal.Add(null, JournalKinds.DatabaseTakenOver, new DatabaseTakenOver([$"{number}"], ["other"], "found", "me") { Runs = more == 0 ? null : [$"run {number}"] }, JournalJson.Default.DatabaseTakenOver); break;
                    case 18: journal.Add(null, JournalKinds.DatabaseBaselined, new DatabaseBaselined([$"{number}"], [], $"base {number}", "found", "me"), JournalJson.Default.DatabaseBaselined); break;
                    case 20: journal.Add(null, JournalKinds.ReleaseApproved, new ReleaseApproved($"id {more}", release, "plan", "anna", "anna@host", DateTimeOffset.UnixEpoch), JournalJson.Default.ReleaseApproved); break;
                    case 21: journal.Add(null, JournalKinds.ApprovalRevoked, new ApprovalRevoked([$"id {more}"], "no", "me"), JournalJson.Default.ApprovalRevoked); break;
                    case 22: journal.Add(null, JournalKinds.ChecklistTicked, new ChecklistTicked(release, $"item {more}", number % 3 > 0, "me"), JournalJson.Default.ChecklistTicked); break;
                    case 23: journal.Add(null, JournalKinds.ApproverAdded, new ApproverAdded($"name {more}", [], [], "me"), JournalJson.Default.ApproverAdded); break;
                    case 24: journal.Add(journal.OpenRun, JournalKinds.HotfixDue, new HotfixDue(journal.OpenRun ?? $"run {more}", release, "why", [], ["soak"], "more", DateTimeOffset.UnixEpoch, "me"), JournalJson.Default.HotfixDue); break;
                    case 25 when number % 2 == 0: journal.Add(journal.OpenRun, JournalKinds.HotfixPaid, new HotfixPaid([$"run {more}", .. journal.Ledger.Promotion.Debts.Select(static debt => debt.Due.Run).Take(more)], release, "me"), JournalJson.Default.HotfixPaid); break;
                    case 25: journal.Add(null, JournalKinds.GlassReviewed, new GlassReviewed($"run {more}", "fine", "anna", "anna"), JournalJson.Default.GlassReviewed); break;
                    case 26: journal.Add(null, JournalKinds.GlassBroken, new GlassBroken($"run {more}", release, "why", "ben", "ben", ""), JournalJson.Default.GlassBroken); break;
                    default: journal.Lock("verify-journal", more == 0 ? [$"lost {number}"] : null, more == 1 ? $"old {number}" : null); break;
                }

            if (journal.Ledger.Count - journal.Ledger.LastSummary >= summarizesEvery) journal.Summarize();
        }

        return journal;
    }

    private static string Told(EnvironmentLedger ledger) => string.Join(
        '\n',
        (object?[])
        [
            ledger.Count, ledger.Bytes, ledger.Fence, ledger.LastHash, ledger.JournalId, ledger.Since, ledger.KeyId, ledger.LastHolder?.Verb,
            Of(ledger.OpenRun), Of(ledger.LastRun), Of(ledger.LastUnsuccessful), .. s_secrets.Select(secret => Of(ledger.RenewalOf(secret)) + Of(ledger.LastOfSecret(secret))),
            ledger.Freeze?.Frozen.Reason, ledger.Freeze?.Time, string.Join(' ', ledger.Holds.Select(static hold => hold.Held.Release + hold.Held.Reason + hold.Time)),
            string.Join(' ', ledger.Promotion.Approvals.Select(static approval => approval.Given.Id + approval.Given.Release + approval.Time)),
            string.Join(' ', Enumerable.Range(0, 14).Select(number => ledger.Promotion.TickOf(new Release($"1.{number}.0", number % 4 == 0 ? "abc" : null), "item 1")?.Time)), ledger.Promotion.Approvers.Count,
            string.Join(' ', ledger.Promotion.Debts.Select(static debt => debt.Due.Run + debt.Time)), string.Join(' ', ledger.Promotion.Glass.Select(static glass => $"{glass.Broken.Run} {glass.Time} {glass.Reviews.Count}")),
            ledger.Current?.Run, ledger.Current?.Time, ledger.CurrentSince, ledger.RestoredBackup(DatabaseKey.Only), ledger.SecretsEpoch, Listed(ledger.KnownSchemaOf(DatabaseKey.Only)), Listed([.. ledger.GivenUp.Order()]),
            ledger.KnowsRunsOfDatabase, ledger.Current is { } current ? ledger.Named(current.Evidence.Configuration).KeyId : null, PresentState.Of(ledger).StandingHash, Listed(PresentState.Of(ledger).Standing),
        ]);

    private static string Of(RunLog? run) => run is null ? "none" : $"{run.Id} {run.State} {run.Direction} {run.LastRecordAt:O} {string.Join(' ', run.Steps.Select(static step => $"{step.Planned.Name} {step.State} {step.Unproven.Count}"))}";

    private static string Listed(IReadOnlyList<string>? texts) => texts is null ? "unknown" : string.Join(',', texts);

    // As it is meant, over everything: what is kept ready says the same.
    private static void AssertAsDefined(EnvironmentLedger ledger)
    {
        var runs = ledger.Runs;
        Assert.Equal(runs.LastOrDefault(run => run.State == RunState.Succeeded && (run.Plan.Kind is RunKind.Restore || run.Id == ledger.Current?.Run))?.Plan is { Kind: RunKind.Restore, Backup: { } backup } ? backup : null, ledger.RestoredBackup(DatabaseKey.Only));
        Assert.Equal(runs.Count > 0 && runs[^1].IsOpen ? runs[^1].Id : null, ledger.OpenRun?.Id);
        Assert.Equal(
            runs.LastOrDefault(static run => run.Plan.Kind is RunKind.Up or RunKind.Rollback or RunKind.Restore && run.State != RunState.Succeeded)?.Id,
            ledger.LastUnsuccessful?.Id);
        foreach (var secret in s_secrets)
        {
            Assert.Equal(runs.LastOrDefault(run => run is { State: RunState.Succeeded, Plan.Kind: RunKind.Renew } && run.Plan.Secret == secret)?.Id, ledger.RenewalOf(secret)?.Id);
            Assert.Equal(runs.LastOrDefault(run => run is { State: RunState.Succeeded, Plan.Kind: RunKind.Renew or RunKind.Retire } && run.Plan.Secret == secret)?.Id, ledger.LastOfSecret(secret)?.Id);
        }

        var since = ledger.Current?.Time;
        for (var i = ledger.Verified.Count - 1; i >= 0 && ledger.Verified[i].Evidence.Release == ledger.Current!.Evidence.Release; i--) since = ledger.Verified[i].Time;
        Assert.Equal(since, ledger.CurrentSince);
    }

    /// <summary>Where lines lie doesn't matter here: what each place does is the conformance tests'.</summary>
    private sealed class LinesInMemory(WrittenJournal journal) : JournalStore
    {
        internal JournalKey Key { get; set; } = journal.Key;

        internal override string Title => "in memory";

        internal override JournalPaths Local => throw new NotSupportedException();

        internal override string KeyTitle => "the key";

        internal override JournalHead? ReadHead() => new(journal.Ledger.JournalId, journal.Ledger.Count, journal.Ledger.LastHash, "memory");

        internal override ValueTask<JournalKey?> ReadKeyAsync(CancellationToken cancellationToken) => ValueTask.FromResult<JournalKey?>(Key);

        internal override ValueTask<byte[]> ReadAsync(long after, CancellationToken cancellationToken) => ValueTask.FromResult<byte[]>([.. journal.Lines.Skip((int)after).SelectMany(static line => line)]);

        internal override ValueTask<JournalPage> ReadPageAsync(RecordPlace before, int lines, CancellationToken cancellationToken)
        {
            var to = (int)Math.Min(before.Sequence - 1, journal.Lines.Count);
            var from = Math.Max(0, to - lines);
            return ValueTask.FromResult(new JournalPage([.. journal.Lines[from..to].SelectMany(static line => line)], journal.Lines.Take(from).Sum(static line => line.Length), from == 0));
        }

        internal override ValueTask<IReadOnlyList<byte[]>> ReadLinesAsync(IReadOnlyList<RecordPlace> places, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<byte[]>>([.. places.Select(place => journal.Lines[(int)place.Sequence - 1])]);

        internal override ValueTask<JournalWriter?> TryOpenAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        internal override ValueTask<bool> IsHeldAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);

        internal override ValueTask<string> StampAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        internal override ValueTask<DeploymentMessage?> WhyNotWritableAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
