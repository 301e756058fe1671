using System.Data;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Benchmarks;

/// <summary>
/// Deploys many migrations, and a second time when there is nothing to do, against a bare loop over ADO.NET that does the same job: reads the
/// scripts, compares their checksums with a table of its own, and runs what is new, each in a transaction with its row. Both in turn, in one process.
/// </summary>
internal static class MigrationsMeasure
{
    private const double MostToApply = 1.3;
    private const double MostForNothing = 2;

    internal static async Task<int> RunAsync(int rounds)
    {
        SQLitePCL.Batteries_V2.Init();
        var isGood = true;
        foreach (var withDown in (bool[])[true, false])
        {
            var each = new List<double>();
            foreach (var count in (int[])[500, 2000])
            {
                var folder = Prepare(count, withDown);
                var (ours, bare, ourNothing, bareNothing) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
                for (var i = -1; i < rounds; i++)
                {
                    var applied = (Ours: await TimeAsync(() => OursAsync(folder, DeploymentOutcome.Succeeded)), Bare: await TimeAsync(() => BareAsync(folder)));
                    // As often as it takes to see more than the noise.
                    var nothing = (Ours: new List<double>(), Bare: new List<double>());
                    for (var j = 0; j < 5; j++)
                    {
                        nothing.Ours.Add(await TimeAsync(() => OursAsync(folder, DeploymentOutcome.NothingToDo)));
                        nothing.Bare.Add(await TimeAsync(() => BareAsync(folder)));
                    }

                    Clear(folder);
                    // The first round is compiled while it runs.
                    if (i < 0) continue;
                    ours.Add(applied.Ours);
                    bare.Add(applied.Bare);
                    ourNothing.Add(Median(nothing.Ours));
                    bareNothing.Add(Median(nothing.Bare));
                }

                Directory.Delete(folder, recursive: true);
                var (toApply, forNothing) = (Median(ours) / Median(bare), Median(ourNothing) / Median(bareNothing));
                isGood &= toApply <= MostToApply && forNothing <= MostForNothing;
                each.Add(Median(ours) / count);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{count} migrations {(withDown ? "with   " : "without")} ways back: apply {Median(ours),7:F0} ms, bare {Median(bare),7:F0} ms, ratio {toApply:F2} (at most {MostToApply}); "
                    + $"nothing to do {Median(ourNothing),6:F1} ms, bare {Median(bareNothing),6:F1} ms, ratio {forNothing:F2} (at most {MostForNothing})"));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  one of 2000 takes {each[1] / each[0]:F2} times as long as one of 500"));
        }

        return isGood ? 0 : 1;
    }

    private static string Prepare(int count, bool withDown)
    {
        var folder = Directory.CreateTempSubdirectory("dtk-bench-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "Migrations"));
        for (var i = 1; i <= count; i++)
        {
            File.WriteAllText(Path.Combine(folder, "Migrations", $"{i:D4}_table.sql"), $"CREATE TABLE t{i} (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO t{i} (name) VALUES ('one'), ('two');\n");
            if (withDown) File.WriteAllText(Path.Combine(folder, "Migrations", $"{i:D4}_table.down.sql"), $"DROP TABLE t{i};\n");
        }

        return folder;
    }

    private static void Clear(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder)) File.Delete(file);
        Directory.Delete(Path.Combine(folder, ".deployment"), recursive: true);
    }

    private static async Task OursAsync(string folder, DeploymentOutcome expected)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = folder, EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:App", $"Data Source={folder}/ours.db")]);
        builder.AddDeployment()
            .AddEnvironments(static e => e.Add("Production"))
            .UseSqlite(SqliteFactory.Instance, "App")
            .AddMigrations(static m => m.FromDirectory("Migrations"))
            .AddHealthGate(static h => h.Nothing("only migrations are measured"));
        using var host = builder.Build();
        var result = await host.Services.GetRequiredService<Deployer>().UpAsync(new UpRequest { Release = "1.0.0" }, CancellationToken.None);
        if (result.Outcome != expected) throw new InvalidOperationException($"{result.Outcome}: {string.Join(' ', result.Messages)}");
    }

    private static async Task BareAsync(string folder)
    {
        await using var connection = new SqliteConnection($"Data Source={folder}/bare.db;Pooling=False");
        await connection.OpenAsync();
        await ExecuteAsync(connection, null, "CREATE TABLE IF NOT EXISTS history (sequence INTEGER PRIMARY KEY, version TEXT NOT NULL UNIQUE, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)");
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT version, checksum FROM history ORDER BY sequence";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) applied[reader.GetString(0)] = reader.GetString(1);
        }

        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "Migrations"), "*.sql").Order(StringComparer.Ordinal))
        {
            var text = await File.ReadAllTextAsync(file);
            if (file.EndsWith(".down.sql", StringComparison.Ordinal)) continue;

            var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            var version = Path.GetFileName(file)[..4];
            if (applied.TryGetValue(version, out var known))
            {
                if (known != checksum) throw new InvalidOperationException(file);
                continue;
            }

            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.Serializable);
            await ExecuteAsync(connection, transaction, text);
            await ExecuteAsync(connection, transaction, "INSERT INTO history (version, checksum, applied_at) VALUES (@version, @checksum, @at)", ("@version", version), ("@checksum", checksum), ("@at", TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)));
            await transaction.CommitAsync();
        }
    }

    private static async Task ExecuteAsync(SqliteConnection connection, System.Data.Common.DbTransaction? transaction, string sql, params (string Name, string Value)[] parameters)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = (SqliteTransaction?)transaction;
#pragma warning disable CA2100 // The scripts that were written above.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var began = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
