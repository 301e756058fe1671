using Deployment.Toolkit.DatabaseJournal;
using Deployment.Toolkit.Databases.MySql;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Tests.Journal;
using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using MySqlDatabase = Deployment.Toolkit.Databases.Testing.MySqlDatabase;

namespace Deployment.Toolkit.Databases.Tests.Journal;

/// <summary>Tables of a MariaDB database.</summary>
public sealed class JournalInMySqlTests(MySqlServer server) : JournalStoreConformance, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-journal-").FullName;
    private MySqlDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected override JournalStore Store => StoreOf("Production");

    protected override bool CanBeTorn => false;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Looking_makes_no_table()
    {
        await Store.ReadAsync(0, Token);
        await Store.ReadKeyAsync(Token);
        await Store.StampAsync(Token);
        await Store.IsHeldAsync(Token);
        Assert.Null(await Store.WhyNotWritableAsync(Token));
        Assert.Equal("0", await _database.ScalarAsync("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"));
    }

    [Fact]
    public async Task Environments_and_prefixes_share_neither_the_lock_nor_the_records()
    {
        await using var one = (await StoreOf("Production").TryOpenAsync(Token))!;
        await using var other = (await StoreOf("Staging").TryOpenAsync(Token))!;
        await using var elsewhere = (await StoreOf("Production", schema: "Kept `here`").TryOpenAsync(Token))!;
        foreach (var (writer, line) in new[] { (one, "one\n"), (other, "other\n"), (elsewhere, "elsewhere\n") })
        {
            await writer.BeginAsync(0, Token);
            await writer.AppendAsync(System.Text.Encoding.UTF8.GetBytes(line));
        }

        Assert.Equal("one\n"u8.ToArray(), await StoreOf("PRODUCTION").ReadAsync(0, Token));
        Assert.Equal("elsewhere\n"u8.ToArray(), await StoreOf("Production", schema: "Kept `here`").ReadAsync(0, Token));
        Assert.False(await StoreOf("Development").IsHeldAsync(Token));
    }

    [Fact]
    public async Task Of_many_that_begin_at_once_one_makes_the_tables_and_each_gets_its_turn()
    {
        var fences = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            var store = StoreOf(i % 2 == 0 ? "Production" : "Staging");
            while (true)
            {
                if (await OpenAsync(store) is { } session)
                    await using (session) return (i % 2, session.Fence);
            }
        }));

        Assert.Equal(8, fences.Distinct().Count());
        Assert.Equal(4, fences.Max(static fence => fence.Fence));
    }

    [Fact]
    public async Task Sessions_that_the_server_ends_end_the_right_to_write()
    {
        await using var session = (await OpenAsync(Store))!;
        // The list leaves out whoever the server is at in that moment.
        string? sessions;
        do sessions = await _database.ScalarAsync("SELECT GROUP_CONCAT(id) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()");
        while (sessions?.Contains(',', StringComparison.Ordinal) != true && !Token.IsCancellationRequested);
        foreach (var id in sessions!.Split(','))
            await _database.ExecuteAsync($"KILL {id}");

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => AppendAsync(session));
        Assert.Equal((DeploymentOutcome.NeedsAttention, "DTK7105"), (refused.Outcome, refused.Messages[0].Code));
        await Assert.ThrowsAsync<DeploymentException>(() => AppendAsync(session));

        // A session that is told to end has its lock until it has.
        JournalSession? next;
        do next = await OpenAsync(Store);
        while (next is null && !Token.IsCancellationRequested);
        await using var held = next!;
        Assert.Equal(2, held.Fence);
        await AppendAsync(held);
        Assert.Equal(3, (await JournalReader.ReadAsync(Store, Token)).EnsureIntact().Records.Count);
    }

    [Fact]
    public async Task The_session_of_the_lock_alone_ended_is_a_lost_lock()
    {
        await using var taken = (await Journals().TryLockAsync("production", Token))!;
        var before = await taken.LostAsync(Token);
        var name = MySqlSessionLock.NameOf("journal", $"{_database.Name}\0deployment\0production");
        await _database.ExecuteAsync($"KILL {await _database.ScalarAsync($"SELECT IS_USED_LOCK('{name}')")}");

        Assert.Null(before);
        Assert.StartsWith("left without its lock", await taken.LostAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_whose_lock_another_has_taken_appends_nothing_though_its_connection_lives()
    {
        await using var writer = (await Store.TryOpenAsync(Token))!;
        await writer.BeginAsync(0, Token);
        await writer.AppendAsync("one\n"u8.ToArray());
        await _database.ExecuteAsync("UPDATE deployment_journal_journals SET fence = fence + 1");

        await Assert.ThrowsAsync<JournalRightLostException>(async () => await writer.AppendAsync("two\n"u8.ToArray()));
        Assert.Equal("taken over by another process", await writer.LostAsync(Token));
        Assert.Equal("one\n"u8.ToArray(), await Store.ReadAsync(0, Token));
    }

    [Fact]
    public async Task Nobody_takes_the_next_number_between_the_look_at_it_and_the_record()
    {
        await using var writer = (await Store.TryOpenAsync(Token))!;
        await writer.BeginAsync(0, Token);
        await using var other = await _database.OpenAsync();
        await using (var transaction = await other.BeginTransactionAsync(Token))
        {
            await using var raise = new MySqlCommand("UPDATE deployment_journal_journals SET fence = fence + 1", other, transaction);
            await raise.ExecuteNonQueryAsync(Token);
            var append = Assert.ThrowsAsync<JournalRightLostException>(async () => await writer.AppendAsync("late\n"u8.ToArray()));
            while (await _database.ScalarAsync("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'") == "0")
            {
                Assert.False(append.IsCompleted);
                // Asked again within a tenth of a second, the server tells what it told before, however often.
                await Task.Delay(TimeSpan.FromMilliseconds(150), Token);
            }

            await transaction.CommitAsync(Token);
            await append;
        }

        Assert.Empty(await Store.ReadAsync(0, Token));
    }

    [Fact]
    public async Task A_lock_that_was_given_back_is_free_also_where_the_connection_goes_into_a_pool()
    {
        await using var source = new MySqlDataSourceBuilder(_database.ConnectionStringWith(static settings => settings.Pooling = true)).Build();
        for (var i = 0; i < 3; i++)
        {
            await using var writer = await new JournalInDatabase(new MySqlJournal(source.CreateConnection, "deployment"), "Production", new JournalPaths(_folder, "Production")).TryOpenAsync(Token);
            Assert.NotNull(writer);
        }

        Assert.False(await Store.IsHeldAsync(Token));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_without_a_password()
    {
        var store = StoreOf("Production", connection: _database.ConnectionStringWith(static settings => settings.Port = 1));

        var refused = await Assert.ThrowsAsync<DeploymentException>(async () => await store.ReadAsync(0, Token));

        Assert.Equal("DTK7103", refused.Messages[0].Code);
        Assert.DoesNotContain("battery", refused.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_is_deployed_from_another_folder_and_the_journals_tables_are_none_of_the_apps()
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using (var first = App(database))
        {
            first.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;");
            await first.UpOkAsync();
            Assert.False(File.Exists(Path.Combine(first.Folder, ".deployment", "development", "journal.jsonl")));
        }

        using var second = App(database);
        second.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;");
        second.Migration("0002_notes", "CREATE TABLE notes (id int PRIMARY KEY);", "DROP TABLE notes;");
        await second.UpOkAsync("2.0.0");
        var back = await second.RollbackAsync();
        using var host = second.Build();
        var verified = await host.Services.GetRequiredService<DeploymentHistory>().VerifyJournalAsync(null, Token);
        var dialect = new MySqlDialect();
        dialect.Journals(() => new MySqlConnection(database.ConnectionString), "", "deployment");
        await using var connection = await dialect.Open(() => new MySqlConnection(database.ConnectionString), "").OpenAsync(Token);
        var catalogue = await dialect.ReadCatalogueAsync(connection, null, null, Token);

        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(back));
        Assert.True(verified.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(verified));
        Assert.Equal(["items"], catalogue.Tables.Select(static table => table.Name));
        Assert.Equal("4", await database.ScalarAsync("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'deployment\\_journal\\_%'"));
    }

    private static DeployedApp App(TargetUnderTest database) => new(database) { Configure = static deployment => deployment.ForJournal() };

    private MySqlJournal Journals(string schema = "deployment", string? connection = null) => new(() => new MySqlConnection(connection ?? _database.ConnectionString), schema);

    private JournalInDatabase StoreOf(string environment, string schema = "deployment", string? connection = null) =>
        new(Journals(schema, connection), environment, new JournalPaths(_folder, environment));

    private static Task AppendAsync(JournalSession session) => session.AppendAsync(null, JournalKinds.TailCut, new TailCut(1), JournalJson.Default.TailCut);

    private static Task<JournalSession?> OpenAsync(JournalStore store) =>
        JournalSession.TryOpenAsync(store, "up", new JournalHolder("a", "b", 1, DateTimeOffset.UnixEpoch), JournalKey.Throwaway, TimeProvider.System, Token);
}
