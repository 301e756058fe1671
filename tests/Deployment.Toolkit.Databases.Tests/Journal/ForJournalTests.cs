using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests.Journal;

/// <summary>Apps whose journal lies in their PostgreSQL database.</summary>
public sealed class ForJournalTests(PostgreSqlServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_another_folder_that_shares_nothing_but_the_database_it_is_deployed_rolled_back_and_told()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using (var first = App(database))
        {
            first.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;");
            await first.UpOkAsync();
            Assert.False(File.Exists(Path.Combine(first.Folder, ".deployment", "development", "journal.jsonl")));
        }

        using (var second = App(database))
        {
            Assert.Equal("1.0.0", (await StatusAsync(second)).Release?.Version);
            second.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;");
            second.Migration("0002_notes", "CREATE TABLE notes (id int PRIMARY KEY);", "DROP TABLE notes;");
            await second.UpOkAsync("2.0.0");
        }

        using var third = App(database);
        third.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;");
        third.Migration("0002_notes", "CREATE TABLE notes (id int PRIMARY KEY);", "DROP TABLE notes;");
        var back = await third.RollbackAsync();
        Assert.True(back.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(back));
        Assert.Equal("1.0.0", (await StatusAsync(third)).Release?.Version);
        Assert.Null(await database.ScalarAsync("SELECT to_regclass('notes')::text"));
        using var host = third.Build();
        var verified = await host.Services.GetRequiredService<DeploymentHistory>().VerifyJournalAsync(null, Token);
        Assert.True(verified.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(verified));
    }

    [Fact]
    public async Task The_journals_schema_is_none_of_the_apps()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = App(database, static journal => journal.Schema = "releases");
        app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);");
        await app.UpOkAsync();
        Assert.Equal("releases.records", await database.ScalarAsync("SELECT to_regclass('releases.records')::text"));

        var dialect = new PostgreSqlDialect();
        dialect.Journals(() => new NpgsqlConnection(database.ConnectionString), "", "releases");
        await using var connection = await dialect.Open(() => new NpgsqlConnection(database.ConnectionString), "").OpenAsync(Token);
        await using var transaction = await dialect.BeginAsync(connection, Token);
        var catalogue = await dialect.ReadCatalogueAsync(connection, transaction, null, Token);
        Assert.Equal(["items"], catalogue.Tables.Select(static table => table.Name));
    }

    [Theory]
    [InlineData("public", "CREATE TABLE mine (id int)")]
    [InlineData("public", "SELECT 1")]
    [InlineData("deployment", "CREATE SCHEMA deployment; CREATE TABLE deployment.mine (id int)")]
    [InlineData("deployment", "CREATE SCHEMA deployment; CREATE FUNCTION deployment.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'")]
    public async Task A_schema_that_is_the_apps_is_refused_before_anything_is_made_in_it(string schema, string before)
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        await database.Database.ExecuteAsync(before);
        using var app = App(database, journal => journal.Schema = schema);
        app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);");
        foreach (var refused in (DeploymentResult[])[await CheckAsync(app), await app.UpAsync()])
        {
            Assert.Equal((DeploymentOutcome.Refused, "DTK7114"), (refused.Outcome, refused.Messages[0].Code));
            Assert.Contains($"share schema {schema} with what is the app's{(before == "SELECT 1" ? "." : " (mine).")}", refused.Messages[0].Text, StringComparison.Ordinal);
        }

        Assert.Null(await database.ScalarAsync($"SELECT coalesce(to_regclass('{schema}.records'), to_regclass('items'))::text"));
    }

    [Fact]
    public async Task A_table_that_came_into_the_journals_schema_later_stops_the_next_deployment_until_the_two_are_apart()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using (var first = App(database))
        {
            first.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);");
            await first.UpOkAsync();
        }

        await database.Database.ExecuteAsync("CREATE TABLE deployment.mine (id int)");
        using var app = App(database, static journal => journal.Schema = "deployment");
        app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);");
        var refused = await app.UpAsync("2.0.0");
        Assert.Equal((DeploymentOutcome.Refused, "DTK7114"), (refused.Outcome, refused.Messages[0].Code));

        await database.Database.ExecuteAsync("CREATE SCHEMA releases; ALTER TABLE deployment.records SET SCHEMA releases; ALTER TABLE deployment.journals SET SCHEMA releases; ALTER TABLE deployment.keys SET SCHEMA releases; ALTER TABLE deployment.format SET SCHEMA releases");
        app.Configure = static builder => builder.ForJournal(static journal => journal.Schema = "releases");
        await app.UpOkAsync("2.0.0");
        Assert.Equal("2.0.0", (await StatusAsync(app)).Release?.Version);
    }

    // Of a database that keeps the journals elsewhere, a schema called as theirs is the app's, and comes back of a backup.
    [Fact]
    public async Task Where_the_journals_are_elsewhere_a_schema_of_their_name_is_the_apps()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        await using var journals = await server.CreateDatabaseAsync();
        using var app = new DeployedApp(database)
        {
            TakesBackups = true,
            Configure = static builder => builder.ForJournal(static journal => journal.ConnectionString = "Journal"),
            Settings = { ["ConnectionStrings:Journal"] = journals.ConnectionString },
        };
        app.Migration("0001_items", "CREATE SCHEMA deployment; CREATE TABLE deployment.items (id int PRIMARY KEY); INSERT INTO deployment.items VALUES (1);");
        await app.UpOkAsync();
        var backup = await app.AskAsync(static database => database.CreateBackupAsync(Token));
        await database.Database.ExecuteAsync("INSERT INTO deployment.items VALUES (2)");
        var restored = await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup.Name, request, token), acceptDataLoss: true);
        Assert.True(restored.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(restored));
        Assert.Equal("1", await database.ScalarAsync("SELECT string_agg(id::text, ' ') FROM deployment.items"));
    }

    [Fact]
    public async Task A_check_says_where_the_journal_lies_on_this_machines_disk_only()
    {
        await using var database = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        using var app = App(database);
        Assert.DoesNotContain((await CheckAsync(app)).Messages, static message => message.Code == "DTK7113");

        app.Configure = static _ => { };
        var check = await CheckAsync(app);
        Assert.Equal(DeploymentOutcome.Succeeded, check.Outcome);
        Assert.Contains("lies on this machine's disk only", Assert.Single(check.Messages, static message => message.Code == "DTK7113").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_database_for_the_journals_of_all_environments_lets_a_release_be_promoted_between_databases()
    {
        await using var staging = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        await using var production = new PostgreSqlUnderTest(await server.CreateDatabaseAsync());
        await using var journals = await server.CreateDatabaseAsync();
        using var app = App(staging, static journal => journal.ConnectionString = "Journals");
        app.Settings["ConnectionStrings:Journals"] = journals.ConnectionString;
        var declare = app.Configure;
        app.Configure = deployment => declare(deployment.AddEnvironments(static e => e.Add("Staging").Add("Production", static p => p.PromotedFrom("Staging"))));
        app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);");

        app.Settings["ConnectionStrings:App"] = production.ConnectionString;
        Assert.Equal(DeploymentOutcome.Refused, (await app.UpAsync(environment: "Production")).Outcome);
        app.Settings["ConnectionStrings:App"] = staging.ConnectionString;
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync(environment: "Staging")).Outcome);
        app.Settings["ConnectionStrings:App"] = production.ConnectionString;
        var promoted = await app.UpAsync(environment: "Production");
        Assert.True(promoted.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(promoted));

        Assert.Equal("2", await journals.ScalarAsync("SELECT count(*) FROM deployment.journals"));
        Assert.Null(await production.ScalarAsync("SELECT to_regclass('deployment.records')::text"));
    }

    private static DeployedApp App(TargetUnderTest database, Action<JournalDatabaseOptions>? journal = null) => new(database) { Configure = deployment => deployment.ForJournal(journal) };

    private static Task<DeploymentResult> CheckAsync(DeployedApp app) => app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));

    private static async Task<EnvironmentStatus> StatusAsync(DeployedApp app)
    {
        using var host = app.Build();
        return Assert.Single(await host.Services.GetRequiredService<DeploymentHistory>().GetStatusAsync("Development", Token));
    }
}
