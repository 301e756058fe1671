using Deployment.Toolkit.Databases.Testing;
using MySqlConnector;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Tenants;

/// <summary>Databases of tenants on real servers, each under its own lock.</summary>
public sealed class TenantsTests(PostgreSqlServer postgreSql, MySqlServer mySql) : IAsyncLifetime
{
    private readonly List<TargetUnderTest> _databases = [];
    private readonly List<NpgsqlDataSource> _sources = [];
    private DeployedApp? _app;

    private DeployedApp App => _app!;

    private IEnumerable<TargetUnderTest> Tenants => _databases.Skip(1);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        foreach (var source in _sources)
            await source.DisposeAsync();
        foreach (var database in _databases)
            await database.DisposeAsync();
    }

    [Fact]
    public async Task On_PostgreSQL_they_go_forward_together_and_back_together() =>
        await ForwardAndBackAsync(
            async () => new PostgreSqlUnderTest(await postgreSql.CreateDatabaseAsync(), isPooled: null),
            (tenants, found) => tenants.UsePostgreSql(NpgsqlFactory.Instance, (_, _) => Task.FromResult(found())),
            // Each of a thousand databases that kept a connection open would keep the server from taking any other.
            async () =>
            {
                var names = string.Join(", ", Tenants.Select(static tenant => $"'{((PostgreSqlUnderTest)tenant).Database.Name}'"));
                for (var left = 100; await _databases[0].ScalarAsync($"SELECT count(*) FROM pg_stat_activity WHERE datname IN ({names})") != "0"; left--)
                {
                    Assert.True(left > 0, "Connections to databases of tenants are kept open.");
                    await Task.Delay(50, TestContext.Current.CancellationToken);
                }
            });

    [Fact]
    public async Task On_MySQL_they_go_forward_together_and_back_together() =>
        await ForwardAndBackAsync(
            async () => new MySqlUnderTest(await mySql.CreateDatabaseAsync()),
            (tenants, found) => tenants.UseMySql(MySqlConnectorFactory.Instance, (_, _) => Task.FromResult(found())),
            static () => Task.CompletedTask);

    [Fact]
    public async Task One_whose_database_is_gone_is_named_and_left_out_and_comes_by_a_data_source_as_well()
    {
        await MakeAsync(async () => new PostgreSqlUnderTest(await postgreSql.CreateDatabaseAsync()), 3);
        var missing = new NpgsqlConnectionStringBuilder(_databases[1].ConnectionString) { Database = "no such", Password = "hunter2-secret" }.ConnectionString;
        _sources.AddRange(_databases.Skip(2).Select(static database => NpgsqlDataSource.Create(database.ConnectionString)));
        App.Configure = deployment => deployment
            .AddTenants("Tenants", tenants => tenants.SkipUnreachable().UsePostgreSql(
                NpgsqlFactory.Instance,
                (_, _) => Task.FromResult<IReadOnlyList<Tenant>>([new Tenant("gone", missing), .. _sources.Select(static (source, i) => new Tenant($"t{i}", source))])))
            .AddMigrations("Tenants", static m => m.FromDirectory("tenants"));
        Migration("0001_notes", "CREATE TABLE notes (id integer PRIMARY KEY);", "DROP TABLE notes;");

        var up = await App.UpAsync();

        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(up));
        var results = StepOf(up).Tenants.ToDictionary(static result => result.Id, static result => result);
        Assert.Equal(TenantOutcome.LeftOut, results["gone"].Outcome);
        Assert.Contains("no such", results["gone"].Error, StringComparison.Ordinal);
        Assert.Equal([TenantOutcome.Migrated, TenantOutcome.Migrated], ((string[])["t0", "t1"]).Select(id => results[id].Outcome));
        Assert.DoesNotContain("hunter2", DeployedApp.TextOf(up) + string.Concat(App.Said) + JournalText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_somebody_else_migrates_is_waited_for_under_its_own_lock()
    {
        await MakeAsync(async () => new PostgreSqlUnderTest(await postgreSql.CreateDatabaseAsync()), 2);
        App.Configure = deployment => deployment
            .AddTenants("Tenants", tenants => tenants.UsePostgreSql(
                NpgsqlFactory.Instance,
                (_, _) => Task.FromResult<IReadOnlyList<Tenant>>([new Tenant("t0", _databases[1].ConnectionString), new Tenant("t1", _databases[2].ConnectionString)])))
            .AddMigrations("Tenants", static m => m.FromDirectory("tenants"));
        Migration("0001_notes", "CREATE TABLE notes (id integer PRIMARY KEY);", "DROP TABLE notes;");
        var free = new TaskCompletionSource();
        var isHeld = false;
        App.OnProgress = told =>
        {
            // Once the first waits for it, it is given back.
            if (!told.Text.StartsWith("t0: ", StringComparison.Ordinal)) return;
            isHeld |= told.Text.Contains("wait", StringComparison.OrdinalIgnoreCase);
            free.TrySetResult();
        };
        var database = new Deployment.Toolkit.Databases.PostgreSql.PostgreSqlDialect().Open(() => new NpgsqlConnection(_databases[1].ConnectionString), App.Folder);
        var held = await database.LockAsync(new SessionLockRequest("somebody else", TimeSpan.FromSeconds(5), TimeProvider.System, static _ => { }), TestContext.Current.CancellationToken);

        var running = App.UpAsync();
        await free.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await held!.DisposeAsync();
        var up = await running;

        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(up));
        Assert.True(isHeld, string.Join('\n', App.Said));
    }

    [Theory]
    [InlineData("ALTER TABLE notes ADD COLUMN word varchar(9)", true)]
    [InlineData("ALTER TABLE notes DROP COLUMN text", false)]
    public async Task On_MySQL_an_abort_takes_back_what_is_half_done_and_names_who_stays_migrated(string statement, bool hasWayBack)
    {
        await MakeAsync(async () => new MySqlUnderTest(await mySql.CreateDatabaseAsync()), 3);
        App.Configure = deployment => deployment
            .AddTenants("Tenants", tenants => tenants.Parallel(1).UseMySql(
                MySqlConnectorFactory.Instance,
                (_, _) => Task.FromResult<IReadOnlyList<Tenant>>([.. Tenants.Select(static (database, i) => new Tenant($"t{i}", database.ConnectionString))])))
            .AddMigrations("Tenants", static m => m.FromDirectory("tenants"));
        Migration("0001_notes", "CREATE TABLE notes (id integer PRIMARY KEY, text varchar(9));\nCREATE TABLE slow (id integer PRIMARY KEY);", "DROP TABLE slow;\nDROP TABLE notes;");
        var up = await App.UpAsync();
        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(up));
        await _databases[2].ScalarAsync("INSERT INTO slow VALUES (1)");
        File.WriteAllText(Path.Combine(App.Folder, "tenants", "0002_gone.sql"), $"-- irreversible: the law wants it\n{statement};\nUPDATE slow SET id = 2 + SLEEP(20);\n");
        using var cancel = new CancellationTokenSource();

        var running = App.UpAsync("2.0.0", cancellationToken: cancel.Token);
        while (!running.IsCompleted && await _databases[2].ScalarAsync("SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'UPDATE slow%'") == "0")
            await Task.Delay(50, TestContext.Current.CancellationToken);
        await cancel.CancelAsync();
        Assert.Equal(DeploymentOutcome.Cancelled, (await running).Outcome);

        var refused = await App.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request with { MarkNotDone = ["migrate:Tenants"] }, token));
        Assert.Contains("the histories of 2 tenants of 'Tenants' have migrations of this run: 't0', 't1'.", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
        var abort = await App.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));
        if (!hasWayBack)
        {
            Assert.True(abort.Outcome == DeploymentOutcome.NeedsAttention, DeployedApp.TextOf(abort));
            Assert.Contains("1 of 3 tenants of 'Tenants' could not be taken back: 't1': Migration 0002_gone is half applied", DeployedApp.TextOf(abort), StringComparison.Ordinal);
            await _databases[2].ScalarAsync("ALTER TABLE notes ADD COLUMN text varchar(9)");
            await _databases[2].ScalarAsync("DELETE FROM deployment_migration_attempts WHERE version = '0002'");
            abort = await App.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));
        }

        Assert.True(abort.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(abort));
        Assert.Contains("Not undone, because there is no way back: migrate:Tenants in 't0'.", DeployedApp.TextOf(abort), StringComparison.Ordinal);
        Assert.Equal("0002 0001 0001", string.Join(' ', await Task.WhenAll(Tenants.Select(static tenant => tenant.ScalarAsync("SELECT max(version) FROM deployment_migrations")))));
        Assert.Equal("id text", await _databases[2].ScalarAsync(
            "SELECT GROUP_CONCAT(column_name ORDER BY ordinal_position SEPARATOR ' ') FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'notes'"));
    }

    private async Task ForwardAndBackAsync(Func<Task<TargetUnderTest>> create, Func<TenantsBuilder, Func<IReadOnlyList<Tenant>>, TenantsBuilder> use, Func<Task> afterwards)
    {
        await MakeAsync(create, 5);
        App.Configure = deployment => deployment
            .AddTenants("Tenants", tenants => use(
                tenants.Parallel(2).StopAfter(2),
                () => [.. Tenants.Select(static (database, i) => new Tenant($"t{i}", database.ConnectionString))]))
            .AddMigrations("Tenants", static m => m.FromDirectory("tenants"));
        Migration("0001_notes", "CREATE TABLE notes (id integer PRIMARY KEY);\nINSERT INTO notes VALUES (1);", "DROP TABLE notes;");
        var up = await App.UpAsync();
        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(up));
        Assert.Equal(5, StepOf(up).Tenants.Count(static result => result.Outcome == TenantOutcome.Migrated));
        await afterwards();
        foreach (var tenant in Tenants)
            Assert.Equal("1", await tenant.ScalarAsync("SELECT count(*) FROM notes"));

        Migration("0002_more", "CREATE TABLE more (id integer PRIMARY KEY);\nINSERT INTO notes VALUES (2);", "DELETE FROM notes WHERE id = 2;\nDROP TABLE more;");
        await Tenants.Last().ScalarAsync("INSERT INTO notes VALUES (2)");
        var back = await App.UpAsync("2.0.0");

        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(back));
        Assert.Contains(back.Messages, static message => message.Code == "DTK7351" && message.Text.StartsWith("1 of 5 tenants of 'Tenants' failed: 't4': ", StringComparison.Ordinal));
        foreach (var tenant in Tenants)
        {
            Assert.Equal("0001", await tenant.ScalarAsync("SELECT max(version) FROM deployment_migrations"));
            Assert.DoesNotContain("more", await tenant.TablesAsync(), StringComparison.Ordinal);
            Assert.Equal(tenant == Tenants.Last() ? "2" : "1", await tenant.ScalarAsync("SELECT count(*) FROM notes"));
        }

        await Tenants.Last().ScalarAsync("DELETE FROM notes WHERE id = 2");
        var again = await App.UpAsync("2.0.0");
        Assert.True(again.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(again));
        var rollback = await App.RollbackAsync(acceptDataLoss: true);
        Assert.True(rollback.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(rollback));
        foreach (var tenant in Tenants)
            Assert.Equal("0001 1", await tenant.ScalarAsync("SELECT " + tenant.Concat("(SELECT max(version) FROM deployment_migrations)", tenant.Concat("' '", "(SELECT count(*) FROM notes)"))));
    }

    private async Task MakeAsync(Func<Task<TargetUnderTest>> create, int tenants)
    {
        for (var i = 0; i <= tenants; i++)
            _databases.Add(await create());
        _app = new DeployedApp(_databases[0]);
    }

    private void Migration(string name, string up, string down)
    {
        Directory.CreateDirectory(Path.Combine(App.Folder, "tenants"));
        File.WriteAllText(Path.Combine(App.Folder, "tenants", name + ".sql"), up);
        File.WriteAllText(Path.Combine(App.Folder, "tenants", name + ".down.sql"), down);
    }

    private string JournalText() => File.ReadAllText(Path.Combine(App.Folder, ".deployment", "development", "journal.jsonl"));

    private static RunStep StepOf(DeploymentResult result) => result.Run!.Steps.Single(static step => step.Name == "migrate:Tenants");
}
