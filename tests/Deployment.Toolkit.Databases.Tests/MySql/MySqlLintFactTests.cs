using Deployment.Toolkit.Databases.MySql;
using Deployment.Toolkit.Databases.Testing;
using Deployment.Toolkit.Lint;
using MySqlConnector;

namespace Deployment.Toolkit.Databases.Tests.MySql;

/// <summary>What lint says of MySQL's statements, asked a server: it refuses with LOCK=NONE what keeps others from writing.</summary>
public sealed class MySqlLintFactTests(MySqlServer server)
{
    private static readonly string[] s_schema =
    [
        "CREATE TABLE p (id bigint PRIMARY KEY)",
        "INSERT INTO p VALUES (1)",
        "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(40), age int NOT NULL DEFAULT 0, mail text, spot point NOT NULL DEFAULT (POINT(1, 1)), pid bigint, KEY named (name), KEY pids (pid))",
        "INSERT INTO users (id, name, pid) VALUES (1, 'x', 1)",
    ];

    private static readonly LintRule[] s_writers = [LintRules.Rewrite, LintRules.ComputedDefault, LintRules.IndexBlocks, LintRules.ConstraintScans, LintRules.ForeignKeyScans];

    [Theory]
    [InlineData("ADD COLUMN c int")]
    [InlineData("ADD COLUMN c int NOT NULL DEFAULT 3")]
    [InlineData("ADD COLUMN c datetime NOT NULL DEFAULT CURRENT_TIMESTAMP")]
    [InlineData("ADD COLUMN c datetime DEFAULT NOW()")]
    [InlineData("ADD COLUMN c int AS (age * 2) STORED")]
    [InlineData("ADD COLUMN c int AS (age * 2) VIRTUAL")]
    [InlineData("ADD COLUMN c uuid DEFAULT UUID()")]
    [InlineData("ADD COLUMN c int FIRST")]
    [InlineData("ADD COLUMN c bigint NOT NULL AUTO_INCREMENT, ADD UNIQUE KEY (c)")]
    [InlineData("ADD INDEX aged (age)")]
    [InlineData("ADD UNIQUE INDEX aged (age)")]
    [InlineData("ADD FULLTEXT INDEX words (mail)")]
    [InlineData("ADD SPATIAL INDEX spots (spot)")]
    [InlineData("DROP INDEX named")]
    [InlineData("MODIFY age bigint NOT NULL DEFAULT 0")]
    [InlineData("MODIFY name varchar(30)")]
    [InlineData("MODIFY name text")]
    [InlineData("ALTER COLUMN age SET DEFAULT 5")]
    [InlineData("ADD CONSTRAINT young CHECK (age < 100)")]
    [InlineData("ADD CHECK (age < 100)")]
    [InlineData("ADD FOREIGN KEY (pid) REFERENCES p (id)")]
    [InlineData("ADD CONSTRAINT of_p FOREIGN KEY (pid) REFERENCES p (id)")]
    [InlineData("DROP PRIMARY KEY")]
    [InlineData("DROP PRIMARY KEY, ADD PRIMARY KEY (id, age)")]
    [InlineData("CONVERT TO CHARACTER SET latin1")]
    [InlineData("DEFAULT CHARACTER SET latin1")]
    [InlineData("ENGINE=InnoDB")]
    [InlineData("COMMENT='x'")]
    [InlineData("AUTO_INCREMENT=100")]
    [InlineData("RENAME INDEX named TO name_index")]
    public async Task What_keeps_others_from_writing_is_said_and_nothing_else(string change)
    {
        await using var database = await server.CreateDatabaseAsync();
        foreach (var statement in s_schema)
            await database.ExecuteAsync(statement);
        var isRefused = false;
        try
        {
            await database.ExecuteAsync($"ALTER TABLE users ALGORITHM=INPLACE, LOCK=NONE, {change}");
        }
        catch (MySqlException e) when (e.Number is 1845 or 1846)
        {
            isRefused = true;
        }

        Assert.Equal(isRefused, Judge($"ALTER TABLE users {change}").Any(finding => s_writers.Contains(finding.Rule)));
        // So the server is asked itself.
        Assert.DoesNotContain(Judge($"ALTER TABLE users {change}, ALGORITHM=INPLACE, LOCK=NONE"), finding => s_writers.Contains(finding.Rule));
        // Nobody waits for a table that the script makes.
        Assert.Empty(Judge($"CREATE TABLE users (id int); ALTER TABLE users {change};"));
    }

    [Theory]
    [InlineData("ALTER TABLE users MODIFY name varchar(50)")]
    [InlineData("ALTER TABLE users CHANGE name name varchar(60)")]
    public async Task What_is_to_be_written_instead_runs_where_nobody_has_to_wait(string statement)
    {
        await using var database = await server.CreateDatabaseAsync();
        foreach (var each in s_schema)
            await database.ExecuteAsync(each);
        var instead = Assert.Single(Judge(statement).Select(static finding => finding.Instead).OfType<string>());
        Assert.DoesNotContain(Judge(instead), finding => s_writers.Contains(finding.Rule));
        await database.ExecuteAsync(instead);
    }

    [Theory]
    [InlineData("DROP TABLE users", "dropTable")]
    [InlineData("ALTER TABLE `users` DROP COLUMN `name`", "dropColumn")]
    [InlineData("RENAME TABLE users TO people", "renameTable")]
    [InlineData("ALTER TABLE users CHANGE COLUMN name title varchar(40)", "renameColumn")]
    [InlineData("TRUNCATE TABLE users", "emptyTable")]
    [InlineData("DELETE FROM users", "emptyTable")]
    [InlineData("ALTER TABLE users ADD COLUMN c int NOT NULL", "requiredColumn")]
    [InlineData("DELIMITER //\nCREATE TRIGGER t AFTER INSERT ON p FOR EACH ROW BEGIN DELETE FROM users; END//\nDELIMITER ;\nDROP TABLE users;", "dropTable")]
    public void What_loses_rows_or_breaks_the_release_that_runs_is_said(string script, string rule) =>
        Assert.Equal([rule], Judge(script).Where(static finding => finding.Rule != LintRules.Rewrite).Select(static finding => finding.Rule.Name));

    private static IReadOnlyList<LintFinding> Judge(string script) =>
        ScriptLint.Judge(MySqlLint.Instance, script, new LintRun(), MySqlLint.Instance.RunsOutside(script));
}
