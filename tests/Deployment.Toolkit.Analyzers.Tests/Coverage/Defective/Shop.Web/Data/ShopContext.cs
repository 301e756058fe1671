using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Shop.Web;

public sealed class ShopContext : DbContext;

public static class Connections
{
    public const string Reports = {|DTK3003:"Server=reports.example.com;Database=shop;User Id=reader;Password=Winter2031x"|};

    public const string Archive = {|DTK4006:"Server=archive.example.com;Database=shop;Integrated Security=true;TrustServerCertificate=True"|};

    // One text, two defects.
    public const string Ledger = {|DTK3003:{|DTK4006:"Host=ledger.example.com;Username=shop;Password=Autumn2031x;SSL Mode=Disable"|}|};

    public static string Broker(string host) => {|DTK3003:$"amqp://shop:Spring2031x@{host}/orders"|};

    public static string Warehouse(string server) => {|DTK3003:"Server=" + server + ";User Id=stock;Password=Summer2031x"|};

    public static NpgsqlConnectionStringBuilder Analytics(string host) => new()
    {
        Host = host,
        {|DTK4006:SslMode = SslMode.Prefer|},
    };
}
