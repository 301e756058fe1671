using System.Text.RegularExpressions;
using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.Backup;

/// <summary>What others are the definer of, which whoever restores a dump may not make with all rights on the database alone.</summary>
public sealed class MySqlDefinersTests(MySqlServer server)
{
    [Theory]
    [InlineData("CREATE VIEW others AS SELECT id FROM items", "view others", 1)]
    [InlineData("CREATE TRIGGER others BEFORE INSERT ON items FOR EACH ROW SET @others = 1", "trigger others", 1)]
    [InlineData("CREATE FUNCTION others() RETURNS int DETERMINISTIC RETURN 1", "function others", 2)]
    [InlineData("CREATE PROCEDURE others() SELECT 1", "procedure others", 2)]
    public async Task The_plan_names_them_and_what_an_administrator_runs_is_enough(string made, string named, int grants)
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        var user = await AccountAsync(database);
        using var app = AppOf(database, user);
        app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY); CREATE VIEW own AS SELECT id FROM items;");
        await app.UpOkAsync();
        await database.Database.ExecuteAsync(made);
        app.Migration("0002_more", "CREATE TABLE more (id int);");

        foreach (var refused in (DeploymentResult[])[await app.PlanAsync("2.0.0"), await app.UpAsync("2.0.0")])
        {
            Assert.Equal((DeploymentOutcome.Refused, "DTK7402"), (refused.Outcome, refused.Messages[0].Code));
            Assert.Contains($"others are the definer of {named} (", refused.Messages[0].Text, StringComparison.Ordinal);
        }

        Assert.Equal(grants, await GrantAsync(database, await app.PlanAsync("2.0.0")));
        await app.UpOkAsync("2.0.0");
        await DropAsync(database, user);
    }

    [Fact]
    public async Task What_another_account_deployed_before_is_named_too()
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        var (first, second) = (await AccountAsync(database), await AccountAsync(database));
        using var app = AppOf(database, first);
        app.Migration("0001_items", "CREATE FUNCTION five() RETURNS int DETERMINISTIC RETURN 5;");
        await app.UpOkAsync();
        app.Migration("0002_more", "CREATE TABLE more (id int);");
        using var later = AppOf(database, second);
        app.Settings["ConnectionStrings:App"] = later.Settings["ConnectionStrings:App"];
        var refused = await app.PlanAsync("2.0.0");
        Assert.Contains($"function five ({first}@127.0.0.1)", refused.Messages[0].Text, StringComparison.Ordinal);
        await GrantAsync(database, refused);
        await app.UpOkAsync("2.0.0");
        await DropAsync(database, first, second);
    }

    [Theory]
    [InlineData("GRANT SUPER ON *.* TO {0}@'127.0.0.1'")]
    [InlineData("CREATE ROLE role_{0}; GRANT SET USER ON *.* TO role_{0}; GRANT role_{0} TO {0}@'127.0.0.1'; SET DEFAULT ROLE role_{0} FOR {0}@'127.0.0.1'")]
    public async Task Whoever_may_make_them_is_not_refused(string granted)
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        var user = await AccountAsync(database);
        using var app = AppOf(database, user);
        app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);");
        await app.UpOkAsync();
        await database.Database.ExecuteAsync("CREATE VIEW others AS SELECT id FROM items");
        await database.Database.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, granted, user));
        app.Migration("0002_more", "CREATE TABLE more (id int);");
        await app.UpOkAsync("2.0.0");
        await DropAsync(database, user);
        await database.Database.ExecuteAsync($"DROP ROLE IF EXISTS role_{user}");
    }

    [Fact]
    public async Task A_view_whose_definer_is_gone_is_named()
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        var user = await AccountAsync(database);
        using var app = AppOf(database, user);
        app.Settings.Remove("ConnectionStrings:App");
        app.Migration("0001_items", "CREATE TABLE items (id int PRIMARY KEY);");
        await app.UpOkAsync();
        await database.Database.ExecuteAsync($"CREATE DEFINER = {user}@'127.0.0.1' VIEW names AS SELECT id FROM items");
        await DropAsync(database, user);
        app.Migration("0002_more", "CREATE TABLE more (id int);");
        var refused = await app.PlanAsync("2.0.0");
        Assert.Contains($"the definer of view names ({user}@127.0.0.1) is no account of the server any more", refused.Messages[0].Text, StringComparison.Ordinal);
        await database.Database.ExecuteAsync("CREATE OR REPLACE DEFINER = CURRENT_USER VIEW names AS SELECT id FROM items");
        await app.UpOkAsync("2.0.0");
    }

    private static DeployedApp AppOf(MySqlUnderTest database, string user) => new(database)
    {
        TakesBackups = true,
        Settings = { ["ConnectionStrings:App"] = database.Database.ConnectionStringWith(settings => (settings.UserID, settings.Password) = (user, "secret")) },
    };

    private static async Task<string> AccountAsync(MySqlUnderTest database)
    {
        var user = "plain_" + Guid.NewGuid().ToString("N")[..8];
        await database.Database.ExecuteAsync($"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'secret'; GRANT ALL ON `{database.Database.Name}`.* TO {user}@'127.0.0.1'; GRANT ALL ON `deployment\\_toolkit\\_%`.* TO {user}@'127.0.0.1'");
        return user;
    }

    // What the message names, as it is printed.
    private static async Task<int> GrantAsync(MySqlUnderTest database, DeploymentResult refused)
    {
        var grants = Regex.Matches(refused.Messages[0].Text, "'(?<sql>GRANT [^']+)'", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
        foreach (Match grant in grants)
            await database.Database.ExecuteAsync(grant.Groups["sql"].Value);
        return grants.Count;
    }

    private static async Task DropAsync(MySqlUnderTest database, params string[] users)
    {
        foreach (var user in users)
            await database.Database.ExecuteAsync($"DROP USER {user}@'127.0.0.1'");
    }
}
