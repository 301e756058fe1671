using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.PostgreSql;

/// <summary>Rules pass a statement on to tables that nobody spoke of, as triggers do.</summary>
public sealed class RuleTests(PostgreSqlServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("CREATE RULE passes AS ON DELETE TO items DO ALSO DELETE FROM notes WHERE item = OLD.id", "DELETE FROM items WHERE id = 1;")]
    [InlineData("CREATE RULE passes AS ON UPDATE TO items DO INSTEAD DELETE FROM notes WHERE item = OLD.id", "UPDATE items SET id = 7 WHERE id = 1;")]
    [InlineData("CREATE RULE passes AS ON INSERT TO items DO ALSO DELETE FROM notes WHERE item < NEW.id", "INSERT INTO items VALUES (2);")]
    [InlineData("CREATE VIEW seen AS SELECT id FROM items; CREATE RULE passes AS ON DELETE TO seen DO INSTEAD DELETE FROM notes WHERE item = OLD.id", "DELETE FROM seen WHERE id = 1;")]
    public async Task What_a_rule_removes_behind_a_migration_is_seen(string rule, string script)
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync($"CREATE TABLE items (id int); CREATE TABLE notes (item int); INSERT INTO items VALUES (1), (3); INSERT INTO notes VALUES (1), (3); {rule}");
        using var trial = new ScriptTrial(database);

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => trial.ApplyAsync(script, Token));

        Assert.Equal("DTK7311", refused.Messages[0].Code);
        Assert.Contains("notes (2 before, 1 after)", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal("2", await database.ScalarAsync("SELECT count(*) FROM notes"));
        await trial.ApplyAsync($"-- changes-rows: notes\n{script}", Token);
        Assert.Equal("1", await database.ScalarAsync("SELECT count(*) FROM notes"));
    }

    [Fact]
    public async Task A_rule_that_touches_nothing_else_is_in_nobodys_way()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE items (id int); INSERT INTO items VALUES (1); CREATE RULE stays AS ON DELETE TO items WHERE OLD.id = 1 DO INSTEAD NOTHING");
        using var trial = new ScriptTrial(database);

        await trial.ApplyAsync("DELETE FROM items;", Token);

        Assert.Equal("1", await database.ScalarAsync("SELECT count(*) FROM items"));
    }
}
