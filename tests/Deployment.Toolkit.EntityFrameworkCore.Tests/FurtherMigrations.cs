using Microsoft.EntityFrameworkCore.Migrations;

namespace Deployment.Toolkit.EntityFrameworkCore.Tests;

internal sealed class HalfOutside : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("CREATE TABLE Half (Id INTEGER)");
        migrationBuilder.Sql("VACUUM", suppressTransaction: true);
    }
}

internal sealed class WithoutDown : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DELETE FROM Tags WHERE Id = 2");
}

internal sealed class WithDownThatThrows : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DELETE FROM Tags WHERE Id = 2");

    protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException();
}

// SQLite has no sequences, and its provider can write nothing for them.
internal sealed class WithDownForAnotherProvider : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DELETE FROM Tags WHERE Id = 2");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.RestartSequence("s");
}

internal sealed class WithUpForAnotherProvider : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.RestartSequence("s");
}

[Deployment.Toolkit.Migrations.KeepsRows("the archive holds them, too\nfor good")]
internal sealed class WithDownThatKeepsRows : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.AddColumn<int>("Rating", "Courses", "INTEGER", nullable: true);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn("Rating", "Courses");
}

internal sealed class DropsTags : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("Tags");
}

internal sealed class Broken : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("CREATE TABLE Half (Id INTEGER)");
        migrationBuilder.Sql("INSERT INTO Half VALUES (1, 2)");
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE Half");
}
