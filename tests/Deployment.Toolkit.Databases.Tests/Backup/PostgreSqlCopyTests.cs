using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Testing;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Backup;

/// <summary>Copies beside the app's database, and what hangs on it on the server.</summary>
public sealed class PostgreSqlCopyTests(PostgreSqlServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copies_are_closed_to_other_roles_and_what_comes_back_is_as_open_as_the_database_was()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        var (cluster, name) = (new PostgreSqlCluster(() => new NpgsqlConnection(database.ConnectionString)), database.Database.Name);
        await using var own = await PostgreSqlOwnDatabase.ReserveAsync(cluster, "test", Token);
        foreach (var (how, isOpen) in ((string, string)[])[("copied", "false"), ("made", "false"), ("takes place", "true")])
        {
            await database.Database.ExecuteAsync($"DROP DATABASE IF EXISTS \"{own.Name}\"");
            NpgsqlConnection.ClearAllPools();
            // The server learns a moment later that a session has ended.
            while (Equals(await Sql.ScalarAsync(own.Maintenance, null, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = @name)", Token, ("@name", name)), true))
                Token.ThrowIfCancellationRequested();
            if (how == "copied")
                Assert.True(await PostgreSqlTemplate.TryCopyAsync(own.Maintenance, name, own.Name, Token));
            else
                await PostgreSqlTemplate.MakeEmptyAsync(own.Maintenance, name, own.Name, takesPlace: how == "takes place", Token);
            Assert.Equal((how, isOpen), (how, (await database.ScalarAsync($"SELECT has_database_privilege('pg_read_all_stats', '{own.Name}', 'CONNECT')::text"))));
        }
    }

    [Fact]
    public async Task What_an_administrator_has_set_stops_no_backup_and_is_told_before_a_restore_begins()
    {
        // A pool would keep sessions of a role that the deploying one may not end.
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync(), isPooled: false);
        var role = "plain_" + Guid.NewGuid().ToString("N")[..8];
        await database.Database.ExecuteAsync($"CREATE ROLE {role} LOGIN CREATEDB PASSWORD 'secret'; ALTER DATABASE \"{database.Database.Name}\" OWNER TO {role}; ALTER SCHEMA public OWNER TO {role}; ALTER DATABASE \"{database.Database.Name}\" SET log_statement = 'ddl'");
        using var app = new DeployedApp(database)
        {
            TakesBackups = true,
            Settings = { ["ConnectionStrings:App"] = database.Database.ConnectionStringWith(settings => (settings.Username, settings.Password) = (role, "secret")) },
        };
        app.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
        await app.UpOkAsync();
        var backup = await app.AskAsync(static database => database.CreateBackupAsync(Token));
        await database.Database.ExecuteAsync($"INSERT INTO items VALUES (1); ALTER ROLE postgres IN DATABASE \"{database.Database.Name}\" SET work_mem = '7MB'");

        foreach (var (setting, mend) in ((string, string)[])[("log_statement", "ALTER DATABASE \"{0}\" RESET log_statement"), ("work_mem", "ALTER ROLE postgres IN DATABASE \"{0}\" RESET work_mem")])
        {
            var refused = await RestoreAsync(app, backup);
            Assert.Equal((DeploymentOutcome.Refused, "DTK7405"), (refused.Outcome, refused.Messages[0].Code));
            Assert.Contains($"SET {setting} …'. Let an administrator", refused.Messages[0].Text, StringComparison.Ordinal);
            await database.Database.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, mend, database.Database.Name));
        }

        var restored = await RestoreAsync(app, backup);
        Assert.True(restored.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(restored));
        Assert.Equal("0", await database.ScalarAsync("SELECT count(*) FROM items"));
    }

    [Fact]
    public async Task A_left_over_that_cannot_be_dropped_stops_no_later_one()
    {
        await using var database = await server.CreateDatabaseAsync();
        var cluster = new PostgreSqlCluster(() => new NpgsqlConnection(database.ConnectionString));
        string left;
        await using (var killed = await PostgreSqlOwnDatabase.ReserveAsync(cluster, "test", Token))
            left = killed.Name;
        // A template is dropped by nobody.
        await database.ExecuteAsync($"CREATE DATABASE \"{left}\" IS_TEMPLATE true");
        await using (var next = await PostgreSqlOwnDatabase.ReserveAsync(cluster, "test", Token))
            Assert.NotEqual(left, next.Name);
        await database.ExecuteAsync($"ALTER DATABASE \"{left}\" IS_TEMPLATE false");
        await database.ExecuteAsync($"DROP DATABASE \"{left}\"");
    }

    [Fact]
    public async Task A_subscription_is_in_no_copy()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        await database.Database.ExecuteAsync("CREATE SUBSCRIPTION far CONNECTION 'host=nowhere dbname=x' PUBLICATION p WITH (connect = false)");
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_items", "CREATE TABLE items (id int);", "DROP TABLE items;");
        var up = await app.UpAsync();
        await database.Database.ExecuteAsync("ALTER SUBSCRIPTION far DISABLE; ALTER SUBSCRIPTION far SET (slot_name = NONE); DROP SUBSCRIPTION far");
        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(up));
        Assert.Equal("0", await PostgreSqlBackupTests.LeftAsync(database));
    }

    [Fact]
    public async Task A_table_that_somebody_made_under_the_guard_is_seen()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE items (id int); CREATE TABLE days (day date) PARTITION BY RANGE (day); CREATE TABLE day PARTITION OF days DEFAULT");
        var target = (Databases.PostgreSql.PostgreSqlDatabase)new PostgreSqlDialect().Open(() => new NpgsqlConnection(database.ConnectionString), "/");
        await using var guard = await target.GuardAsync("test", TimeSpan.FromSeconds(30), Token);
        await guard.EnsureNothingNewAsync(Token);
        await database.ExecuteAsync("CREATE TABLE late AS SELECT 1 AS id");

        var seen = await Assert.ThrowsAsync<InvalidOperationException>(() => guard.EnsureNothingNewAsync(Token));
        Assert.Contains("somebody made public.late", seen.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_by_hand_that_fails_names_its_own_command()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_items", "CREATE TABLE items (id int);");
        await app.UpOkAsync();
        // No file can be written where a file is.
        var folder = Path.Combine(app.Folder, ".deployment", "development", "backups");
        Directory.Delete(folder, recursive: true);
        await File.WriteAllTextAsync(folder, "", Token);

        var failed = await Assert.ThrowsAsync<DeploymentException>(() => app.AskAsync(static database => database.CreateBackupAsync(Token)));
        Assert.Contains("Nothing was changed. ", failed.Messages[0].Text, StringComparison.Ordinal);
        Assert.EndsWith("run 'deploy backup create' again.", failed.Messages[0].Text, StringComparison.Ordinal);
    }

    private static Task<DeploymentResult> RestoreAsync(DeployedApp app, BackupInfo backup) =>
        app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup.Name, request, token), acceptDataLoss: true);
}
