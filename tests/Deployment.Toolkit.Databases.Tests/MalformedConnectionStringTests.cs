using System.Data.Common;
using MySqlConnector;
using Npgsql;

namespace Deployment.Toolkit.Databases.Tests;

public sealed class MalformedConnectionStringTests
{
    [Theory]
    [InlineData("Host=h;Port=5432;Database=d;Username=u;Password=hunter2;Bogus=1", "setting 6")]
    [InlineData("Bogus=1;Host=h;Port=5432;Password=hunter2", "setting 1")]
    [InlineData("Password=hunter2;Port=many;Host=h", "setting 2")]
    [InlineData("Host=h;Port=5432;Password=hunter2;Pooling=maybe;Bogus=1", "setting 4")]
    [InlineData("Port=5432;Password=hunter2", "together")]
    public void On_PostgreSQL_the_setting_is_counted_that_the_driver_does_not_take(string text, string told) => Tells(NpgsqlFactory.Instance, text, told);

    [Theory]
    [InlineData("Server=h;Port=3306;Database=d;Uid=u;Pwd=hunter2;Bogus=1", "setting 6")]
    [InlineData("Server=h;Port=many;Pwd=hunter2", "setting 2")]
    public void On_MySQL_the_setting_is_counted_that_the_driver_does_not_take(string text, string told) => Tells(MySqlConnectorFactory.Instance, text, told);

    // A driver whose factory makes no builders: what it takes without a setting, it doesn't take for that one.
    [Theory]
    [InlineData("Host=h;Port=5432;Password=hunter2;Bogus=1", "setting 4")]
    [InlineData("Bogus=1;Password=hunter2;More=1;Host=h", "together")]
    public void Where_there_is_no_builder_it_is_found_by_leaving_it_out(string text, string told) => Tells(new Plain(), text, told);

    private static void Tells(DbProviderFactory factory, string text, string told)
    {
        var refused = Assert.Throws<DeploymentException>(() => ConnectionStringReader.Connect(factory, text));
        Assert.Equal("DTK7026", refused.Messages[0].Code);
        Assert.Contains(told, refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.Messages[0].Text, StringComparison.Ordinal);
    }

    private sealed class Plain : DbProviderFactory
    {
        public override DbConnection CreateConnection() => NpgsqlFactory.Instance.CreateConnection();
    }
}
