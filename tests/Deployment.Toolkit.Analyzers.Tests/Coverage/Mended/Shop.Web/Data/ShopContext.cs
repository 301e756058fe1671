using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Shop.Web;

public sealed class ShopContext : DbContext;

public static class Connections
{
    public const string Reports = "Server=reports.example.com;Database=shop;Integrated Security=true";

    public const string Archive = "Server=archive.example.com;Database=shop;Integrated Security=true";

    public const string Ledger = "Host=ledger.example.com;Username=shop;SSL Mode=VerifyFull";

    public static string Broker(string host, string password) => $"amqp://shop:{password}@{host}/orders";

    public static string Warehouse(string server, string password) => "Server=" + server + ";User Id=stock;Password=" + password;

    public static NpgsqlConnectionStringBuilder Analytics(string host) => new()
    {
        Host = host,
        SslMode = SslMode.VerifyFull,
    };
}
