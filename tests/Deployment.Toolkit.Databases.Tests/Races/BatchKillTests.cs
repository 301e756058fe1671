using System.Globalization;
using System.Text.RegularExpressions;
using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.Races;

/// <summary>A backfill whose process is killed in the middle: the next goes on, and no row is changed twice.</summary>
public sealed partial class BatchKillTests(PostgreSqlServer server)
{
    private const int Rows = 2000;

    private const string Fill = "-- batch: 10\n-- batch-pause: 5ms\nUPDATE items SET hits = hits + 1 WHERE id IN (SELECT id FROM items WHERE hits = 0 ORDER BY id LIMIT 10);";

    [FullRunFact]
    public async Task The_next_process_goes_on_behind_the_last_batch()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync($"CREATE TABLE items AS SELECT n AS id, 0 AS hits FROM generate_series(1, {Rows}) AS n; ALTER TABLE items ADD PRIMARY KEY (id)");
        using var racers = new Racers("postgresql", database.ConnectionString, 2, [Fill]);
        await racers.GoAsync();

        var at = 0L;
        while (at < 200)
            at = long.Parse((await database.ScalarAsync("SELECT count(*) FROM items WHERE hits > 0"))!, CultureInfo.InvariantCulture);
        await using (var connection = await database.OpenAsync())
            racers.Kill((await LockHolder.ProcessAsync(connection))!.Value);
        var ended = await racers.EndAsync();

        Assert.Single(ended, static one => one.ExitCode == 0);
        var survivor = ended.Single(static one => one.ExitCode == 0).Output;
        var behind = int.Parse(GoesOn().Match(survivor).Groups["rows"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        Assert.InRange(behind, 200, Rows - 10);
        Assert.Equal($"{Rows} 1 1", await database.ScalarAsync("SELECT count(*) || ' ' || min(hits) || ' ' || max(hits) FROM items"));
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('deployment_migration_attempts')::text"));
    }

    [GeneratedRegex(@"goes on behind (?<rows>[\d,]+) rows", RegexOptions.ExplicitCapture)]
    private static partial Regex GoesOn();
}
