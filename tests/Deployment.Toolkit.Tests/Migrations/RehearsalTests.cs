using System.Security.Cryptography;
using Deployment.Toolkit.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Migrations;

public sealed class RehearsalTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task What_goes_back_to_what_was_is_proven_and_the_database_is_left_alone()
    {
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        _app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT DEFAULT 'x';\nCREATE INDEX items_title ON items (title);", "DROP INDEX items_title;\nALTER TABLE items DROP COLUMN title;");
        _app.Migration("0003_more", "INSERT INTO items (name) VALUES ('two');", "DELETE FROM items WHERE name = 'two';");
        var before = Files();

        var report = await RehearseAsync();
        Assert.True(report.IsProven);
        Assert.Equal([RehearsalVerdict.Proven, RehearsalVerdict.Proven], report.Migrations.Select(static migration => migration.Verdict));
        Assert.Equal(before, Files());
    }

    [Fact]
    public async Task A_database_that_is_not_there_yet_is_rehearsed_on_an_empty_one()
    {
        var report = await RehearseAsync();
        Assert.Equal(RehearsalVerdict.Proven, Assert.Single(report.Migrations).Verdict);
        Assert.False(File.Exists(_app.Database));
    }

    [Fact]
    public async Task A_table_that_is_rebuilt_in_other_words_is_the_same_table()
    {
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        _app.Migration(
            "0002_rebuild",
            "ALTER TABLE items ADD COLUMN note TEXT;",
            "-- foreign-keys: off\nCREATE TABLE \"new_items\" (\n  [name] TEXT NOT NULL, -- as before\n  \"id\" INTEGER PRIMARY KEY\n);\nINSERT INTO new_items (id, name) SELECT id, name FROM items;\nDROP TABLE items;\nALTER TABLE new_items RENAME TO items;");
        Assert.True((await RehearseAsync()).IsProven);
    }

    [Theory]
    [InlineData("CREATE TABLE a (id INTEGER); CREATE INDEX ai ON items (name);", "DROP TABLE a;", "+ index ai")]
    [InlineData("ALTER TABLE items ADD COLUMN title TEXT;", "SELECT 1;", "+ table items: title text")]
    [InlineData("UPDATE items SET name = 'other';", "UPDATE items SET name = 'wrong';", "+ rows of items: as many, with other values")]
    [InlineData("INSERT INTO items (name) VALUES ('two');", "DELETE FROM items;", "- rows of items: 1")]
    [InlineData("ALTER TABLE items RENAME TO things;", "ALTER TABLE things RENAME TO item;", "- table items")]
    [InlineData("CREATE TABLE a (id INTEGER);", "SELECT 1;", "+ table a")]
    public async Task A_way_back_that_leaves_something_else_is_told_with_the_difference(string up, string down, string difference)
    {
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        _app.Migration("0002_next", "-- changes-rows: items\n" + up, "-- changes-rows: items\n" + down);
        _app.Migration("0003_never", "SELECT 1;", null);

        var report = await RehearseAsync();
        var migration = Assert.Single(report.Migrations);
        Assert.Equal(RehearsalVerdict.WayBackDiffers, migration.Verdict);
        Assert.Contains(difference, migration.Differences);
        Assert.Equal(1, report.NotTried);
        Assert.False(report.IsProven);
    }

    [Fact]
    public async Task A_migration_or_a_way_back_that_fails_says_where()
    {
        _app.Migration("0002_broken", "CREATE TABLE a (id INTEGER);", "DROP TABLE b;");
        var report = await RehearseAsync();
        Assert.Equal(RehearsalVerdict.WayBackFailed, report.Migrations[^1].Verdict);
        Assert.Contains("0002_broken.down.sql", report.Migrations[^1].Failure, StringComparison.Ordinal);

        _app.Migration("0002_broken", "CREATE TABLE a (id INTEGER);\nINSERT INTO b VALUES (1);", "DROP TABLE a;");
        report = await RehearseAsync();
        Assert.Equal(RehearsalVerdict.Failed, report.Migrations[^1].Verdict);
        Assert.Contains("0002_broken.sql", report.Migrations[^1].Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_no_way_back_is_tried_and_counts()
    {
        _app.Migration("0002_drop", "-- irreversible: nobody needs it\nDROP TABLE items;", null);
        var report = await RehearseAsync();
        Assert.Equal(RehearsalVerdict.NoWayBack, report.Migrations[^1].Verdict);
        Assert.True(report.IsProven);
    }

    [Fact]
    public async Task What_makes_another_schema_the_second_time_is_told()
    {
        _app.Configure = static deployment => deployment.AddMigrations(static m => m.Add<Changing>());
        var report = await RehearseAsync();
        Assert.Equal(RehearsalVerdict.NotRepeatable, report.Migrations[^1].Verdict);
    }

    [Fact]
    public async Task A_rehearsal_that_is_cancelled_leaves_no_copy()
    {
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync()).Outcome);
        _app.Configure = static deployment => deployment.AddMigrations(static m => m.Add<Cancelling>());
        var before = Files();
        using var host = _app.Build();
        using var stop = new CancellationTokenSource();
        Cancelling.Stop = stop;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Services.GetRequiredService<DeploymentDatabase>().RehearseAsync(stop.Token));
        Assert.Equal(before, Files());
    }

    [Fact]
    public async Task A_copy_that_a_killed_rehearsal_left_is_taken_away_by_the_next()
    {
        var left = Path.Combine(_app.Folder, ".deployment", "development", "rehearsal-left");
        Directory.CreateDirectory(left);
        await File.WriteAllTextAsync(Path.Combine(left, "copy.db"), "what the database holds", CancellationToken);
        await RehearseAsync();
        Assert.False(Directory.Exists(left));
    }

    // A generator that knows what it broke: every broken way back is found, and no good one is suspected.
    [Fact]
    public async Task Of_made_up_migrations_each_broken_way_back_is_told_from_the_good_ones()
    {
        var broken = 0;
        for (var seed = 1; seed <= FullRun.Times(20, full: 200); seed++)
        {
            using var app = new TestApp();
            var made = MadeUpMigration.Make(seed);
            app.Migration("0001_before", MadeUpMigration.Before, null);
            app.Migration("0002_made_up", made.Up, made.Down);
            using var host = app.Build();
            var verdict = (await host.Services.GetRequiredService<DeploymentDatabase>().RehearseAsync(CancellationToken)).Migrations[^1].Verdict;
            var isRight = made.Break is null ? verdict == RehearsalVerdict.Proven : verdict is RehearsalVerdict.WayBackDiffers or RehearsalVerdict.WayBackFailed or RehearsalVerdict.NotRepeatable;
            Assert.True(isRight, $"seed {seed}, broken by {made.Break ?? "nothing"}: {verdict}\n{made.Up}\n--\n{made.Down}");
            broken += made.Break is null ? 0 : 1;
        }

        Assert.InRange(broken, FullRun.Times(4, full: 70), FullRun.Times(16, full: 130));
    }

    private async Task<RehearsalReport> RehearseAsync()
    {
        using var host = _app.Build();
        return await host.Services.GetRequiredService<DeploymentDatabase>().RehearseAsync(CancellationToken);
    }

    // All but the journal, which keeps what was proven.
    private List<string> Files() =>
    [
        .. Directory.EnumerateFileSystemEntries(_app.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(static path => Path.GetFileName(path) is not ("journal.jsonl" or "head.json" or "lock"))
            .Select(static path => File.Exists(path) ? path + " " + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))) : path),
    ];

    [Migration("0009", "changing")]
    private sealed class Changing : Migration
    {
        private static int s_times;

        public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken) =>
            await context.ExecuteAsync($"CREATE TABLE changing (column{Interlocked.Increment(ref s_times)} TEXT)", cancellationToken);

        public override async Task DownAsync(MigrationContext context, CancellationToken cancellationToken) =>
            await context.ExecuteAsync("DROP TABLE changing", cancellationToken);
    }

    [Migration("0009", "cancelling")]
    private sealed class Cancelling : Migration
    {
        internal static CancellationTokenSource? Stop { get; set; }

        public override async Task UpAsync(MigrationContext context, CancellationToken cancellationToken)
        {
            await Stop!.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
