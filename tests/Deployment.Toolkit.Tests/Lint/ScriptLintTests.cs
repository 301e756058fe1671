using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Databases.Sqlite;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Tests.Lint;

/// <summary>Each rule with what it is about and with the silent twin of that: the same on what the run has made, or in its safe form.</summary>
public sealed class ScriptLintTests
{
    private const string P = "postgresql";
    private const string S = "sqlite";
    private const string Both = "both";

    private const string Lock = "SET LOCAL lock_timeout = '5s';\n";

    /// <summary>Dialect, what is found (rule@line, by place), script.</summary>
    public static TheoryData<string, string, string> Scripts => new()
    {
        // Tables
        { Both, "dropTable@1", "DROP TABLE users;" },
        { Both, "dropTable@1", "DROP TABLE IF EXISTS users;" },
        { Both, "", "CREATE TABLE users (id bigint);\nDROP TABLE users;" },
        { Both, "dropTable@2", "CREATE TABLE IF NOT EXISTS \"Users\" (id bigint);\nDROP TABLE IF EXISTS \"Users\";" },
        { Both, "", "CREATE TABLE users (id bigint);\nCREATE TABLE IF NOT EXISTS users (id bigint);\nDROP TABLE users;" },
        { P, "", "CREATE TABLE IF NOT EXISTS users (name text);\nCREATE INDEX users_name ON users (name);" },
        { Both, "emptyTable@2", "CREATE TABLE IF NOT EXISTS users (id bigint);\nDELETE FROM users;" },
        { S, "", "DROP TABLE IF EXISTS users_copy;\nCREATE TABLE users_copy (id INTEGER PRIMARY KEY);\nINSERT INTO users_copy SELECT id FROM users;\nDROP TABLE users;\nALTER TABLE users_copy RENAME TO users;" },
        { S, "dropTable@1", "DROP TABLE users_copy;\nCREATE TABLE users_copy (id INTEGER PRIMARY KEY);\nDROP TABLE users;\nALTER TABLE users_copy RENAME TO users;" },
        { S, "dropTable@1", "DROP TABLE IF EXISTS users;\nCREATE TABLE users (id INTEGER PRIMARY KEY);\nALTER TABLE users RENAME TO people;" },
        { S, "", "CREATE TABLE IF NOT EXISTS users_copy (id INTEGER PRIMARY KEY);\nDROP TABLE users;\nALTER TABLE users_copy RENAME TO users;" },
        { Both, "dropTable@2", "CREATE TABLE users (id bigint);\nDROP TABLE orders;" },
        { P, "dropTable@1", "DROP TABLE users, public.orders;" },
        { P, "", "CREATE TABLE public.users (id bigint);\nDROP TABLE users;" },
        { P, "dropTable@2", "CREATE TABLE sales.users (id bigint);\nDROP TABLE users;" },
        { P, "", "SELECT id INTO TEMP TABLE gone FROM users;\nDROP TABLE gone;\nCREATE TABLE more AS SELECT 1 AS id;\nDROP TABLE more;" },
        { P, "dropTable@1 dropCascade@1", "DROP TABLE users CASCADE;" },
        { P, "", "DROP INDEX CONCURRENTLY users_name;" },
        { P, "dropCascade@1", "DROP TYPE mood CASCADE;" },
        { P, "", "DROP TYPE mood;" },
        { P, "dropSchema@1", "DROP SCHEMA sales;" },
        { P, "", "CREATE SCHEMA sales;" },
        { S, "", "CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO new_users SELECT id, name FROM users;\nDROP TABLE users;\nALTER TABLE new_users RENAME TO users;" },
        { S, "dropTable@3", "CREATE TABLE new_users (id INTEGER PRIMARY KEY);\nINSERT INTO new_users SELECT id FROM users;\nDROP TABLE users;" },
        { S, "", "ALTER TABLE users RENAME TO old_users;\nCREATE TABLE users (id INTEGER PRIMARY KEY);\nINSERT INTO users SELECT id FROM old_users;\nDROP TABLE old_users;" },
        { S, "", "CREATE TEMP TABLE seen (id INTEGER);\nDROP TABLE seen;" },
        { S, "dropTable@1", "DROP TABLE [users]" },
        { S, "dropTable@1", "DROP TABLE main.`users`" },
        { Both, "renameTable@1", "ALTER TABLE users RENAME TO people;" },
        { P, "", Lock + "ALTER TABLE users RENAME TO people;\nCREATE VIEW users AS SELECT * FROM people;" },
        { Both, "", "CREATE TABLE users (id bigint);\nALTER TABLE users RENAME TO people;\nALTER TABLE people RENAME TO persons;\nDROP TABLE persons;" },
        { S, "renameTable@1", "ALTER TABLE users RENAME TO people;\nCREATE VIEW users AS SELECT * FROM people;" },
        { S, "", "ALTER TABLE \"_users_tmp\" RENAME TO \"users\";" },
        { S, "renameTable@1", "ALTER TABLE renewed_users RENAME TO users;" },
        { P, "renameTable@2", Lock + "ALTER TABLE users SET SCHEMA sales;" },
        { P, "", "CREATE TABLE users (id bigint);\nALTER TABLE users SET SCHEMA sales;" },
        { P, "emptyTable@1", "TRUNCATE users;" },
        { P, "emptyTable@1", "TRUNCATE TABLE ONLY users, orders RESTART IDENTITY;" },
        { P, "", "CREATE UNLOGGED TABLE staging (id bigint);\nTRUNCATE staging;" },
        { Both, "emptyTable@1", "DELETE FROM users;" },
        { Both, "", "DELETE FROM users WHERE id = 2;" },
        { Both, "emptyTable@1", "WITH gone (id) AS (SELECT id FROM old WHERE id > 2), more AS (SELECT 1) DELETE FROM users;" },
        { Both, "", "WITH RECURSIVE gone AS (SELECT 1 AS id) DELETE FROM users WHERE id IN (SELECT id FROM gone);" },
        { Both, "dropTable@2", "WITH more AS (SELECT 1 AS id) INSERT INTO users SELECT id FROM more;\nDROP TABLE users;" },
        { P, "", "WITH more AS (SELECT 1 AS id) SELECT id INTO gone FROM more;\nDROP TABLE gone;" },
        { P, "dropTable@2", "DO $$ DECLARE users bigint; BEGIN SELECT count(*) INTO users FROM orders; END $$;\nDROP TABLE users;" },
        { Both, "", "CREATE TABLE users (id bigint);\nDELETE FROM users;" },
        { P, "", "DELETE FROM users USING gone WHERE gone.id = users.id;" },
        { Both, "dropView@1", "DROP VIEW active_users;" },
        { Both, "", "DROP VIEW active_users;\nCREATE VIEW active_users AS SELECT 1 AS id;" },
        { Both, "", "CREATE VIEW active_users AS SELECT 1 AS id;\nDROP VIEW active_users;" },
        // Columns
        { P, "dropColumn@2", Lock + "ALTER TABLE users DROP COLUMN name;" },
        { P, "dropColumn@2 dropColumn@2", Lock + "ALTER TABLE users DROP name, DROP COLUMN IF EXISTS born;" },
        { S, "dropColumn@1", "ALTER TABLE users DROP COLUMN name;" },
        { S, "", "CREATE TABLE users (id INTEGER, name TEXT);\nALTER TABLE users DROP COLUMN name;" },
        { S, "", "ALTER TABLE users ADD COLUMN name TEXT;\nALTER TABLE users DROP COLUMN name;" },
        { P, "dropColumn@3", Lock + "ALTER TABLE users ADD COLUMN IF NOT EXISTS name text;\nALTER TABLE users DROP COLUMN name;" },
        { P, "", Lock + "ALTER TABLE users DROP CONSTRAINT users_name_check;" },
        { P, "renameColumn@2", Lock + "ALTER TABLE users RENAME COLUMN name TO full_name;" },
        { S, "renameColumn@1", "ALTER TABLE users RENAME name TO full_name;" },
        { Both, "", "CREATE TABLE users (id bigint, name text);\nALTER TABLE users RENAME COLUMN name TO full_name;" },
        { P, "", Lock + "ALTER TABLE users RENAME CONSTRAINT a TO b;" },
        { P, "", Lock + "ALTER TABLE users ADD COLUMN name text;\nALTER TABLE users RENAME COLUMN name TO full_name;" },
        { P, "changeType@2", Lock + "ALTER TABLE users ALTER COLUMN age TYPE bigint;" },
        { P, "changeType@2", Lock + "ALTER TABLE users ALTER age SET DATA TYPE bigint USING age::bigint;" },
        { P, "", "CREATE TABLE users (age int);\nALTER TABLE users ALTER COLUMN age TYPE bigint;" },
        { P, "widenType@2", Lock + "ALTER TABLE users ALTER COLUMN name TYPE text;" },
        { P, "changeType@2", Lock + "ALTER TABLE users ALTER COLUMN name TYPE varchar(40);" },
        { P, "dropView@1", "DROP MATERIALIZED VIEW sums;" },
        { P, "", "DROP MATERIALIZED VIEW sums;\nCREATE MATERIALIZED VIEW sums AS SELECT 1 AS id;\nCREATE INDEX sums_id ON sums (id);" },
        { P, "backfillUnderLock@3", Lock + "ALTER TABLE users ADD COLUMN a int;\nUPDATE users SET a = 1;\nUPDATE users SET a = 2;\nUPDATE pg_index SET indisready = true;" },
        { P, "", Lock + "ALTER TABLE users ALTER COLUMN age SET DEFAULT 1;" },
        { P, "renameValue@1", "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';" },
        { P, "", "ALTER TYPE mood ADD VALUE 'blue';" },
        { P, "requiredColumn@2", Lock + "ALTER TABLE users ADD COLUMN name text NOT NULL;" },
        { P, "", Lock + "ALTER TABLE users ADD COLUMN name text NOT NULL DEFAULT '';" },
        { P, "", Lock + "ALTER TABLE users ADD COLUMN name text;" },
        { S, "requiredColumn@1", "ALTER TABLE users ADD COLUMN name TEXT NOT NULL;" },
        { S, "", "ALTER TABLE users ADD COLUMN name TEXT NOT NULL DEFAULT '';" },
        { S, "", "CREATE TABLE users (id INTEGER);\nALTER TABLE users ADD COLUMN name TEXT NOT NULL;" },
        { S, "computedDefault@1", "ALTER TABLE users ADD COLUMN seen TEXT DEFAULT CURRENT_TIMESTAMP;" },
        { S, "computedDefault@1", "ALTER TABLE users ADD seen TEXT NOT NULL DEFAULT (datetime('now'));" },
        { S, "", "ALTER TABLE users ADD COLUMN seen INTEGER NOT NULL DEFAULT (-1);" },
        { P, "computedDefault@2", Lock + "ALTER TABLE users ADD COLUMN key uuid NOT NULL DEFAULT gen_random_uuid();" },
        { P, "", Lock + "ALTER TABLE users ADD COLUMN seen timestamptz NOT NULL DEFAULT now();" },
        { P, "", "CREATE TABLE users (key uuid DEFAULT gen_random_uuid());" },
        { P, "serial@2 computedDefault@2", Lock + "ALTER TABLE users ADD COLUMN number bigserial;" },
        { P, "computedDefault@2", Lock + "ALTER TABLE users ADD COLUMN twice int GENERATED ALWAYS AS (age * 2) STORED;" },
        { P, "", Lock + "ALTER TABLE users ADD COLUMN twice int GENERATED ALWAYS AS (age * 2) VIRTUAL;" },
        { P, "setNotNull@2", Lock + "ALTER TABLE users ALTER COLUMN name SET NOT NULL;" },
        { P, "", Lock + "ALTER TABLE users VALIDATE CONSTRAINT users_name_not_null;\nALTER TABLE users ALTER COLUMN name SET NOT NULL;\nALTER TABLE users DROP CONSTRAINT users_name_not_null;" },
        { P, "", Lock + "ALTER TABLE users ALTER COLUMN name DROP NOT NULL;" },
        // Indexes
        { P, "indexBlocks@1", "CREATE INDEX users_name ON users (name);" },
        { P, "indexBlocks@1", "CREATE UNIQUE INDEX IF NOT EXISTS users_name ON ONLY public.users USING btree (name);" },
        { P, "", "CREATE INDEX CONCURRENTLY users_name ON users (name);" },
        { P, "", "CREATE TABLE users (name text);\nCREATE INDEX users_name ON users (name);\nDROP INDEX users_name;" },
        { P, "", "CREATE MATERIALIZED VIEW sums AS SELECT 1 AS id;\nCREATE UNIQUE INDEX sums_id ON sums (id);" },
        { S, "", "CREATE INDEX users_name ON users (name);" },
        { P, "dropIndexBlocks@1", "DROP INDEX users_name;" },
        { P, "reindexBlocks@1", "REINDEX INDEX users_name;" },
        { P, "", "REINDEX INDEX CONCURRENTLY users_name;" },
        { S, "", "REINDEX users_name;" },
        // Constraints
        { P, "constraintScans@2", Lock + "ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17);" },
        { P, "", Lock + "ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;" },
        { P, "", "CREATE TABLE users (age int);\nALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17);" },
        { P, "constraintScans@2", Lock + "ALTER TABLE rooms ADD CONSTRAINT once EXCLUDE USING gist (room WITH =, during WITH &&);" },
        { P, "foreignKeyScans@2", Lock + "ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id);" },
        { P, "foreignKeyScans@2", Lock + "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users;" },
        { P, "", Lock + "ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;" },
        { P, "", Lock + "ALTER TABLE orders ADD COLUMN user_id bigint REFERENCES users (id);" },
        { P, "foreignKeyScans@2", Lock + "ALTER TABLE orders ADD COLUMN user_id bigint DEFAULT 1 REFERENCES users (id);" },
        { P, "", "CREATE TABLE orders (user_id bigint);\nALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users;" },
        { P, "validateAtOnce@3", Lock + "ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;\nALTER TABLE users VALIDATE CONSTRAINT adult;" },
        { P, "", "ALTER TABLE users VALIDATE CONSTRAINT adult;" },
        { P, "uniqueScans@2", Lock + "ALTER TABLE users ADD CONSTRAINT users_mail UNIQUE (mail);" },
        { P, "uniqueScans@2", Lock + "ALTER TABLE users ADD PRIMARY KEY (id);" },
        { P, "uniqueScans@2", Lock + "ALTER TABLE users ADD COLUMN mail text UNIQUE;" },
        { P, "", Lock + "ALTER TABLE users ADD CONSTRAINT users_mail UNIQUE USING INDEX users_mail;" },
        { P, "", "CREATE TABLE users (mail text);\nALTER TABLE users ADD UNIQUE (mail);" },
        // Rewrites and locks
        { P, "rewrite@1", "VACUUM FULL users;" },
        { P, "rewrite@1", "VACUUM (FULL, ANALYZE) users;" },
        { P, "", "VACUUM users;" },
        { P, "rewrite@1", "CLUSTER users USING users_name;" },
        { P, "rewrite@2", Lock + "ALTER TABLE users SET UNLOGGED;" },
        { P, "", "CREATE TABLE users (id bigint);\nALTER TABLE users SET UNLOGGED;" },
        { P, "lockTable@1", "LOCK TABLE users;" },
        { P, "", "LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE;" },
        { P, "refreshBlocks@1", "REFRESH MATERIALIZED VIEW sums;" },
        { P, "", "REFRESH MATERIALIZED VIEW CONCURRENTLY sums;" },
        { P, "noLockTimeout@1", "ALTER TABLE users ADD COLUMN name text;\nALTER TABLE orders ADD COLUMN name text;" },
        { P, "", "SELECT set_config('lock_timeout', '5s', true);\nALTER TABLE users ADD COLUMN name text;" },
        { P, "", "CREATE TABLE users (id bigint);\nALTER TABLE users ADD COLUMN name text;" },
        // Rows
        { P, "backfillUnderLock@3", Lock + "ALTER TABLE users ADD COLUMN name text;\nUPDATE users SET name = 'x' WHERE name IS NULL;" },
        { P, "", Lock + "UPDATE users SET name = 'x' WHERE name IS NULL;\nALTER TABLE users ADD COLUMN born date;" },
        { Both, "updateAll@1", "UPDATE users SET name = trim(name);" },
        { Both, "", "UPDATE users SET name = trim(name) WHERE name LIKE ' %';" },
        { P, "", "UPDATE users SET name = n.name FROM names n WHERE n.id = users.id;" },
        { S, "", "CREATE TABLE users (name TEXT);\nUPDATE users SET name = 'x';" },
        // Types
        { P, "blankPadded@1", "CREATE TABLE users (code char(3));" },
        { P, "blankPadded@1", "CREATE TABLE users (code character (3));" },
        { P, "", "CREATE TABLE users (code character varying(3), name varchar, \"char\" text);" },
        { P, "noTimeZone@1", "CREATE TABLE users (seen timestamp);" },
        { P, "noTimeZone@2", Lock + "ALTER TABLE users ADD COLUMN seen timestamp(3) without time zone;" },
        { P, "", "CREATE TABLE users (seen timestamp(3) with time zone, at timestamptz);" },
        { P, "serial@1", "CREATE TABLE users (id serial PRIMARY KEY);" },
        { P, "", "CREATE TABLE users (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY);" },
        { P, "smallKey@1", "CREATE TABLE users (id integer PRIMARY KEY);" },
        { P, "", "CREATE TABLE users (id bigint PRIMARY KEY, age integer);" },
        { P, "plainJson@1 money@1", "CREATE TABLE users (extra json, pay money);" },
        { P, "", "CREATE TABLE users (extra jsonb, pay numeric(19, 4));" },
        { S, "notTheRowId@1", "CREATE TABLE users (id INT PRIMARY KEY);" },
        { S, "", "CREATE TABLE users (id INTEGER PRIMARY KEY, seen timestamp, code char(3));" },
        // Where the text is not what it seems
        { Both, "", "INSERT INTO notes VALUES ('DROP TABLE users;');\n/* DROP TABLE users; */ -- DROP TABLE users;" },
        { P, "", "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM users; END $$;" },
        { P, "emptyTable@1", "DO $$ BEGIN DELETE FROM users; END $$;" },
        { P, "dropColumn@3", Lock + "DO $do$ BEGIN IF EXISTS (SELECT 1 FROM users) THEN\nALTER TABLE users DROP COLUMN name;\nEND IF; END $do$;" },
        { S, "", "CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM log; UPDATE users SET a = 1; END;" },
        { Both, "", "" },
        { Both, "", "DROP" },
        { Both, "", "ALTER TABLE" },
        { P, "", "CREATE TABLE users (" },
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_is_judged_by_what_it_does_to_what_is_in_use(string dialect, string expected, string script)
    {
        foreach (var each in dialect == Both ? [P, S] : new[] { dialect })
        {
            // A lock that nobody limits is a finding of its own, which the other rows don't speak of.
            var found = Judge(each, script).Where(finding => expected.Contains("noLockTimeout", StringComparison.Ordinal) || finding.Rule != LintRules.NoLockTimeout || dialect != Both);
            Assert.Equal(expected, string.Join(' ', found.Select(finding => $"{finding.Rule.Name}@{script[..finding.Start].Count(static c => c == '\n') + 1}")));
        }
    }

    [Fact]
    public void Every_rule_has_a_script_that_it_finds() =>
        Assert.Empty(
            LintRules.All.Except([LintRules.Allowance, LintRules.OutsideTransaction])
                .Select(static rule => rule.Name)
                .Except(Scripts.SelectMany(static row => row.Data.Item2.Split(' ')).Select(static found => found.Split('@')[0]))
        );

    [Fact]
    public void What_an_earlier_script_of_the_run_has_made_is_not_in_use_yet()
    {
        var run = new LintRun();
        Assert.Empty(ScriptLint.Judge(PostgreSqlLint.Instance, "CREATE TABLE users (name text);", run, isOutside: false));
        Assert.Empty(ScriptLint.Judge(PostgreSqlLint.Instance, "CREATE INDEX users_name ON users (name); ALTER TABLE users DROP COLUMN name;", run, isOutside: false));
        Assert.Single(ScriptLint.Judge(PostgreSqlLint.Instance, "CREATE INDEX users_name ON users (name);", new LintRun(), isOutside: false));
    }

    [Theory]
    [InlineData(S, "DROP TABLE users;", "CREATE TABLE new_users (id INTEGER);\nINSERT INTO new_users SELECT id FROM users;\nDROP TABLE users;\nALTER TABLE new_users RENAME TO users;")]
    [InlineData(S, "DROP TABLE orders_archive;", "ALTER TABLE orders RENAME TO orders_archive;\nCREATE TABLE orders (id INTEGER);")]
    [InlineData(S, "DROP TABLE orders;", "ALTER TABLE orders RENAME TO orders_archive;\nCREATE TABLE orders (id INTEGER);")]
    [InlineData(S, "DROP TABLE orders_old;", "ALTER TABLE orders RENAME TO orders_archive;\nCREATE TABLE orders (id INTEGER);\nALTER TABLE orders_archive RENAME TO orders_old;")]
    [InlineData(S, "DROP VIEW sums;", "DROP VIEW sums;\nCREATE VIEW sums AS SELECT 2 AS id;")]
    [InlineData(P, "DROP VIEW users;", "ALTER TABLE users RENAME TO people;\nCREATE VIEW users AS SELECT * FROM people;")]
    [InlineData(P, "DROP VIEW sums;", "CREATE OR REPLACE VIEW sums AS SELECT 2 AS id;")]
    public void What_has_taken_the_place_of_something_in_use_is_in_use_for_the_scripts_behind_it(string dialect, string next, string script)
    {
        LintDialect judge = dialect == P ? PostgreSqlLint.Instance : SqliteLint.Instance;
        var run = new LintRun();
        Assert.DoesNotContain(ScriptLint.Judge(judge, script, run, isOutside: false), static finding => finding.Rule.Severity is LintSeverity.Error);
        Assert.Single(ScriptLint.Judge(judge, next, run, isOutside: false));
    }

    [Theory]
    [InlineData("-- dtk-allow DTK5003: unused since 1.4\nDROP TABLE users;")]
    [InlineData("DROP TABLE users; -- dtk-allow DTK5003: unused since 1.4")]
    [InlineData("DROP TABLE -- dtk-allow DTK5003: unused since 1.4\nusers;")]
    [InlineData("-- dtk-allow DTK5004, DTK5003: unused since 1.4\n-- and nobody misses it\n\nDROP TABLE users;")]
    [InlineData("-- DTK-Allow dtk5003: unused since 1.4\r\nDROP TABLE users;")]
    [InlineData("-- dtk-disable DTK5003: a test's database\nSELECT 1;\nDROP TABLE users;\nDROP TABLE orders;")]
    [InlineData("-- contracts-after: 1.4.0\nDROP TABLE users;\nALTER TABLE orders DROP COLUMN day;\nDROP VIEW sums;")]
    [InlineData("SELECT 1;\n-- dtk-disable-next-line DTK5003: unused since 1.4\nDROP TABLE users;")]
    public void A_comment_with_a_reason_allows(string script) => Assert.Empty(Judge(S, script));

    [Theory]
    [InlineData("-- dtk-allow DTK5003: unused since 1.4\nDROP TABLE users;\nDROP TABLE orders;", "dropTable@3")]
    [InlineData("DROP TABLE users; -- dtk-allow DTK5003: unused\nDROP TABLE orders;", "dropTable@2")]
    [InlineData("-- dtk-allow DTK5004: the table is empty\nDROP TABLE users;", "dropTable@2")]
    [InlineData("-- contracts-after:\nDROP TABLE users;", "dropTable@2")]
    [InlineData("DROP TABLE users; -- contracts-after: 1.4.0", "dropTable@1")]
    [InlineData("-- contracts-after: 1.4.0\nDELETE FROM users;\nALTER TABLE users RENAME TO people;", "emptyTable@2 renameTable@3")]
    [InlineData("-- dtk-allow DTK5003\nDROP TABLE users;", "allowance@1 dropTable@2")]
    [InlineData("-- dtk-allow DTK5003:  \nDROP TABLE users;", "allowance@1 dropTable@2")]
    [InlineData("-- dtk-allow drop: unused\nDROP TABLE users;", "allowance@1 dropTable@2")]
    [InlineData("-- dtk-disable DTK5003:\nDROP TABLE users;", "allowance@1 dropTable@2")]
    [InlineData("-- dtk-disable-next-line DTK5003: unused\n\nDROP TABLE users;", "dropTable@3")]
    [InlineData("-- dtk-disable DTK5001: seeded again\nDROP TABLE users;", "dropTable@2")]
    public void A_comment_without_a_reason_or_about_something_else_allows_nothing(string script, string expected) =>
        Assert.Equal(expected, string.Join(' ', Judge(S, script).Select(finding => $"{finding.Rule.Name}@{script[..finding.Start].Count(static c => c == '\n') + 1}")));

    [Fact]
    public void A_finding_says_what_it_is_and_what_to_do_instead()
    {
        var finding = Assert.Single(Judge(P, "CREATE UNIQUE INDEX IF NOT EXISTS users_mail ON users (lower(mail)) WHERE mail <> '';"));
        Assert.Equal("CREATE INDEX keeps everybody from writing to 'users' until every row is indexed. Build it beside the writes, in a migration of its own.", finding.Text);
        Assert.Equal("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_mail ON users (lower(mail)) WHERE mail <> '';", finding.Instead);
    }

    private static IReadOnlyList<LintFinding> Judge(string dialect, string script)
    {
        LintDialect judge = dialect == P ? PostgreSqlLint.Instance : SqliteLint.Instance;
        return ScriptLint.Judge(judge, script, new LintRun(), judge.RunsOutside(script));
    }
}
