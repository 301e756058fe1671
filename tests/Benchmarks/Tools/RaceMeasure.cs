using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Databases.Testing;
using Npgsql;

namespace Benchmarks.Tools;

/// <summary>
/// Eight of a kind begin at the same moment on one PostgreSQL database with ten pending scripts. Each script writes down that it ran, in a table that lets it be
/// written twice, so that what ran too often is counted and not only what failed of it.
/// </summary>
internal static class RaceMeasure
{
    private const int Runners = 8;
    private const int Scripts = 10;

    internal static async Task<int> RunAsync(int rounds)
    {
        await using var server = new PostgreSqlServer();
        var isGood = true;
        foreach (var one in Contestant.All)
        {
            var (surplus, failures, took) = (0L, 0, new List<double>());
            for (var i = 0; i < rounds; i++)
            {
                var folder = Directory.CreateTempSubdirectory("dtk-race-").FullName;
                var database = await server.CreateDatabaseAsync();
                try
                {
                    var scripts = Write(folder);
                    one.Prepare(scripts);
                    await using (var connection = new NpgsqlConnection(database.ConnectionString))
                    {
                        await connection.OpenAsync();
                        await Bare.ExecuteAsync(connection, null, "CREATE TABLE ran (script integer)");
                    }

                    var began = Stopwatch.GetTimestamp();
                    using var start = new Barrier(Runners);
                    var runs = await Task.WhenAll(Enumerable.Range(0, Runners).Select(n => Task.Factory.StartNew(
                        () => RunOneAsync(one, new Place(true, database.ConnectionString, scripts, Directory.CreateDirectory(Path.Combine(folder, $"runner-{n}")).FullName), start),
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default).Unwrap()));
                    took.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
                    failures += runs.Count(static went => !went);
                    surplus += long.Parse(await database.ScalarAsync("SELECT count(*) FROM ran") ?? "0", CultureInfo.InvariantCulture) - Scripts;
                }
                finally
                {
                    await database.DisposeAsync();
                    Directory.Delete(folder, recursive: true);
                }
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Name,-20} {surplus,4} executions too many, {failures,3} of {rounds * Runners} runs failed, {took.Order().ElementAt(took.Count / 2):F1} s a round"));
            if (one is Ours) isGood = surplus == 0 && failures == 0;
        }

        return isGood ? 0 : 1;
    }

    private static async Task<bool> RunOneAsync(Contestant one, Place place, Barrier start)
    {
        start.SignalAndWait();
        try
        {
            await one.RunAsync(place);
            return true;
        }
        catch (Exception)
        {
            // That it fails is what is counted.
            return false;
        }
    }

    private static string Write(string folder)
    {
        var scripts = Directory.CreateDirectory(Path.Combine(folder, "scripts")).FullName;
        var evolve = Directory.CreateDirectory(Path.Combine(scripts, "evolve")).FullName;
        for (var i = 1; i <= Scripts; i++)
        {
            var sql = $"INSERT INTO ran (script) VALUES ({i});\nSELECT pg_sleep(0.02);\n";
            File.WriteAllText(Path.Combine(scripts, $"{i:D4}_step.sql"), sql);
            File.WriteAllText(Path.Combine(evolve, $"V{i}__step.sql"), sql);
        }

        return scripts;
    }
}
