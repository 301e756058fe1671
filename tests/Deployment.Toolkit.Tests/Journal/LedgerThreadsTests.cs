using System.Collections.Concurrent;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Execution;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Monitoring;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Journal;

public sealed class LedgerThreadsTests
{
    private const int Ledgers = 2_000;
    private const int Readers = 4;
    private const int Runs = 60;

    [Fact]
    public async Task Threads_that_ask_a_ledger_at_once_all_see_a_finished_run_as_finished()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        await using (var session = await OpenAsync(app)) await WriteRunAsync(session, session.Ledger.Runs[0].Plan, notes: 50);
        var records = ReadJournal.Of(app.JournalFile()).Records;
        // One for each round, made beforehand: what is raced for is the first look into each.
        var ledgers = Enumerable.Range(0, Ledgers).Select(_ => EnvironmentLedger.From(records)).ToList();
        var arrived = 0;
        var wrong = new ConcurrentBag<RunState>();

        await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < Ledgers; i++)
                {
                    Interlocked.Increment(ref arrived);
                    SpinWait.SpinUntil(() => Volatile.Read(ref arrived) >= Readers * (i + 1));
                    var run = ledgers[i].Runs[1];
                    if (run.State != RunState.Succeeded || run.Steps.Any(static step => step.State != StepState.Done)) wrong.Add(run.State);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Probes_that_read_while_a_deployment_writes_see_whole_ledgers_that_only_grow()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        using var host = app.Build();
        var cache = host.Services.GetRequiredService<LedgerCache>();
        var plan = cache.ReadAtOnce().Runs[0].Plan;
        var wrong = new ConcurrentBag<string>();
        var isWriting = true;

        var readers = Enumerable.Range(0, Readers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                var count = 0L;
                while (Volatile.Read(ref isWriting))
                {
                    var ledger = cache.ReadAtOnce();
                    if (ledger.Count < count) wrong.Add($"{ledger.Count} records after {count}");
                    count = ledger.Count;
                    var open = ledger.Runs.Count(static run => run.State == RunState.Unfinished);
                    if (open != (ledger.OpenRun is null ? 0 : 1)) wrong.Add($"{open} open runs in a ledger of {ledger.Runs.Count} at {count}");
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToList();
        await using (var session = await OpenAsync(app))
        {
            for (var i = 0; i < Runs; i++) await WriteRunAsync(session, plan, notes: 1);
        }

        Volatile.Write(ref isWriting, false);
        await Task.WhenAll(readers);
        Assert.Empty(wrong);
        Assert.Equal(Runs + 1, cache.ReadAtOnce().Runs.Count);
    }

    [Fact]
    public async Task A_ledger_that_was_read_takes_no_more_records()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var records = ReadJournal.Of(app.JournalFile()).Records;

        Assert.Throws<InvalidOperationException>(() => EnvironmentLedger.From(records).Apply(records[0]));
    }

    private static async Task<JournalSession> OpenAsync(TestApp app) =>
        (await ReadJournal.OpenAsync(new JournalPaths(Path.Combine(app.Folder, ".deployment"), "Development"), ProcessIdentity.Current))!;

    private static async Task WriteRunAsync(JournalSession session, DeploymentPlan plan, int notes)
    {
        var id = RunIds.New(TimeProvider.System);
        await session.AppendAsync(id, JournalKinds.RunPlanned, new RunPlanned(plan, "test"), JournalJson.Default.RunPlanned);
        foreach (var step in plan.Steps)
        {
            await session.AppendAsync(id, JournalKinds.StepIntent, new StepIntent(step.Name, StepDirection.Forward, 1), JournalJson.Default.StepIntent);
            for (var i = 0; i < notes; i++)
                await session.AppendAsync(id, JournalKinds.StepNoted, new StepNoted(step.Name, "note", "value"), JournalJson.Default.StepNoted);
            await session.AppendAsync(id, JournalKinds.StepResult, new StepResult(step.Name, StepDirection.Forward, 1, true, 0), JournalJson.Default.StepResult);
        }

        await session.AppendAsync(id, JournalKinds.RunEnded, new RunEnded(RunState.Succeeded, []), JournalJson.Default.RunEnded);
    }
}
