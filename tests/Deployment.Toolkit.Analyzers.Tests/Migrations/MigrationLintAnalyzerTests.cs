using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class MigrationLintAnalyzerTests
{
    private const string Postgres = "public static class Startup { static void AddMigrations() { } static void UsePostgreSql() { } static void Run() { UsePostgreSql(); AddMigrations(); } }";
    private const string Sqlite = "public static class Startup { static void AddMigrations() { } static void UseSqlite() { } static void Run() { UseSqlite(); AddMigrations(); } }";

    [Fact]
    public Task What_a_statement_does_is_reported_on_it() => Scripts(Postgres,
        ("Migrations/0001_users.sql", "CREATE TABLE users (id bigint);\r\nCREATE INDEX users_id ON users (id);\r\nSET LOCAL lock_timeout = '5s';\r\n{|DTK5004:CREATE INDEX orders_day ON orders (day)|};\r\nALTER TABLE orders {|DTK5003:DROP COLUMN day|};"),
        ("Migrations/0002_types.sql", "CREATE TABLE rooms (id bigint, {|DTK5007:at timestamp|});"));

    [Fact]
    public Task What_it_means_depends_on_the_database_that_the_code_names() => Scripts(Sqlite,
        ("Migrations/0001_users.sql", "CREATE INDEX users_id ON users (id);\nCREATE TABLE rooms (at timestamp, {|DTK5007:id INT PRIMARY KEY|});\n{|DTK5003:DROP TABLE users|};"));

    [Fact]
    public Task A_folder_that_is_named_like_a_kind_is_for_that_kind() => Scripts(Sqlite,
        ("Migrations/0001_users.sql", "CREATE INDEX users_id ON users (id);"),
        ("Migrations/postgresql/0001_users.sql", "{|DTK5004:CREATE INDEX users_id ON users (id)|};"),
        ("Migrations/mysql/0001_users.sql", "DROP TABLE users;"));

    [Theory]
    [InlineData("public static class Startup { static void AddMigrations() { } static void Run() => AddMigrations(); }")]
    [InlineData("public static class Startup { static void AddMigrations() { } static void UseMySql() { } static void Run() { UseMySql(); AddMigrations(); } }")]
    [InlineData("public static class Startup { static void AddMigrations() { } static void UseSqlite() { } static void UsePostgreSql() { } static void Run() { UseSqlite(); UsePostgreSql(); AddMigrations(); } }")]
    public Task Without_one_database_nothing_is_said(string code) => Scripts(code, ("Migrations/0001_users.sql", "DROP TABLE users;"));

    [Fact]
    public Task Ways_back_and_scripts_without_a_version_are_silent() => Scripts(Postgres,
        ("Migrations/0001_users.sql", "CREATE TABLE users (id bigint);"), ("Migrations/0001_users.down.sql", "DROP TABLE users;"), ("Migrations/clean.sql", "DROP TABLE users;"));

    [Fact]
    public Task A_comment_with_a_reason_allows_and_one_without_is_reported() => Scripts(Postgres,
        ("Migrations/0001_users.sql", "-- dtk-allow DTK5003: unused since 1.4\nDROP TABLE users;\n{|DTK5003:DROP TABLE orders|};"),
        ("Migrations/0002_rooms.sql", "{|DTK5008:-- dtk-allow DTK5003|}\n{|DTK5003:DROP TABLE rooms|};"),
        ("Migrations/0003_seats.sql", "-- dtk-disable DTK5003: a test's\nDROP TABLE seats;\nDROP TABLE halls;"),
        ("Migrations/0004_aisles.sql", "-- dtk-disable-next-line DTK5003: a test's\nDROP TABLE aisles;\n{|DTK5003:DROP TABLE halls|};"));

    [Fact]
    public Task What_cannot_run_where_it_stands_is_an_error() => Scripts(Postgres,
        ("Migrations/0001_users.sql", "CREATE TABLE users (id bigint);\r\n  {|DTK5005:VACUUM|};"),
        ("Migrations/0002_users.sql", "VACUUM users;"),
        ("Migrations/0003_users.sql", "-- transaction: none\n{|DTK5005:CREATE|} TABLE rooms (id bigint);"));

    [Fact]
    public Task Options_name_the_database_the_first_version_and_the_severity()
    {
        var test = Test("public static class Startup { static void AddMigrations() { } static void Run() => AddMigrations(); }",
            ("Migrations/0041_users.sql", "DROP TABLE users;"),
            ("Migrations/00042_users.sql", "{|#0:DROP TABLE rooms|};\nCREATE TABLE seats (at timestamp);"));
        test.TestState.AnalyzerConfigFiles.Add(("/0/.editorconfig", "root = true\n[Migrations/*.sql]\ndeployment_toolkit.migrations.dialect = PostgreSQL\ndeployment_toolkit.migrations.judged_from = 0042\ndeployment_toolkit.DTK5003.severity = error\ndeployment_toolkit.DTK5007.severity = none\n"));
        test.ExpectedDiagnostics.Add(new DiagnosticResult("DTK5003", Microsoft.CodeAnalysis.DiagnosticSeverity.Error).WithLocation(0));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public Task A_message_holds_what_to_write_instead()
    {
        var test = Test(Postgres, ("Migrations/0001_users.sql", "SET LOCAL lock_timeout = '5s';\nALTER TABLE users {|#0:ALTER name SET NOT NULL|};"));
        test.ExpectedDiagnostics.Add(new DiagnosticResult("DTK5004", Microsoft.CodeAnalysis.DiagnosticSeverity.Warning).WithLocation(0).WithMessage(
            "SET NOT NULL keeps everybody from 'users' until every row is checked. Let a constraint check them first, which keeps nobody waiting: PostgreSQL 12 and later then look at no row. "
            + "Instead: ALTER TABLE users ADD CONSTRAINT users_name_not_null CHECK (name IS NOT NULL) NOT VALID; And then, in a migration after it: ALTER TABLE users VALIDATE CONSTRAINT users_name_not_null; "
            + "ALTER TABLE users ALTER COLUMN name SET NOT NULL; ALTER TABLE users DROP CONSTRAINT users_name_not_null;"));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    private static Task Scripts(string code, params (string Path, string Text)[] files) => Test(code, files).RunAsync(TestContext.Current.CancellationToken);

    private static CSharpAnalyzerTest<MigrationLintAnalyzer> Test(string code, params (string Path, string Text)[] files)
    {
        var test = new CSharpAnalyzerTest<MigrationLintAnalyzer> { TestCode = code };
        Array.ForEach(files, file => test.TestState.AdditionalFiles.Add(("/0/" + file.Path, file.Text)));
        return test;
    }
}
