using Deployment.Toolkit.DatabaseJournal;
using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Databases.Tests.Pools;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Tests.Journal;
using Npgsql;
using PostgreSqlDatabase = Deployment.Toolkit.Databases.Testing.PostgreSqlDatabase;

namespace Deployment.Toolkit.Databases.Tests.Journal;

/// <summary>A schema of a PostgreSQL database.</summary>
public sealed class JournalInPostgreSqlTests(PostgreSqlServer server) : JournalStoreConformance, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-journal-").FullName;
    private PostgreSqlDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected override JournalStore Store => StoreOf("Production");

    protected override bool CanBeTorn => false;

    public async ValueTask InitializeAsync() => (_database = await server.CreateDatabaseAsync()).IsPooled = true;

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Looking_makes_no_schema()
    {
        await Store.ReadAsync(0, Token);
        await Store.ReadKeyAsync(Token);
        await Store.StampAsync(Token);
        await Store.IsHeldAsync(Token);
        Assert.Null(await Store.WhyNotWritableAsync(Token));
        Assert.Equal("0", await _database.ScalarAsync("SELECT count(*) FROM pg_namespace WHERE nspname = 'deployment'"));
    }

    [Fact]
    public async Task Environments_and_schemas_share_neither_the_lock_nor_the_records()
    {
        await using var one = (await StoreOf("Production").TryOpenAsync(Token))!;
        await using var other = (await StoreOf("Staging").TryOpenAsync(Token))!;
        await using var elsewhere = (await StoreOf("Production", schema: "Kept \"here\"").TryOpenAsync(Token))!;
        foreach (var (writer, line) in new[] { (one, "one\n"), (other, "other\n"), (elsewhere, "elsewhere\n") })
        {
            await writer.BeginAsync(0, Token);
            await writer.AppendAsync(System.Text.Encoding.UTF8.GetBytes(line));
        }

        Assert.Equal("one\n"u8.ToArray(), await StoreOf("PRODUCTION").ReadAsync(0, Token));
        Assert.Equal("elsewhere\n"u8.ToArray(), await StoreOf("Production", schema: "Kept \"here\"").ReadAsync(0, Token));
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
    public async Task A_session_that_the_server_ends_ends_the_right_to_write()
    {
        await using var session = (await OpenAsync(Store))!;
        await EndSessionsAsync();

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => AppendAsync(session));
        Assert.Equal((DeploymentOutcome.NeedsAttention, "DTK7105"), (refused.Outcome, refused.Messages[0].Code));
        Assert.Contains("was left without its lock, whose connection ended (57P01: terminating connection due to administrator command),", refused.Messages[0].Text, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DeploymentException>(() => AppendAsync(session));

        await using var next = (await OpenAsync(Store))!;
        Assert.Equal(2, next.Fence);
        await AppendAsync(next);
        Assert.Equal(3, (await JournalReader.ReadAsync(Store, Token)).EnsureIntact().Records.Count);
    }

    [Fact]
    public async Task One_whose_lock_another_has_taken_appends_nothing_though_its_connection_lives()
    {
        await using var writer = (await Store.TryOpenAsync(Token))!;
        await writer.BeginAsync(0, Token);
        await writer.AppendAsync("one\n"u8.ToArray());
        await _database.ExecuteAsync("UPDATE deployment.journals SET fence = fence + 1");

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
            await using var raise = new NpgsqlCommand("UPDATE deployment.journals SET fence = fence + 1", other, transaction);
            await raise.ExecuteNonQueryAsync(Token);
            var append = Assert.ThrowsAsync<JournalRightLostException>(async () => await writer.AppendAsync("late\n"u8.ToArray()));
            while (await _database.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR SHARE%' AND pid <> pg_backend_pid()") == "0") Assert.False(append.IsCompleted);
            await transaction.CommitAsync(Token);
            await append;
        }

        Assert.Empty(await Store.ReadAsync(0, Token));
    }

    [Fact]
    public async Task A_lock_that_was_given_back_is_free_also_where_the_connection_goes_into_a_pool()
    {
        var pooled = _database.ConnectionStringWith(static settings => settings.Pooling = true);
        await using var source = NpgsqlDataSource.Create(pooled);
        for (var i = 0; i < 3; i++)
        {
            await using var writer = await new JournalInDatabase(new PostgreSqlJournal(source.CreateConnection, "deployment"), "Production", new JournalPaths(_folder, "Production")).TryOpenAsync(Token);
            Assert.NotNull(writer);
        }

        Assert.False(await Store.IsHeldAsync(Token));
    }

    [Fact]
    public async Task A_driver_that_hands_out_a_session_for_each_command_is_refused()
    {
        var multiplexed = _database.ConnectionStringWith(static settings => (settings.Pooling, settings.Multiplexing) = (true, true));
        await using var source = NpgsqlDataSource.Create(multiplexed);
        var store = new JournalInDatabase(new PostgreSqlJournal(source.CreateConnection, "deployment"), "Production", new JournalPaths(_folder, "Production"));

        var refused = await Assert.ThrowsAsync<DeploymentException>(async () => await store.TryOpenAsync(Token));

        Assert.Equal("DTK7112", refused.Messages[0].Code);
        Assert.False(await Store.IsHeldAsync(Token));
    }

    [Theory]
    [InlineData("transaction", 2)]
    [InlineData("transaction", 10)]
    [InlineData("session", 10)]
    public async Task Behind_a_pool_that_keeps_no_session_a_lease_stands_for_the_lock(string mode, int size)
    {
        await using var bouncer = await PgBouncer.StartAsync(_database, mode, size);
        var store = StoreOf("Production", connection: bouncer.ConnectionString);
        // Sessions that others left behind.
        foreach (var other in await Task.WhenAll(Enumerable.Range(0, size / 2).Select(async _ =>
        {
            var connection = new NpgsqlConnection(bouncer.ConnectionString);
            await connection.OpenAsync(Token);
            return connection;
        }))) await other.DisposeAsync();

        for (var i = 0; i < 3; i++)
        {
            await using (var session = await OpenAsync(store))
            {
                await AppendAsync(session!);
                Assert.True(await Store.IsHeldAsync(Token));
                Assert.Equal(mode == "session" ? "1" : "0", await _database.ScalarAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
            }

            Assert.False(await Store.IsHeldAsync(Token));
        }

        Assert.Equal(mode == "transaction" ? "1" : "0", await _database.ScalarAsync("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'deployment' AND column_name = 'lease_ends'"));
    }

    [Fact]
    public async Task Behind_a_pool_that_keeps_no_transaction_it_is_refused()
    {
        await using var bouncer = await PgBouncer.StartAsync(_database, "statement", 10);

        var refused = await Assert.ThrowsAsync<DeploymentException>(async () => await StoreOf("Production", connection: bouncer.ConnectionString).TryOpenAsync(Token));

        Assert.Equal("DTK7103", refused.Messages[0].Code);
        Assert.False(await Store.IsHeldAsync(Token));
    }

    [Fact]
    public async Task A_role_that_may_not_write_is_refused_beforehand_in_words()
    {
        await _database.ExecuteAsync("DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD 'r'");
        var reader = StoreOf("Production", connection: _database.ConnectionStringWith(static settings => (settings.Username, settings.Password) = ("reader", "r")));
        Assert.Contains("role reader may not make schema deployment. Nothing was changed.", (await reader.WhyNotWritableAsync(Token))!.Text, StringComparison.Ordinal);
        await using (await OpenAsync(Store)) { }

        Assert.Contains("role reader may not use schema deployment.", (await reader.WhyNotWritableAsync(Token))!.Text, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<DeploymentException>(async () => await reader.TryOpenAsync(Token));
        Assert.Contains("permission denied", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.False(await Store.IsHeldAsync(Token));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_without_a_password()
    {
        var store = StoreOf("Production", connection: _database.ConnectionStringWith(static settings => (settings.Port, settings.Timeout) = (1, 2)));

        var refused = await Assert.ThrowsAsync<DeploymentException>(async () => await store.ReadAsync(0, Token));

        Assert.Equal("DTK7103", refused.Messages[0].Code);
        Assert.DoesNotContain("battery", refused.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_are_durable_where_the_server_is_told_to_answer_before_they_are()
    {
        Assert.Equal("off", await _database.ScalarAsync("SHOW synchronous_commit"));
        await using var taken = (await Journals().TryLockAsync("production", Token))!;
        await using var command = taken.Connection.CreateCommand();
        command.CommandText = "SHOW synchronous_commit";
        Assert.Equal("on", await command.ExecuteScalarAsync(Token));
    }

    private PostgreSqlJournal Journals(string schema = "deployment", string? connection = null) => new(() => new NpgsqlConnection(connection ?? _database.ConnectionString), schema);

    private JournalInDatabase StoreOf(string environment, string schema = "deployment", string? connection = null) =>
        new(Journals(schema, connection), environment, new JournalPaths(_folder, environment));

    private Task<string?> EndSessionsAsync() =>
        _database.ScalarAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

    private static Task AppendAsync(JournalSession session) => session.AppendAsync(null, JournalKinds.TailCut, new TailCut(1), JournalJson.Default.TailCut);

    private static Task<JournalSession?> OpenAsync(JournalStore store) =>
        JournalSession.TryOpenAsync(store, "up", new JournalHolder("a", "b", 1, DateTimeOffset.UnixEpoch), JournalKey.Throwaway, TimeProvider.System, Token);
}
