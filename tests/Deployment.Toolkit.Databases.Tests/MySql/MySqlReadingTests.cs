using Deployment.Toolkit.Databases.MySql;
using Deployment.Toolkit.Databases.Testing;

namespace Deployment.Toolkit.Databases.Tests.MySql;

/// <summary>What is read from scripts without running them, and from the catalogue.</summary>
public sealed class MySqlReadingTests(MySqlServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("DROP TABLE a, `b c`", "a,b c")]
    [InlineData("DROP TABLE other.a", "any table")]
    [InlineData("ALTER TABLE a DROP COLUMN x, DROP INDEX y, DROP z", "a.x,a.z")]
    [InlineData("ALTER TABLE a MODIFY x int", "a")]
    [InlineData("ALTER TABLE a CHANGE COLUMN x y int", "a")]
    [InlineData("ALTER TABLE a DROP FOREIGN KEY k, DROP PRIMARY KEY, DROP CONSTRAINT c", "")]
    [InlineData("ALTER TABLE a RENAME TO b; DROP TABLE b", "a")]
    [InlineData("RENAME TABLE a TO b, c TO a; DROP TABLE a", "c")]
    [InlineData("CREATE TABLE a (id int); INSERT INTO a VALUES (1); DROP TABLE a", "")]
    [InlineData("CREATE OR REPLACE TABLE a (id int)", "a")]
    [InlineData("TRUNCATE TABLE a", "a")]
    [InlineData("DELETE FROM a WHERE id = 3", "a")]
    [InlineData("DELETE a FROM a JOIN b", "any table")]
    [InlineData("UPDATE a JOIN b SET a.x = b.x", "any table")]
    [InlineData("REPLACE INTO a VALUES (1)", "a")]
    [InlineData("ALTER TABLE a DROP PARTITION p", "a")]
    [InlineData("CALL p()", "any table")]
    [InlineData("SELECT does_it()", "any table")]
    [InlineData("SELECT COUNT(*) FROM a", "")]
    [InlineData("-- keeps-rows: it says so\nCALL p()", "")]
    [InlineData("DELIMITER //\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN DELETE FROM b; END//\nDELIMITER ;\nINSERT INTO a VALUES (1)", "any table")]
    [InlineData("DROP TRIGGER t; DROP PROCEDURE p; DROP VIEW v; DROP INDEX i ON a; DROP EVENT e", "")]
    [InlineData("SET FOREIGN_KEY_CHECKS = 0; DROP TABLE a", "a")]
    public void What_a_down_script_removes_is_read(string script, string removed) =>
        Assert.Equal(removed, string.Join(',', MySqlDestruction.Read(script)));

    [Theory]
    [InlineData("CREATE TABLE a (id int); INSERT INTO a VALUES (1); CREATE INDEX i ON a (id)", "DROP TABLE `a`")]
    [InlineData("CREATE INDEX i ON there (id); CREATE UNIQUE INDEX j USING BTREE ON there (id)", "DROP INDEX `j` ON `there`;DROP INDEX `i` ON `there`")]
    [InlineData("ALTER TABLE there ADD COLUMN a int, ADD b int, ADD INDEX i (a), ADD UNIQUE KEY u (b), ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES x (id)", "ALTER TABLE `there` DROP FOREIGN KEY `f`, DROP INDEX `u`, DROP INDEX `i`, DROP COLUMN `b`, DROP COLUMN `a`")]
    [InlineData("ALTER TABLE there ADD COLUMN a int; UPDATE there SET a = id", "ALTER TABLE `there` DROP COLUMN `a`")]
    [InlineData("RENAME TABLE there TO x", "RENAME TABLE `x` TO `there`")]
    [InlineData("CREATE TABLE a (id int); RENAME TABLE a TO b; INSERT INTO b VALUES (1); CREATE INDEX i ON b (id)", "RENAME TABLE `b` TO `a`;DROP TABLE `a`")]
    [InlineData("CREATE TABLE a (id int); RENAME TABLE a TO b; DROP TABLE b; CREATE TABLE c (id int)", "DROP TABLE `c`")]
    [InlineData("CREATE TABLE a (id int); RENAME TABLE there TO b; RENAME TABLE a TO there; UPDATE there SET id = 1", "RENAME TABLE `there` TO `a`;RENAME TABLE `b` TO `there`;DROP TABLE `a`")]
    [InlineData("CREATE VIEW v AS SELECT 1; CREATE PROCEDURE p() SELECT 1; CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1; CREATE SEQUENCE s", "DROP SEQUENCE `s`;DROP EVENT `e`;DROP PROCEDURE `p`;DROP VIEW `v`")]
    [InlineData("CREATE TABLE a (id int); DROP TABLE a; CREATE TABLE b (id int)", "DROP TABLE `b`")]
    [InlineData("SET NAMES utf8mb4; CREATE TEMPORARY TABLE t (id int); ANALYZE TABLE there", "")]
    [InlineData("ALTER TABLE there ADD COLUMN a int; RENAME TABLE there TO b; RENAME TABLE c TO there; UPDATE there SET a = 1", null)]
    [InlineData("CREATE TABLE a (id int); RENAME TABLE a TO b; INSERT INTO a VALUES (1)", null)]
    [InlineData("ALTER TABLE there DROP COLUMN a", null)]
    [InlineData("ALTER TABLE there ADD INDEX (id)", null)]
    [InlineData("UPDATE there SET id = 1", null)]
    [InlineData("INSERT INTO there VALUES (1)", null)]
    [InlineData("CREATE TABLE IF NOT EXISTS a (id int)", null)]
    [InlineData("CREATE OR REPLACE VIEW v AS SELECT 1", null)]
    [InlineData("CREATE TABLE a (id int); CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @x = 1; INSERT INTO a VALUES (1)", null)]
    [InlineData("DROP TABLE there", null)]
    [InlineData("CALL p()", null)]
    public void What_takes_the_first_statements_back_is_found(string script, string? back)
    {
        var found = MySqlWayBack.Of(MySqlLexer.Read(script).Statements);

        Assert.Equal(back is null, found.Stuck is not null);
        Assert.Equal(back ?? "", string.Join(';', found.Steps.Select(static step => step.Sql)));
    }

    [Fact]
    public async Task What_takes_statements_back_leaves_the_schema_as_it_was()
    {
        const string script = """
            ALTER TABLE there ADD COLUMN a int, ADD INDEX i (a), ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES parent (id), ADD CONSTRAINT c CHECK (a > 0), ADD CONSTRAINT u UNIQUE (a);
            CREATE TABLE made (id int); INSERT INTO made VALUES (1); CREATE INDEX j ON there (id);
            CREATE VIEW v AS SELECT * FROM made; RENAME TABLE parent TO elder; CREATE TABLE fresh (id int); RENAME TABLE fresh TO parent; INSERT INTO parent VALUES (1);
            CREATE FUNCTION f() RETURNS int RETURN 1; CREATE TRIGGER g BEFORE INSERT ON there FOR EACH ROW SET NEW.id = 1;
            """;
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE there (id int)");
        using var trial = new MySqlTrial(database);
        await using var connection = await trial.Target.OpenAsync(Token);
        var before = await ShapeAsync(trial, connection);
        var statements = MySqlLexer.Read(script).Statements;
        foreach (var statement in statements)
            await Sql.ExecuteAsync(connection, null, statement.Text, Token);
        var between = await ShapeAsync(trial, connection);

        foreach (var (_, sql) in MySqlWayBack.Of(statements).Steps)
            await Sql.ExecuteAsync(connection, null, sql, Token);

        Assert.NotEqual(before, between);
        Assert.Equal(before, await ShapeAsync(trial, connection));
    }

    [Fact]
    public async Task The_catalogue_has_what_the_app_made_and_no_counter()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE parent (id int AUTO_INCREMENT PRIMARY KEY, a varchar(5) DEFAULT 'x;y', b int DEFAULT 7, c datetime DEFAULT NOW(), d int AS (b + 1), e decimal(5,2) DEFAULT -1.5); CREATE TABLE child (parent int REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL); CREATE TRIGGER t AFTER DELETE ON parent FOR EACH ROW DELETE FROM child; CREATE TABLE deployment_migrations (id int)");
        using var trial = new MySqlTrial(database);
        await using var connection = await trial.Target.OpenAsync(Token);
        var before = await ShapeAsync(trial, connection);
        await database.ExecuteAsync("INSERT INTO parent () VALUES (), ()");
        var catalogue = await trial.Dialect.ReadCatalogueAsync(connection, null, null, Token);
        var columns = await trial.Dialect.ColumnsAsync(connection, null, "parent", Token);

        Assert.Equal(before, await ShapeAsync(trial, connection));
        Assert.Equal(["child", "parent"], catalogue.Tables.Select(static table => table.Name));
        Assert.Equal(("child", "parent", "CASCADE", "SET NULL"), catalogue.References.Keys.Select(static key => (key.Child, key.Parent, key.OnDelete, key.OnUpdate)).Single());
        Assert.True(catalogue.References.TriggersOn("parent").Single().FiresOn("DELETE"));
        Assert.False(catalogue.References.TriggersOn("parent").Single().FiresOn("INSERT"));
        Assert.Equal(["NULL", "'x;y'", "7", "NULL", "NULL", "-1.50"], columns.Select(static column => column.Literal));
        Assert.Equal("id", columns.Single(static column => column.IsKey).Name);
        Assert.Equal("d", columns.Single(static column => column.IsComputed).Name);
    }

    [Fact]
    public async Task A_digest_tells_rows_of_every_type_apart()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("SET sql_mode = ''; CREATE TABLE a (i int, t text, b blob, d decimal(20,5), f double, x bit(9), j json, dt datetime(6), z date, g geometry, e enum('one', 'two'), n int); INSERT INTO a VALUES (1, 'ä', X'00FF', 1.5, 2.5, b'1', '{}', NOW(6), '0000-00-00', POINT(1, 2), 'two', NULL), (2, '', '', 0, 0, 0, '[]', NOW(6), NULL, NULL, NULL, 1)");
        using var trial = new MySqlTrial(database);
        await using var connection = await trial.Target.OpenAsync(Token);
        var first = await DigestAsync();

        foreach (var change in (string[])["i = 3", "t = 'a'", "b = X'00FE'", "d = 1.50001", "f = 2.25", "x = b'10'", "j = '{\"a\": 1}'", "dt = dt + INTERVAL 1 MICROSECOND", "z = '2026-01-01'", "g = POINT(2, 1)", "e = 'one'", "n = 0"])
        {
            await database.ExecuteAsync($"CREATE OR REPLACE TABLE kept AS SELECT * FROM a; UPDATE a SET {change} WHERE i = 1");
            Assert.NotEqual(first, await DigestAsync());
            await database.ExecuteAsync("DELETE FROM a; INSERT INTO a SELECT * FROM kept ORDER BY i DESC");
            Assert.Equal(first, await DigestAsync());
        }

        Task<RowDigest> DigestAsync() => RowDigest.TakeAsync(trial.Dialect, connection, null, "SELECT * FROM a", Token);
    }

    [Theory]
    [InlineData("CREATE TABLE b (id int)", true)]
    [InlineData("CALL commits()", true)]
    [InlineData("INSERT INTO a VALUES (1)", false)]
    public async Task What_commits_within_a_transaction_is_found_out(string statement, bool commits)
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE a (id int); CREATE PROCEDURE commits() BEGIN COMMIT; END");
        using var trial = new MySqlTrial(database);
        await using var connection = await trial.Target.OpenAsync(Token);
        await using var transaction = await trial.Dialect.BeginAsync(connection, Token);
        await Sql.ExecuteAsync(connection, transaction, statement, Token);

        var found = await Record.ExceptionAsync(() => trial.Dialect.ResetSessionAsync(connection, transaction, Token));

        Assert.Equal(commits ? "DTK7316" : null, (found as DeploymentException)?.Messages[0].Code);
    }

    private static async Task<string> ShapeAsync(MySqlTrial trial, System.Data.Common.DbConnection connection) =>
        string.Join('\n', (await trial.Dialect.ReadCatalogueAsync(connection, null, null, Token)).Objects.Select(static found => $"{found.Key}\n{found.Sql}").Order(StringComparer.Ordinal));
}
