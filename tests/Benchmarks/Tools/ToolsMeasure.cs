using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Databases.Testing;
using Npgsql;

namespace Benchmarks.Tools;

/// <summary>
/// The packages that teams use, and a bare loop, beside a whole deployment: each applies the same scripts to a database of its own on the same server, and then
/// finds nothing to do. All in turn in one process, so that what disturbs one disturbs all; what counts are the ratios.
/// </summary>
internal static class ToolsMeasure
{
    internal static async Task<int> RunAsync(int rounds, IReadOnlyList<int> counts)
    {
        SQLitePCL.Batteries_V2.Init();
        await using var server = new PostgreSqlServer { IsDurable = true };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median of {rounds} rounds, milliseconds and the ratio to bare ADO.NET"));
        foreach (var isPostgreSql in (bool[])[false, true])
        {
            foreach (var count in counts)
            {
                Console.WriteLine();
                Console.WriteLine($"{(isPostgreSql ? "PostgreSQL" : "SQLite")}, {count} scripts");
                await CompareAsync(server, isPostgreSql, count, rounds);
            }
        }

        return 0;
    }

    private static async Task CompareAsync(PostgreSqlServer server, bool isPostgreSql, int count, int rounds)
    {
        var apply = Contestant.All.ToDictionary(static one => one, static _ => new List<double>());
        var nothing = Contestant.All.ToDictionary(static one => one, static _ => new List<double>());
        var failed = new Dictionary<Contestant, string>();
        var folder = Directory.CreateTempSubdirectory("dtk-tools-").FullName;
        try
        {
            var scripts = Write(folder, count);
            for (var i = -1; i < rounds; i++)
            {
                foreach (var one in Contestant.All.Where(one => !failed.ContainsKey(one)))
                {
                    var root = Directory.CreateDirectory(Path.Combine(folder, $"{i}-{one.Name}")).FullName;
                    var database = isPostgreSql ? await server.CreateDatabaseAsync() : null;
                    var place = new Place(isPostgreSql, database is null ? $"Data Source={root}/app.db;Pooling=False" : Pooled(database.ConnectionString), scripts, root);
                    try
                    {
                        var first = await TimeAsync(() => one.RunAsync(place));
                        var again = new List<double>();
                        for (var j = 0; j < 5; j++) again.Add(await TimeAsync(() => one.RunAsync(place)));
                        // The first round is compiled while it runs.
                        if (i < 0) continue;
                        apply[one].Add(first);
                        nothing[one].Add(Median(again));
                    }
                    catch (Exception e) when (one is not Bare and not Ours)
                    {
                        // What another tool can't do is a result, and told as one.
                        failed[one] = e.Message.Split('\n')[0];
                    }
                    finally
                    {
                        NpgsqlConnection.ClearAllPools();
                        if (database is not null) await database.DisposeAsync();
                    }
                }
            }
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }

        var bare = Contestant.All[0];
        foreach (var one in Contestant.All)
        {
            Console.WriteLine(
                failed.TryGetValue(one, out var why)
                    ? $"  {one.Name,-20} fails: {why}"
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {one.Name,-20} apply {Median(apply[one]),9:F1} {Median(apply[one]) / Median(apply[bare]),6:F2}    nothing to do {Median(nothing[one]),8:F2} {Median(nothing[one]) / Median(nothing[bare]),6:F2}"));
        }
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
