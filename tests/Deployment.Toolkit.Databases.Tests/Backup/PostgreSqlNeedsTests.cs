using Deployment.Toolkit.Databases.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Backup;

/// <summary>What a role lacks for a deployment that is to be refused before it begins.</summary>
public sealed class PostgreSqlNeedsTests(PostgreSqlServer server) : IAsyncLifetime
{
    private const string Password = "secret";

    private readonly string _role = "needy_" + Guid.NewGuid().ToString("N")[..8];
    private PostgreSqlUnderTest? _database;
    private DeployedApp? _app;

    private DeployedApp App => _app!;

    private string Name => _database!.Database.Name;

    public async ValueTask InitializeAsync()
    {
        // A pool would keep sessions of a role that the deploying one may not end.
        _database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync(), isPooled: false);
        await ExecuteAsync($"CREATE ROLE {_role} LOGIN CREATEDB PASSWORD '{Password}'; GRANT ALL ON DATABASE \"{Name}\" TO {_role}; GRANT ALL ON SCHEMA public TO {_role}");
        _app = new DeployedApp(_database)
        {
            TakesBackups = true,
            Settings = { ["ConnectionStrings:App"] = _database.Database.ConnectionStringWith(settings => (settings.Username, settings.Password, settings.Pooling) = (_role, Password, false)) },
        };
    }

    public async ValueTask DisposeAsync()
    {
        _app?.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("owner")]
    [InlineData("setting")]
    public async Task A_way_back_by_a_backup_that_could_not_be_put_back_is_refused_before_anything_is_begun(string what)
    {
        if (what == "setting")
            await ExecuteAsync($"ALTER DATABASE \"{Name}\" OWNER TO {_role}; ALTER ROLE postgres IN DATABASE \"{Name}\" SET work_mem = '7MB'");
        App.Migration("0001_items", "CREATE TABLE items (id int);");
        await RefusedAsync(
            "DTK7405",
            "migration 0001_items has no way back of its own",
            what == "owner" ? $"'ALTER DATABASE \"{Name}\" OWNER TO {_role}'" : "SET work_mem …'. Let an administrator",
            "0001_items.down.sql",
            "-- irreversible: why"
        );

        // Where none has to be put back nothing speaks against it.
        App.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
        App.Health = HealthCheckResult.Unhealthy("no");
        var back = await App.UpAsync();
        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(back));
        App.Health = HealthCheckResult.Healthy();
        await App.UpOkAsync("1.0.1");
        App.Migration("0002_more", "-- irreversible: nobody needs it back\nCREATE TABLE more (id int);");
        await App.UpOkAsync("2.0.0");

        // What is said to do does it.
        App.Migration("0003_most", "CREATE TABLE most (id int);");
        await ExecuteAsync(what == "owner" ? $"ALTER DATABASE \"{Name}\" OWNER TO {_role}" : $"ALTER ROLE postgres IN DATABASE \"{Name}\" RESET work_mem");
        App.Health = HealthCheckResult.Unhealthy("no");
        back = await App.UpAsync("3.0.0");
        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(back));
    }

    [Fact]
    public async Task A_tenants_database_that_could_not_be_put_back_is_refused_too()
    {
        await using var tenant = new PostgreSqlUnderTest(await server.CreateDatabaseAsync(), isPooled: false);
        await tenant.Database.ExecuteAsync($"GRANT ALL ON SCHEMA public TO {_role}");
        var connection = tenant.Database.ConnectionStringWith(settings => (settings.Username, settings.Password, settings.Pooling) = (_role, Password, false));
        App.Configure = deployment => deployment
            .AddTenants("Tenants", tenants => tenants.UsePostgreSql(NpgsqlFactory.Instance, (_, _) => Task.FromResult<IReadOnlyList<Tenant>>([new Tenant("t0", connection)])))
            .AddMigrations("Tenants", static m => m.FromDirectory("tenants"));
        var folder = Directory.CreateDirectory(Path.Combine(App.Folder, "tenants")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "0001_notes.sql"), "CREATE TABLE notes (id int);", TestContext.Current.CancellationToken);
        await RefusedAsync("DTK7405", "'t0'", $"OWNER TO {_role}'", "NAME.down.sql");
    }

    [Fact]
    public async Task A_role_that_may_make_no_tables_in_a_tenants_database_is_told_so_before_any_is_migrated()
    {
        await using var first = new PostgreSqlUnderTest(await server.CreateDatabaseAsync(), isPooled: false);
        await using var second = new PostgreSqlUnderTest(await server.CreateDatabaseAsync(), isPooled: false);
        await first.Database.ExecuteAsync($"GRANT CREATE ON SCHEMA public TO {_role}");
        string Of(PostgreSqlUnderTest tenant) => tenant.Database.ConnectionStringWith(settings => (settings.Username, settings.Password, settings.Pooling) = (_role, Password, false));
        App.Configure = deployment => deployment
            .AddTenants("Tenants", tenants => tenants.UsePostgreSql(NpgsqlFactory.Instance, (_, _) => Task.FromResult<IReadOnlyList<Tenant>>([new Tenant("may", Of(first)), new Tenant("maynot", Of(second))])))
            .AddMigrations("Tenants", static m => m.FromDirectory("tenants"));
        var folder = Directory.CreateDirectory(Path.Combine(App.Folder, "tenants")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "0001_notes.sql"), "CREATE TABLE notes (id int);", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "0001_notes.down.sql"), "DROP TABLE notes;", TestContext.Current.CancellationToken);

        await RefusedAsync("DTK7401", "Tenant 'maynot' of 'Tenants'", "may not create tables in schema public", $"'GRANT CREATE ON SCHEMA \"public\" TO \"{_role}\"'");
        Assert.Equal("0", await first.ScalarAsync("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));

        await second.Database.ExecuteAsync($"GRANT CREATE ON SCHEMA public TO {_role}");
        await App.UpOkAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_role_that_may_make_no_tables_is_told_so(bool takesBackups)
    {
        await ExecuteAsync($"REVOKE ALL ON SCHEMA public FROM {_role}");
        if (!takesBackups)
            App.Configure = static deployment => deployment.WithoutBackup("the test needs none");
        App.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
        await RefusedAsync("DTK7401", "may not create tables in schema public", $"'GRANT CREATE ON SCHEMA \"public\" TO \"{_role}\"'");
        await ExecuteAsync($"GRANT CREATE ON SCHEMA public TO {_role}");
        await App.UpOkAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_way_on_which_each_command_has_another_session_is_refused_before_anything_is_begun(bool takesBackups)
    {
        App.Settings["ConnectionStrings:App"] = _database!.Database.ConnectionStringWith(static settings => (settings.Pooling, settings.Multiplexing) = (true, true));
        if (!takesBackups)
            App.Configure = static deployment => deployment.WithoutBackup("the test needs none");
        App.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
        await RefusedAsync("DTK7401", "(Multiplexing=true). Nothing was changed in it. Name a connection string without it.");
    }

    [Theory]
    [InlineData("CREATE EXTENSION pg_stat_statements", "extension pg_stat_statements", "'DROP EXTENSION \"pg_stat_statements\"'")]
    [InlineData("CREATE TABLE audit (id int)", "table public.audit belongs to role postgres", "'ALTER TABLE public.audit OWNER TO {0}'")]
    [InlineData("CREATE TABLE audit (id int); GRANT ALL ON audit TO {0}", "table public.audit belongs to role postgres", "'ALTER TABLE public.audit OWNER TO {0}'")]
    [InlineData("CREATE TABLE \"Audit Log\" (id int); CREATE VIEW v AS SELECT 1 AS one", "and 1 more", "'ALTER TABLE public.\"Audit Log\" OWNER TO {0}'")]
    [InlineData("CREATE ROLE {0}_team; GRANT {0}_team TO {0}; CREATE TABLE shared (id int); ALTER TABLE shared OWNER TO {0}_team", "table public.shared belongs to role {0}_team", "'ALTER TABLE public.shared OWNER TO {0}'")]
    [InlineData("CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'", "function public.f(integer) belongs to", "'ALTER FUNCTION public.f(integer) OWNER TO {0}'")]
    [InlineData("CREATE TYPE mood AS ENUM ('good')", "type public.mood belongs to", "'ALTER TYPE public.mood OWNER TO {0}'")]
    [InlineData("CREATE SCHEMA other", "schema other belongs to", "'ALTER SCHEMA other OWNER TO {0}'")]
    [InlineData("ALTER SCHEMA public OWNER TO postgres; GRANT ALL ON SCHEMA public TO {0}", "schema public belongs to", "'ALTER SCHEMA public OWNER TO {0}'")]
    public async Task What_a_backup_of_the_role_cannot_bring_back_is_told_before_one_is_taken(string made, string told, string mend)
    {
        string With(string text) => text.Replace("{0}", _role, StringComparison.Ordinal);
        await ExecuteAsync(With(made));
        App.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
        await RefusedAsync("DTK7402", With(told), With(mend), ".WithoutBackup(\"why\")");

        // That is so: an administrator's backup is another matter.
        Assert.Contains("a backup", (await Assert.ThrowsAsync<DeploymentException>(() => App.AskAsync(static database => database.CreateBackupAsync(TestContext.Current.CancellationToken)))).Message, StringComparison.Ordinal);
        foreach (var statement in With(mend).Trim('\'').Split('|'))
            await ExecuteAsync(statement);
        if (told == "and 1 more")
            await ExecuteAsync(With("ALTER VIEW v OWNER TO {0}"));
        await App.UpOkAsync();
    }

    // Where an attempt to make it says that it is there, nothing is known of what the role may do.
    [Fact]
    public async Task An_extension_that_is_installed_in_the_maintenance_database_too_is_told_before_a_backup_is_taken()
    {
        await using var maintenance = new NpgsqlConnection(_database!.Database.ConnectionStringWith(static settings => (settings.Database, settings.Pooling) = ("postgres", false)));
        await maintenance.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = maintenance.CreateCommand();
        command.CommandText = "CREATE EXTENSION IF NOT EXISTS pg_buffercache";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        try
        {
            await ExecuteAsync("CREATE EXTENSION pg_buffercache");
            App.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
            await RefusedAsync("DTK7402", "extension pg_buffercache", "'DROP EXTENSION \"pg_buffercache\"'");
            Assert.Equal("0", await _database.ScalarAsync($"SELECT count(*) FROM pg_database AS d JOIN pg_roles AS r ON r.oid = d.datdba WHERE r.rolname = '{_role}'"));
        }
        finally
        {
            command.CommandText = "DROP EXTENSION pg_buffercache";
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task What_the_role_can_bring_back_stands_in_no_ones_way()
    {
        await ExecuteAsync($"CREATE EXTENSION pgcrypto; CREATE ROLE {_role}_team; GRANT {_role}_team TO {_role}; CREATE SCHEMA shared AUTHORIZATION {_role}_team; CREATE TABLE shared.things (id serial); ALTER TABLE shared.things OWNER TO {_role}_team");
        App.Migration("0001_items", "CREATE TABLE items (id int GENERATED ALWAYS AS IDENTITY);", "DROP TABLE items;");
        await App.UpOkAsync();
    }

    // check, plan and up with one voice.
    private async Task RefusedAsync(string code, params string[] parts)
    {
        foreach (var refused in (DeploymentResult[])[
            await App.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token)),
            await App.PlanAsync(),
            await App.UpAsync(),
        ])
        {
            Assert.True(refused.Outcome == DeploymentOutcome.Refused, DeployedApp.TextOf(refused));
            Assert.Equal(code, refused.Messages[0].Code);
            foreach (var part in parts)
                Assert.Contains(part, refused.Messages[0].Text, StringComparison.Ordinal);
        }
    }

    private Task ExecuteAsync(string sql) => _database!.Database.ExecuteAsync(sql);
}
