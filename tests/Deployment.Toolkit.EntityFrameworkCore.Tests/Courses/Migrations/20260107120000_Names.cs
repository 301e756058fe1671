using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Deployment.Toolkit.EntityFrameworkCore.Tests.Courses.Migrations
{
    /// <inheritdoc />
    public partial class Names : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameColumn(
                name: "Name",
                table: "Authors",
                newName: "DisplayName");

            migrationBuilder.AlterColumn<string>(
                name: "Title",
                table: "Lessons",
                type: "TEXT",
                maxLength: 200,
                nullable: false,
                defaultValue: "",
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldNullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameColumn(
                name: "DisplayName",
                table: "Authors",
                newName: "Name");

            migrationBuilder.AlterColumn<string>(
                name: "Title",
                table: "Lessons",
                type: "TEXT",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldMaxLength: 200);
        }
    }
}
