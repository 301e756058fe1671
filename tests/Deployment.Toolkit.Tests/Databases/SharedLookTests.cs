using System.Data.Common;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Journal;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Databases;

/// <summary>What a command looks at before it begins, it looks at over one connection, and takes none from whoever asks beside it.</summary>
public sealed class SharedLookTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();
    private readonly RecordingFactory _factory = new();

    public SharedLookTests() => _app.Driver = _factory;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task An_up_that_finds_nothing_to_do_opens_its_database_once_to_plan_and_once_to_check()
    {
        await _app.UpAsync();
        var before = _factory.Connections;

        var again = await _app.UpAsync();

        Assert.Equal(DeploymentOutcome.NothingToDo, again.Outcome);
        Assert.Equal(2, _factory.Connections - before);
    }

    [Fact]
    public async Task Which_tables_of_its_own_are_there_it_asks_once_to_plan_and_once_to_check()
    {
        await _app.UpAsync();
        _factory.Statements.Clear();

        await _app.UpAsync();

        Assert.Equal(2, _factory.Count("SELECT name FROM sqlite_master WHERE type = 'table'"));
    }

    [Fact]
    public async Task A_journal_in_a_database_it_reads_over_one_connection_which_it_asks_once_for_the_tables()
    {
        _app.Configure = static deployment => deployment.ForJournal();
        await _app.UpAsync();
        var before = _factory.Connections;
        _factory.Statements.Clear();

        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.UpAsync()).Outcome);

        Assert.Equal(3, _factory.Connections - before);
        Assert.Equal(3, _factory.Count("SELECT name FROM sqlite_master WHERE type = 'table'"));
    }

    [Fact]
    public async Task Reading_a_journal_in_a_database_opens_it_once()
    {
        _app.Configure = static deployment => deployment.ForJournal();
        await _app.UpAsync();
        using var host = _app.Build();
        var factory = host.Services.GetRequiredService<DeploymentPartsFactory>();
        var before = _factory.Connections;

        Assert.NotEqual(0, (await factory.ReadLedgerAsync(factory.Environment, Token)).Count);
        Assert.Equal(1, _factory.Connections - before);

        Assert.NotEmpty((await JournalReader.ReadAsync(factory.StoreOf(factory.Environment), Token)).Records);
        Assert.Equal(2, _factory.Connections - before);
    }

    [Fact]
    public async Task What_another_process_did_between_two_looks_is_seen_by_the_second()
    {
        await _app.UpAsync();
        var asked = 0;
        _factory.OnStatement = statement =>
        {
            // To plan, to check, and once more what the check found.
            if (!statement.Contains("SELECT name FROM sqlite_master", StringComparison.Ordinal)) return;
            if (++asked is 2) _app.Scalar("ALTER TABLE deployment_migrations RENAME TO away");
            if (asked is 3) _app.Scalar("ALTER TABLE away RENAME TO deployment_migrations");
        };

        using var host = _app.Build();
        var plan = await host.Services.GetRequiredService<Deployer>().PlanAsync(new PlanRequest { Release = "1.0.0" }, Token);

        Assert.Equal(3, asked);
        Assert.DoesNotContain(plan.Messages, static message => message.Code == "DTK7416");
    }

    [Fact]
    public async Task Who_asks_meanwhile_and_who_asks_afterwards_gets_a_connection_of_their_own()
    {
        await _app.UpAsync();
        var database = Open();
        var before = _factory.Connections;
        await using (database.LookTogether())
        {
            await using (var first = await database.OpenToLookAsync(Token))
            {
                Assert.NotNull(await Sql.ScalarAsync(first, null, "SELECT 1", Token));
                await using var second = await database.OpenToLookAsync(Token);
                Assert.NotNull(await Sql.ScalarAsync(second, null, "SELECT 1", Token));
                Assert.Equal(2, _factory.Connections - before);
            }

            await (await database.OpenToLookAsync(Token)).DisposeAsync();
            Assert.Equal(2, _factory.Connections - before);
            Task beside;
            using (ExecutionContext.SuppressFlow())
                beside = Task.Run(async () => await (await database.OpenToLookAsync(Token)).DisposeAsync(), Token);
            await beside;
            Assert.Equal(3, _factory.Connections - before);
        }

        await (await database.OpenToLookAsync(Token)).DisposeAsync();
        Assert.Equal(4, _factory.Connections - before);
    }

    [Fact]
    public async Task After_one_that_broke_the_next_gets_a_new_one()
    {
        await _app.UpAsync();
        var opened = new List<DbConnection>();
        var database = Open(opened.Add);
        await using var together = database.LookTogether();
        await (await database.OpenToLookAsync(Token)).DisposeAsync();
        await opened[^1].CloseAsync();

        await using var next = await database.OpenToLookAsync(Token);

        Assert.NotNull(await Sql.ScalarAsync(next, null, "SELECT 1", Token));
    }

    [Fact]
    public async Task What_comes_back_after_the_end_is_not_lent_again()
    {
        await _app.UpAsync();
        var opened = new List<DbConnection>();
        var lent = new LentConnections();
        Task<DbConnection> OpenAsync()
        {
            opened.Add(_factory.CreateConnection());
            return Task.FromResult(opened[^1]);
        }

        var late = await lent.LendAsync(OpenAsync);
        await lent.EndAsync();
        await late.DisposeAsync();

        Assert.Same(await lent.LendAsync(OpenAsync), opened[^1]);
        Assert.Equal(2, opened.Count);
    }

    private TargetDatabase Open(Action<DbConnection>? created = null) =>
        SqliteDialect.Instance.Open(
            () =>
            {
                var connection = _factory.CreateConnection();
                connection.ConnectionString = $"Data Source={_app.Database};Pooling=False";
                created?.Invoke(connection);
                return connection;
            },
            _app.Folder);
}
