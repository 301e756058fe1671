using Microsoft.EntityFrameworkCore.Migrations;

namespace Shop.Web.Data.Migrations;

[Migration("20310101000000_CreateOrders")]
public sealed class CreateOrders : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable("orders");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("orders");
}

[Migration("20310102000000_CreateInvoices")]
public sealed class CreateInvoices : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable("invoices");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("invoices");
}

[Migration("20310103000000_CreateParcels")]
public sealed class CreateParcels : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable("parcels");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("parcels");
}

[Migration("20310104000000_DropRefunds")]
public sealed class DropRefunds : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable("refunds");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable("refunds");
}
