using Deployment.Toolkit.Analyzers.Testing;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class NoWayBackAnalyzerTests
{
    [Fact]
    public Task A_script_without_a_way_back_is_reported_inside_the_script() => Scripts(
        ("Migrations/0001_users.sql", "CREATE TABLE users (id int);"),
        ("Migrations/0001_users.down.sql", "DROP TABLE users;"),
        ("Migrations/0002_names.sql", "-- Names.\n\n{|DTK5001:ALTER TABLE users ADD COLUMN name text;|}\nSELECT 1;"));

    [Fact]
    public Task A_way_back_without_a_statement_is_reported() => Scripts(
        ("Migrations/0001_users.sql", "CREATE TABLE users (id int);"),
        ("Migrations/0001_users.down.sql", "{|DTK5001:|}-- nothing yet\n"));

    [Fact]
    public Task What_has_a_way_back_or_says_that_it_has_none_is_silent() => Scripts(
        ("Migrations/0001_users.sql", "CREATE TABLE users (id int);"),
        ("Migrations/1_users.down.sql", "DROP TABLE users;"),
        ("Migrations/0002_purge.sql", "-- irreversible: the rows are gone\nDELETE FROM users;"),
        ("Migrations/0003_empty.sql", "-- Only a marker.\n"),
        ("Migrations/readme.md", "0004"));

    [Fact]
    public Task A_comment_with_a_reason_switches_the_rule_off_for_a_script() => Scripts(
        ("Migrations/0001_users.sql", "-- dtk-disable DTK5001: seeded again by every start\nCREATE TABLE users (id int);"),
        ("Migrations/0002_names.sql", "-- Names.\n-- dtk-disable-next-line DTK5001: nobody reads them yet\nALTER TABLE users ADD COLUMN name text;"),
        ("Migrations/0003_roles.sql", "-- dtk-disable DTK5001:\n{|DTK5001:CREATE TABLE roles (id int);|}"),
        ("Migrations/0004_rights.sql", "-- dtk-disable DTK5002: another rule\n{|DTK5001:CREATE TABLE rights (id int);|}"),
        ("Migrations/0005_last.sql", "SELECT 1;"),
        ("Migrations/0005_last.down.sql", "SELECT 1;"));

    [Fact]
    public Task The_options_of_a_folder_switch_the_rule_off_for_its_scripts()
    {
        var test = new CSharpAnalyzerTest<NoWayBackAnalyzer> { TestCode = "" };
        test.TestState.AdditionalFiles.Add(("/0/Migrations/0001_users.sql", "CREATE TABLE users (id int);"));
        test.TestState.AdditionalFiles.Add(("/0/Migrations/0002_last.sql", "SELECT 1;"));
        test.TestState.AdditionalFiles.Add(("/0/Migrations/0002_last.down.sql", "SELECT 1;"));
        test.TestState.AnalyzerConfigFiles.Add(("/0/.editorconfig", "root = true\n[Migrations/*.sql]\ndeployment_toolkit.DTK5001.severity = none\n"));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public Task Scripts_of_tools_that_go_forward_only_are_silent() => Scripts(
        ("Database/0001_users.sql", "CREATE TABLE users (id int);"), ("Database/0002_names.sql", "ALTER TABLE users ADD COLUMN name text;"));

    [Fact]
    public Task A_folder_without_any_way_back_is_looked_at_where_the_app_adds_migrations() => Scripts(
        "public static class Startup { static void AddMigrations() { } static void Run() => AddMigrations(); }",
        ("Migrations/0001_users.sql", "{|DTK5001:CREATE TABLE users (id int);|}"));

    [Theory]
    [InlineData("public class {|DTK5001:Names|} : E.Migration { protected override void Up(E.MigrationBuilder b) => b.Sql(\"x\"); }")]
    [InlineData("public class Names : E.Migration { protected override void Up(E.MigrationBuilder b) { b.Sql(\"x\"); } protected override void {|DTK5001:Down|}(E.MigrationBuilder b) { } }")]
    [InlineData("public partial class Names : E.Migration { protected override void Up(E.MigrationBuilder b) { b.Sql(\"x\"); } protected override void {|DTK5001:Down|}(E.MigrationBuilder b) => throw new NotImplementedException(); }")]
    [InlineData("public class {|DTK5001:Names|} : T.Migration { public override Task UpAsync(T.MigrationContext c, CancellationToken t) => c.ExecuteAsync(\"x\", t); }")]
    [InlineData("public class Names : T.Migration { public override Task UpAsync(T.MigrationContext c, CancellationToken t) => c.ExecuteAsync(\"x\", t); public override Task {|DTK5001:DownAsync|}(T.MigrationContext c, CancellationToken t) => Task.CompletedTask; }")]
    public Task A_class_without_a_way_back_is_reported(string code) => RuleTest.Reports<NoWayBackAnalyzer>(Usings + code);

    [Theory]
    [InlineData("public class Names : E.Migration { protected override void Up(E.MigrationBuilder b) => b.Sql(\"x\"); protected override void Down(E.MigrationBuilder b) => b.Sql(\"y\"); }")]
    [InlineData("public class Names : E.Migration { protected override void Up(E.MigrationBuilder b) { } protected override void Down(E.MigrationBuilder b) { } }")]
    [InlineData("[Deployment.Toolkit.Irreversible(\"rows are gone\")] public class Names : E.Migration { protected override void Up(E.MigrationBuilder b) => b.Sql(\"x\"); protected override void Down(E.MigrationBuilder b) { } }")]
    [InlineData("public class Names : E.Migration { protected override void Up(E.MigrationBuilder b) => b.Sql(\"x\"); protected override void Down(E.MigrationBuilder b) { /* the old code ignores the rows */ } }")]
    [InlineData("public class Names : E.Migration { protected override void Up(E.MigrationBuilder b) => b.Sql(\"x\"); protected override void Down(E.MigrationBuilder b) => throw new NotSupportedException(\"rows are gone\"); }")]
    [InlineData("public abstract class Names : E.Migration { protected override void Up(E.MigrationBuilder b) => b.Sql(\"x\"); protected override void Down(E.MigrationBuilder b) { } }")]
    [InlineData("[Deployment.Toolkit.Irreversible(\"rows are gone\")] public class Names : T.Migration { public override Task UpAsync(T.MigrationContext c, CancellationToken t) => c.ExecuteAsync(\"x\", t); }")]
    [InlineData("public class Names : T.Migration { public override Task UpAsync(T.MigrationContext c, CancellationToken t) => Task.CompletedTask; }")]
    [InlineData("public class Migration; public class Names : Migration { public void Up() => Console.WriteLine(); }")]
    public Task A_class_with_one_or_that_says_why_not_is_silent(string code) => RuleTest.Reports<NoWayBackAnalyzer>(Usings + code);

    [Fact]
    public async Task A_script_is_added_for_the_way_back_and_reported_until_it_is_written()
    {
        (string Path, string Text) users = ("/0/Migrations/0001_users.sql", "CREATE TABLE users (id int);"), usersDown = ("/0/Migrations/0001_users.down.sql", "DROP TABLE users;");
        var test = new SettingsFixTest<NoWayBackAnalyzer, DownScriptCodeFix> { TestCode = "" };
        test.TestState.AdditionalFiles.Add(users);
        test.TestState.AdditionalFiles.Add(usersDown);
        test.TestState.AdditionalFiles.Add(("/0/Migrations/0002_names.sql", "{|DTK5001:SELECT 1;|}"));
        test.FixedState.AdditionalFiles.Add(users);
        test.FixedState.AdditionalFiles.Add(usersDown);
        test.FixedState.AdditionalFiles.Add(("/0/Migrations/0002_names.sql", "SELECT 1;"));
        test.FixedState.AdditionalFiles.Add(("/0/Migrations/0002_names.down.sql", "{|DTK5001:|}-- Takes 0002_names.sql back.\n"));
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    private const string Usings = "using E = Microsoft.EntityFrameworkCore.Migrations; using T = Deployment.Toolkit.Migrations;\n";

    private static Task Scripts(params (string Path, string Text)[] files) => Scripts("", files);

    private static Task Scripts(string code, params (string Path, string Text)[] files)
    {
        var test = new CSharpAnalyzerTest<NoWayBackAnalyzer> { TestCode = code };
        Array.ForEach(files, file => test.TestState.AdditionalFiles.Add(("/0/" + file.Path, file.Text)));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
