using System.Globalization;
using Deployment.Toolkit;
using Deployment.Toolkit.DatabaseJournal;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Benchmarks;

/// <summary>
/// What status, plan and up cost with few runs in the journal and with many: processor time of this process, the journals in turn, medians.
/// The runs were written by the engine's own records; what is measured are whole commands through the public services.
/// </summary>
internal static class JournalMeasure
{
    private const double Most = 2;

    private static readonly int[] s_sizes = [10, 1_000, 10_000];

    internal static async Task<int> RunAsync(int rounds)
    {
        SQLitePCL.Batteries_V2.Init();
        await using var server = new PostgreSqlServer();
        var isGood = true;
        foreach (var kind in (string[])["file", "SQLite", "PostgreSQL"])
        {
            var places = new List<Place>();
            foreach (var size in s_sizes) places.Add(await PrepareAsync(kind, size, kind == "PostgreSQL" ? (await server.CreateDatabaseAsync()).ConnectionString : null));
            foreach (var (verb, act) in Verbs) isGood &= await CompareAsync($"{kind,-10} {verb,-6}", places, act, rounds);
            await CompareAsync($"{kind,-10} all read", places, static place => ReadAllAsync(place), Math.Min(rounds, 3));
            foreach (var place in places) place.Dispose();
        }

        return isGood ? 0 : 1;
    }

    private static (string, Func<Place, Task>)[] Verbs =>
    [
        ("status", static async place => Check((await place.Get<DeploymentHistory>().GetStatusAsync("Production")) is [{ Release: not null, Fault: null }])),
        ("plan", static async place => Check(await place.Get<Deployer>().PlanAsync(new PlanRequest { Release = "2.0.0" }))),
        ("up", UpAsync),
        ("history", static async place => Check(await place.Get<DeploymentHistory>().GetNewestRunsAsync("Production").Take(10).CountAsync() == 10)),
    ];

    private static async Task UpAsync(Place place) => Check(await place.Get<Deployer>().UpAsync(new UpRequest { Release = $"2.{place.Next++}.0" }));

    private static async Task<bool> CompareAsync(string what, IReadOnlyList<Place> places, Func<Place, Task> act, int rounds)
    {
        var took = places.Select(static _ => new List<double>()).ToList();
        for (var round = -2; round < rounds; round++)
            for (var i = 0; i < places.Count; i++)
            {
                // What lies behind the newest summary is now more, now less.
                await UpAsync(places[i]);
                GC.Collect();
                var before = Environment.CpuUsage.TotalTime;
                for (var again = 0; again < 3; again++) await act(places[i]);
                // The first rounds are compiled while they run.
                if (round >= 0) took[i].Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds / 3);
            }

        var medians = took.Select(Median).ToList();
        var ratio = medians[^1] / medians[0];
        var read = await BytesAsync(places[^1], act) / Math.Max(1.0, await BytesAsync(places[0], act));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {string.Join(", ", places.Zip(medians, static (place, median) => $"{place.Runs} runs {median:F2} ms"))}; ratio {ratio:F2} (at most {Most}); bytes read {read:F2} times"));
        return ratio <= Most;
    }

    private static async Task<double> BytesAsync(Place place, Func<Place, Task> act)
    {
        var before = Read();
        await act(place);
        return Read() - before;

        static double Read() => double.Parse(File.ReadLines("/proc/self/io").First()["rchar: ".Length..], CultureInfo.InvariantCulture);
    }

    // What every command did before there were summaries.
    private static async Task ReadAllAsync(Place place) =>
        Check(EnvironmentLedger.From((await JournalReader.ReadAsync(place.Store, default)).EnsureIntact()).Current is not null);

    private static async Task<Place> PrepareAsync(string kind, int runs, string? connection)
    {
        var folder = Directory.CreateTempSubdirectory("dtk-journal-bench-").FullName;
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = folder, EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:App", connection ?? $"Data Source={folder}/app.db")]);
        var deployment = builder.AddDeployment().AddEnvironments(static e => e.Add("Production")).AddHealthGate(static h => h.Nothing("only the journal is measured"));
        if (kind == "SQLite") deployment.UseSqlite(SqliteFactory.Instance, "App").ForJournal();
        if (kind == "PostgreSQL") deployment.UsePostgreSql(NpgsqlFactory.Instance, "App").ForJournal();
        var host = builder.Build();
        var place = new Place(host, folder, runs);

        var key = JournalKey.Make(new string('7', 64), 0, JournalLine.NoHash);
        var journal = new WrittenJournal(key) { Schema = null };
        for (var i = 0; i < runs; i++) journal.Run(RunKind.Up, new Release($"1.{i}.0", null), i % 7 == 6 ? RunState.RolledBack : RunState.Succeeded);
        var length = 0L;
        foreach (var lines in journal.Lines.Chunk(10_000))
        {
            await using var writer = (await place.Store.TryOpenAsync(default))!;
            await writer.BeginAsync(length, default);
            if (length == 0) await writer.KeepKeyAsync(key);
            await writer.AppendManyAsync([.. lines.Select(static line => (ReadOnlyMemory<byte>)line)]);
            length += lines.Sum(static line => line.Length);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}: {runs} runs, {journal.Lines.Count} records, {length / 1024.0 / 1024.0:F1} MB"));
        return place;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Check(DeploymentResult result)
    {
        if (result.Outcome != DeploymentOutcome.Succeeded) throw new InvalidOperationException($"{result.Outcome}: {string.Join('\n', result.Messages)}");
    }

    private static void Check(bool isRight)
    {
        if (!isRight) throw new InvalidOperationException("The command did not do what is measured.");
    }

    private sealed class Place(IHost host, string folder, int runs) : IDisposable
    {
        internal int Runs => runs;

        internal int Next { get; set; }

        internal JournalStore Store { get; } = host.Services.GetRequiredService<Deployment.Toolkit.Composition.DeploymentPartsFactory>() is var factory ? factory.StoreOf(factory.Environment) : throw new InvalidOperationException();

        internal T Get<T>()
            where T : notnull => host.Services.GetRequiredService<T>();

        public void Dispose()
        {
            host.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
