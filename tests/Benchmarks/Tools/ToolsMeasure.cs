using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Databases.Testing;
using Npgsql;

namespace Benchmarks.Tools;

/// <summary>
/// The packages that teams use, and a bare loop, beside a whole deployment: each applies the same scripts to a database of its own on the same server, and then
/// finds nothing to do, first in this process and then each time in a new one. All in turn, so that what disturbs one disturbs all; what counts are the ratios.
/// </summary>
internal static class ToolsMeasure
{
    private const int WarmUpScripts = 30;
    private const int ColdRounds = 11;

    internal static async Task<int> RunAsync(int rounds, IReadOnlyList<int> counts)
    {
        SQLitePCL.Batteries_V2.Init();
        await using var server = new PostgreSqlServer { IsDurable = true };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median of {rounds} rounds ({ColdRounds} of new processes), milliseconds and the ratio to bare ADO.NET"));
        foreach (var isPostgreSql in (bool[])[false, true])
        {
            // The first is compiled while it runs.
            await using (var warmUp = new Series(server, isPostgreSql, WarmUpScripts)) await warmUp.RunAsync(1);
            foreach (var count in counts)
            {
                Console.WriteLine();
                Console.WriteLine($"{(isPostgreSql ? "PostgreSQL" : "SQLite")}, {count} scripts");
                await using var series = new Series(server, isPostgreSql, count);
                await series.RunAsync(rounds);
                series.RunCold(ColdRounds);
                series.Say();
            }
        }

        return 0;
    }

    /// <summary>One of the processes that are measured.</summary>
    internal static async Task<int> RunOneAsync(string name, Place place)
    {
        SQLitePCL.Batteries_V2.Init();
        var one = Contestant.All.Single(one => one.Name == name);
        one.Prepare(place.Scripts);
        await one.RunAsync(place);
        return 0;
    }

    internal static string Write(string folder, int count)
    {
        var scripts = Directory.CreateDirectory(Path.Combine(folder, "scripts")).FullName;
        var evolve = Directory.CreateDirectory(Path.Combine(scripts, "evolve")).FullName;
        for (var i = 1; i <= count; i++)
        {
            var sql = $"CREATE TABLE t{i} (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO t{i} (id, name) VALUES (1, 'one'), (2, 'two');\n";
            File.WriteAllText(Path.Combine(scripts, $"{i:D5}_table.sql"), sql);
            File.WriteAllText(Path.Combine(evolve, $"V{i}__table.sql"), sql);
        }

        return scripts;
    }

    private sealed class Series(PostgreSqlServer server, bool isPostgreSql, int count) : IAsyncDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("dtk-tools-").FullName;
        private readonly Dictionary<Contestant, List<double>> _apply = Contestant.All.ToDictionary(static one => one, static _ => new List<double>());
        private readonly Dictionary<Contestant, List<double>> _nothing = Contestant.All.ToDictionary(static one => one, static _ => new List<double>());
        private readonly Dictionary<Contestant, List<ProcessTimes>> _cold = Contestant.All.ToDictionary(static one => one, static _ => new List<ProcessTimes>());
        private readonly Dictionary<Contestant, string> _failed = [];
        private readonly Dictionary<Contestant, (Place Place, IAsyncDisposable? Database)> _last = [];

        internal async Task RunAsync(int rounds)
        {
            var scripts = Write(_folder, count);
            foreach (var one in Contestant.All) one.Prepare(scripts);
            for (var i = 0; i < rounds; i++)
            {
                foreach (var one in Contestant.All.Where(one => !_failed.ContainsKey(one))) await RunAsync(one, i, scripts);
            }
        }

        internal void RunCold(int rounds)
        {
            var order = new Random(4711);
            for (var i = -1; i < rounds; i++)
            {
                var mixed = _last.ToArray();
                order.Shuffle(mixed);
                foreach (var (one, (place, _)) in mixed)
                {
                    string[] arguments = ["exec", typeof(ToolsMeasure).Assembly.Location, "tool", one.Name, isPostgreSql ? "PostgreSQL" : "SQLite", place.ConnectionString, place.Scripts, place.Root];
                    // The first fills the disk's cache.
                    if (ProcessTimes.Of(new ProcessStartInfo("dotnet", arguments)) is var times && i >= 0) _cold[one].Add(times);
                }
            }
        }

        internal void Say()
        {
            foreach (var one in Contestant.All)
            {
                if (_failed.TryGetValue(one, out var why))
                {
                    Console.WriteLine($"  {one.Name,-20} fails: {why}");
                    continue;
                }

                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {one.Name,-20} apply {Ratio(_apply, one, static ms => ms)}    nothing to do {Ratio(_nothing, one, static ms => ms)}    in a new process {Ratio(_cold, one, static times => 1000 * times.Wall)}, processor {Ratio(_cold, one, static times => 1000 * times.Processor)}"));
            }
        }

        public async ValueTask DisposeAsync()
        {
            NpgsqlConnection.ClearAllPools();
            foreach (var (_, database) in _last.Values)
            {
                if (database is not null) await database.DisposeAsync();
            }

            Directory.Delete(_folder, recursive: true);
        }

        private async Task RunAsync(Contestant one, int round, string scripts)
        {
            if (_last.Remove(one, out var last) && last.Database is not null) await last.Database.DisposeAsync();
            var root = Directory.CreateDirectory(Path.Combine(_folder, $"{round}-{one.Name}")).FullName;
            var database = isPostgreSql ? await server.CreateDatabaseAsync() : null;
            var place = new Place(isPostgreSql, database is null ? $"Data Source={root}/app.db;Pooling=False" : Pooled(database.ConnectionString), scripts, root);
            try
            {
                _apply[one].Add(await TimeAsync(() => one.RunAsync(place)));
                var again = new List<double>();
                for (var j = 0; j < 5; j++) again.Add(await TimeAsync(() => one.RunAsync(place)));
                _nothing[one].Add(Median(again));
                NpgsqlConnection.ClearAllPools();
                _last[one] = (place, database);
            }
            catch (Exception e) when (one is not Bare and not Ours)
            {
                // What another tool can't do is a result, and told as one.
                _failed[one] = e.Message.Split('\n')[0];
                NpgsqlConnection.ClearAllPools();
                if (database is not null) await database.DisposeAsync();
            }
        }

        private static string Ratio<T>(Dictionary<Contestant, List<T>> times, Contestant one, Func<T, double> what) => string.Create(
            CultureInfo.InvariantCulture,
            $"{Median([.. times[one].Select(what)]),9:F1} {Median([.. times[one].Select(what)]) / Median([.. times[Contestant.All[0]].Select(what)]),6:F2}");
    }

    // As in a process of its own: the first connection is made, and those after it come from the driver's pool.
    private static string Pooled(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Pooling = true }.ConnectionString;

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        NpgsqlConnection.ClearAllPools();
        var began = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
