using System.Text.RegularExpressions;
using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.MySql;

/// <summary>What a run says whose script stopped behind a change of rows, which no statement takes back.</summary>
public sealed class HalfAppliedRunTests(MySqlServer server)
{
    private const string Broken = "ALTER TABLE items ADD COLUMN c4 int NULL;\nUPDATE items SET amount = amount + 1000 WHERE id < 5;\nALTER TABLE itemz ADD COLUMN c5 int NULL;";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_cause_is_kept_and_the_one_way_on_works(bool aborts)
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database);
        app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY, amount int NOT NULL);");
        await app.UpOkAsync();
        await database.Database.ExecuteAsync("INSERT INTO items VALUES (1, 1), (9, 9)");
        app.Migration("0002_more", Broken, "DO 1;");
        var stopped = await app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        foreach (var messages in (IReadOnlyList<DeploymentMessage>[])[stopped.Messages, (await RunAsync(app)).Messages])
        {
            Assert.Equal(["DTK7303", "DTK7316", "DTK7205"], messages.Select(static message => message.Code));
            Assert.Contains("itemz", messages[0].Text, StringComparison.Ordinal);
            Assert.Equal(3, messages[0].Line);
            Assert.Contains("the next 'deploy up --environment Development", messages[0].Text, StringComparison.Ordinal);
            Assert.Contains("runs it once this run is taken back", messages[0].Text, StringComparison.Ordinal);
            Assert.Equal(["'deploy abort --environment Development'"], Regex.Matches(messages[1].Text + messages[2].Text, "'deploy [^']+'", RegexOptions.None, TimeSpan.FromSeconds(5)).Select(static match => match.Value));
            Assert.Contains("a script that is corrected now runs with the next", messages[1].Text, StringComparison.Ordinal);
        }

        var step = (await RunAsync(app)).Steps.Single(static step => step.Error is not null);
        Assert.Contains("itemz", step.Error, StringComparison.Ordinal);
        Assert.Contains("a script that is corrected now runs with the next", step.WayBackError, StringComparison.Ordinal);

        await database.Database.ExecuteAsync("ALTER TABLE items DROP COLUMN c4; UPDATE items SET amount = amount - 1000 WHERE id < 5");
        await database.Database.ExecuteAsync(Regex.Match(stopped.Messages[1].Text, "\"(?<sql>DELETE [^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(5)).Groups["sql"].Value);
        var back = await app.RunAsync((deployer, request, token) => aborts ? deployer.AbortAsync(request, token) : deployer.ResumeAsync(request, token), "2.0.0");
        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(back));
        Assert.Equal(["DTK7303", "DTK7019"], back.Messages.Select(static message => message.Code));

        app.Migration("0002_more", Broken.Replace("itemz", "items", StringComparison.Ordinal), "DO 1;");
        await app.UpOkAsync("2.0.1");
        Assert.Equal("1010", await database.ScalarAsync("SELECT SUM(amount) FROM items"));
    }

    [Theory]
    [InlineData("DO 1;")]
    [InlineData(null)]
    public async Task The_backup_of_the_run_is_named_and_the_command_that_puts_it_back_does(string? down)
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY, amount int NOT NULL);");
        await app.UpOkAsync();
        await database.Database.ExecuteAsync("INSERT INTO items VALUES (1, 1), (9, 9)");
        app.Migration("0002_more", Broken, down);
        var stopped = await app.UpAsync("2.0.0");

        Assert.Equal(DeploymentOutcome.NeedsAttention, stopped.Outcome);
        var half = Assert.Single(stopped.Messages, static message => message.Code == "DTK7316");
        Assert.Contains($"backup {stopped.Run!.Id}", half.Text, StringComparison.Ordinal);
        Assert.Contains("'deploy abort --environment Development --accept-data-loss'", half.Text, StringComparison.Ordinal);
        Assert.Equal(2, half.Line);

        await database.Database.ExecuteAsync("INSERT INTO items VALUES (10, 10, NULL)");
        var again = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token), "2.0.0");
        Assert.Equal(DeploymentOutcome.NeedsAttention, again.Outcome);
        Assert.Equal("1020", await database.ScalarAsync("SELECT SUM(amount) FROM items"));

        var back = await app.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token), "2.0.0", acceptDataLoss: true);
        Assert.True(back.Outcome == DeploymentOutcome.RolledBack, DeployedApp.TextOf(back));
        Assert.Equal("10", await database.ScalarAsync("SELECT SUM(amount) FROM items"));
        Assert.Contains(app.Said, line => line.Contains($"kept the database as it was as backup {stopped.Run.Id}-before, which alone has", StringComparison.Ordinal));

        app.Migration("0002_more", Broken.Replace("itemz", "items", StringComparison.Ordinal), "DO 1;");
        await app.UpOkAsync("2.0.1");
        Assert.Equal("1010", await database.ScalarAsync("SELECT SUM(amount) FROM items"));
    }

    private static async Task<DeploymentRun> RunAsync(DeployedApp app)
    {
        using var host = app.Build();
        var history = (DeploymentHistory)host.Services.GetService(typeof(DeploymentHistory))!;
        await foreach (var run in history.GetRunsAsync(cancellationToken: Token))
        {
            if (run.Messages.Count > 0)
                return run;
        }

        throw new InvalidOperationException("no run says anything");
    }
}
