namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class MigrationOperationAnalyzerTests
{
    [Theory]
    [InlineData("b.{|DTK5006:DropTable|}(\"Users\");")]
    [InlineData("b.{|DTK5006:DropColumn|}(name: \"Name\", table: \"Users\");")]
    [InlineData("b.{|DTK5006:RenameTable|}(name: \"Users\", newName: \"People\");")]
    [InlineData("b.{|DTK5006:RenameColumn|}(name: \"Name\", table: \"Users\", newName: \"FullName\");")]
    [InlineData("b.{|DTK5006:AlterColumn<long>|}(name: \"Age\", table: \"Users\", type: \"bigint\", oldType: \"integer\");")]
    [InlineData("b.{|DTK5006:AlterColumn<string>|}(name: \"Name\", table: \"Users\", type: \"text\", nullable: false, oldType: \"text\", oldNullable: true);")]
    [InlineData("b.{|DTK5006:AddColumn<string>|}(name: \"Name\", table: \"Users\", type: \"text\", nullable: false);")]
    [InlineData("b.{|DTK5006:CreateIndex|}(name: \"IX\", table: \"Users\", column: \"Name\");")]
    [InlineData("b.{|DTK5006:Sql|}(\"DELETE FROM users\");")]
    [InlineData("const string table = \"Users\"; b.{|DTK5006:DropTable|}(table);")]
    public Task What_a_call_does_to_a_table_in_use_is_said(string statements) => RuleTest.Reports<MigrationOperationAnalyzer>(Migration(statements));

    [Theory]
    [InlineData("b.CreateTable(\"Users\"); b.DropTable(\"Users\"); b.CreateIndex(\"IX\", \"Users\", \"Name\"); b.DropColumn(\"Name\", \"Users\");")]
    [InlineData("b.AlterColumn<string>(name: \"Name\", table: \"Users\", type: \"text\", nullable: true, oldType: \"text\", oldNullable: false);")]
    [InlineData("b.AddColumn<string>(name: \"Name\", table: \"Users\", type: \"text\", nullable: false, defaultValue: \"\");")]
    [InlineData("b.AddColumn<string>(name: \"Name\", table: \"Users\", type: \"text\", nullable: true);")]
    [InlineData("b.CreateIndex(name: \"IX\", table: \"Users\", column: \"Name\").Annotation(\"Npgsql:CreatedConcurrently\", true);")]
    [InlineData("b.Sql(\"UPDATE users SET name = '' WHERE name IS NULL\");")]
    [InlineData("b.Sql(\"-- dtk-allow DTK5003: derived\\nDELETE FROM users\");")]
    [InlineData("b.CreateTable(\"Users\"); b.Sql(\"DELETE FROM \\\"Users\\\"; CREATE INDEX users_name ON public.\\\"Users\\\" (name);\");")]
    [InlineData("b.DropTable(System.Environment.MachineName);")]
    public Task What_is_harmless_is_silent(string statements) => RuleTest.Reports<MigrationOperationAnalyzer>(Migration(statements));

    [Fact]
    public Task Down_and_other_classes_are_silent() => RuleTest.Reports<MigrationOperationAnalyzer>(
        "using E = Microsoft.EntityFrameworkCore.Migrations; public class M : E.Migration { protected override void Up(E.MigrationBuilder b) { } protected override void Down(E.MigrationBuilder b) => b.DropTable(\"Users\"); } public class Other { public void Up(E.MigrationBuilder b) => b.DropTable(\"Users\"); }");

    [Fact]
    public Task A_migration_of_thousands_of_calls_takes_no_longer_than_it_is_long() => RuleTest.Reports<MigrationOperationAnalyzer>(
        Migration(string.Concat(Enumerable.Range(0, 2_000).Select(static n => $"b.CreateTable(\"T{n}\"); b.CreateIndex(\"IX\", \"T{n}\", \"Name\");\n"))));

    private static string Migration(string statements) =>
        $"using E = Microsoft.EntityFrameworkCore.Migrations; public class M : E.Migration {{ protected override void Up(E.MigrationBuilder b) {{ {statements} }} }} static class S {{ static void UsePostgreSql() {{ }} static void Run() => UsePostgreSql(); }}";
}
