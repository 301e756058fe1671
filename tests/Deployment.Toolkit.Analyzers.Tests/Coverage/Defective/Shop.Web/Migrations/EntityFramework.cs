using Microsoft.EntityFrameworkCore.Migrations;

namespace Shop.Web.Data.Migrations;

[Migration("20310101000000_CreateOrders")]
public sealed class CreateOrders : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable("orders");

    protected override void {|DTK5001:Down|}(MigrationBuilder migrationBuilder)
    {
    }
}

[Migration("20310102000000_CreateInvoices")]
public sealed class {|DTK5001:CreateInvoices|} : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable("invoices");
}

[Migration({|DTK5002:"20310102000000_CreateInvoices"|})]
public sealed class CreateParcels : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable("parcels");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("parcels");
}

[Migration("20310104000000_DropRefunds")]
public sealed class DropRefunds : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.{|DTK5006:DropTable|}("refunds");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable("refunds");
}
