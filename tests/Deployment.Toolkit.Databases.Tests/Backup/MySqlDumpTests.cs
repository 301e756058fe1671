using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.Backup;

/// <summary>What a dump that is restored has to bring along for a backup to verify.</summary>
public sealed class MySqlDumpTests(MySqlServer server)
{
    [Fact]
    public async Task Comments_inside_bodies_are_restored()
    {
        await using var database = new MySqlUnderTest(await server.CreateDatabaseAsync());
        using var app = new DeployedApp(database) { TakesBackups = true };
        app.Migration("0001_items", """
            CREATE TABLE items (id int PRIMARY KEY, n int /* in pieces */ NOT NULL DEFAULT 0);
            DELIMITER //
            CREATE PROCEDURE nine() BEGIN
            -- answers one
            SELECT 1; # and no more
            /* nothing */ /*!50003 SELECT 2; */
            END//
            CREATE FUNCTION two() RETURNS int DETERMINISTIC BEGIN /* a -- b */ RETURN 2; END//
            CREATE TRIGGER counts BEFORE INSERT ON items FOR EACH ROW BEGIN
            -- one more, they say: "it's; all"
            SET NEW.n = NEW.n + 1 /* more */;
            END//
            CREATE TRIGGER last BEFORE DELETE ON items FOR EACH ROW SET @last = OLD.id -- at its end
            //
            CREATE PROCEDURE ends() SELECT 1 -- at its end
            //
            CREATE PROCEDURE ends_too() SELECT 1 # at its end
            //
            CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO BEGIN
            -- of the past
            DELETE FROM items WHERE n > 9;
            END//
            DELIMITER ;
            CREATE VIEW names AS SELECT id /* the key */ FROM items;
            """);
        await app.UpOkAsync();
        app.Migration("0002_more", "CREATE TABLE more (id int);");
        await app.UpOkAsync("2.0.0");
        await database.Database.ExecuteAsync("DROP PROCEDURE nine; DROP TRIGGER counts");
        var backup = (await app.AskAsync(static database => Task.FromResult(database.GetBackups())))[0];
        var result = await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup.Name, request, token), acceptDataLoss: true);
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, DeployedApp.TextOf(result));
        foreach (var body in (string[])["SELECT routine_definition FROM information_schema.routines WHERE routine_name = 'nine' AND routine_schema = DATABASE()", "SELECT action_statement FROM information_schema.triggers WHERE trigger_schema = DATABASE()"])
            Assert.Contains("\n-- ", await database.ScalarAsync(body), StringComparison.Ordinal);
    }
}
