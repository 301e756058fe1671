using System.Globalization;
using Deployment.Toolkit.DatabaseJournal;
using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Databases.Tests.Pools;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Tests.Journal;
using Npgsql;
using PostgreSqlDatabase = Deployment.Toolkit.Databases.Testing.PostgreSqlDatabase;

namespace Deployment.Toolkit.Databases.Tests.Journal;

/// <summary>A schema of a PostgreSQL database behind PgBouncer in transaction mode, where a lease stands for the lock.</summary>
public sealed class JournalLeaseTests(PostgreSqlServer server) : JournalStoreConformance, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-journal-").FullName;
    private PostgreSqlDatabase _database = null!;
    private PgBouncer _bouncer = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected override JournalStore Store => StoreOf(_bouncer.ConnectionString);

    protected override bool CanBeTorn => false;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        _bouncer = await PgBouncer.StartAsync(_database);
    }

    public async ValueTask DisposeAsync()
    {
        await _bouncer.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_lease_and_a_sessions_lock_know_of_each_other()
    {
        var direct = StoreOf(_database.ConnectionString);
        await using (var lease = await Store.TryOpenAsync(Token))
        {
            Assert.NotNull(lease);
            Assert.Null(await direct.TryOpenAsync(Token));
            Assert.True(await direct.IsHeldAsync(Token));
        }

        await using (var session = await direct.TryOpenAsync(Token))
        {
            Assert.NotNull(session);
            Assert.Null(await Store.TryOpenAsync(Token));
            Assert.True(await Store.IsHeldAsync(Token));
        }

        await using var again = await Store.TryOpenAsync(Token);
        Assert.NotNull(again);
    }

    [Fact]
    public async Task A_lease_that_ended_is_no_right_to_write_even_while_nobody_else_has_taken_it()
    {
        await using var session = (await OpenAsync(Store))!;
        await EndLeaseAsync();

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => AppendAsync(session));

        Assert.Equal((DeploymentOutcome.NeedsAttention, "DTK7105"), (refused.Outcome, refused.Messages[0].Code));
        Assert.Contains("was left without its lease, which ended before it was renewed, while this one held it under number 1. Nothing more was done.", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal("1", await _database.ScalarAsync("SELECT count(*) FROM deployment.records"));
        await using var next = (await OpenAsync(Store))!;
        Assert.Equal(2, next.Fence);
        await Assert.ThrowsAsync<DeploymentException>(() => AppendAsync(session));
        await AppendAsync(next);
        Assert.Equal(3, (await JournalReader.ReadAsync(Store, Token)).EnsureIntact().Records.Count);
    }

    [Fact]
    public async Task Nobody_takes_it_between_the_look_at_it_and_the_record()
    {
        await using var writer = (await Store.TryOpenAsync(Token))!;
        await writer.BeginAsync(0, Token);
        await using var other = await _database.OpenAsync();
        await using (var transaction = await other.BeginTransactionAsync(Token))
        {
            await using var take = new NpgsqlCommand("UPDATE deployment.journals SET fence = fence + 1, lease = 'other'", other, transaction);
            await take.ExecuteNonQueryAsync(Token);
            var append = Assert.ThrowsAsync<JournalRightLostException>(async () => await writer.AppendAsync("late\n"u8.ToArray()));
            while (await _database.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR SHARE%' AND pid <> pg_backend_pid()") == "0") Assert.False(append.IsCompleted);
            await transaction.CommitAsync(Token);
            await append;
        }

        Assert.Empty(await Store.ReadAsync(0, Token));
    }

    [Fact]
    public async Task Records_are_durable_where_the_server_is_told_to_answer_before_they_are()
    {
        Assert.Equal("off", await _database.ScalarAsync("SHOW synchronous_commit"));
        await using var session = (await OpenAsync(Store))!;
        await _database.ExecuteAsync("""
            CREATE TABLE told (setting text);
            CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.told VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
            CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON deployment.records DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell();
            """);

        await AppendAsync(session);

        Assert.Equal("on", await _database.ScalarAsync("SELECT setting FROM told"));
        Assert.Equal("off", await ScalarAsync(_bouncer.ConnectionString, "SHOW synchronous_commit"));
    }

    [Fact]
    public async Task A_pool_that_is_started_anew_costs_neither_the_lease_nor_a_record()
    {
        await using var session = (await OpenAsync(Store))!;
        await AppendAsync(session);
        await _bouncer.RestartAsync();
        await AppendAsync(session);
        await _bouncer.RestartAsync();

        await session.EnsureHeldAsync(Token);

        Assert.Equal(3, (await JournalReader.ReadAsync(Store, Token)).EnsureIntact().Records.Count);
    }

    [Fact]
    public async Task A_journal_from_before_there_were_leases_gets_them()
    {
        await using (var session = await OpenAsync(StoreOf(_database.ConnectionString))) await AppendAsync(session!);
        Assert.Equal("0", await _database.ScalarAsync("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'deployment' AND column_name = 'lease_ends'"));

        await using (var session = await OpenAsync(Store)) await AppendAsync(session!);
        await using (var session = await OpenAsync(StoreOf(_database.ConnectionString))) await AppendAsync(session!);

        Assert.Equal(6, (await JournalReader.ReadAsync(Store, Token)).EnsureIntact().Records.Count);
    }

    [Fact]
    public async Task Of_many_that_begin_at_once_each_gets_its_turn()
    {
        var fences = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            var store = StoreOf(i % 3 == 0 ? _database.ConnectionString : _bouncer.ConnectionString);
            while (true)
            {
                if (await OpenAsync(store) is not { } session) continue;
                await using (session)
                {
                    await AppendAsync(session);
                    return session.Fence;
                }
            }
        }));

        Assert.Equal(Enumerable.Range(1, 8).Select(static fence => (long)fence), fences.Order());
        Assert.Equal(16, (await JournalReader.ReadAsync(Store, Token)).EnsureIntact().Records.Count);
    }

    private Task EndLeaseAsync() => _database.ExecuteAsync("UPDATE deployment.journals SET lease_ends = clock_timestamp() - interval '1 s'");

    private JournalInDatabase StoreOf(string connection) => StoreOf(new PostgreSqlJournal(() => new NpgsqlConnection(connection), "deployment"));

    private JournalInDatabase StoreOf(PostgreSqlJournal journals) => new(journals, "Production", new JournalPaths(_folder, "Production"));

    private static async Task<string?> ScalarAsync(string settings, string sql)
    {
        await using var connection = new NpgsqlConnection(settings);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(Token), CultureInfo.InvariantCulture);
    }

    private static Task AppendAsync(JournalSession session) => session.AppendAsync(null, JournalKinds.TailCut, new TailCut(1), JournalJson.Default.TailCut);

    private static Task<JournalSession?> OpenAsync(JournalStore store) =>
        JournalSession.TryOpenAsync(store, "up", new JournalHolder("a", "b", 1, DateTimeOffset.UnixEpoch), JournalKey.Throwaway, TimeProvider.System, Token);
}
