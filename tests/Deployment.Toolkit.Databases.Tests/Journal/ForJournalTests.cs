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
