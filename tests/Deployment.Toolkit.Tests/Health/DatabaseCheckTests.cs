using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Health;

public sealed class DatabaseCheckTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("SELECT name FROM items", DeploymentOutcome.Succeeded)]
    [InlineData("SELECT name FROM nothing", DeploymentOutcome.RolledBack)]
    public async Task Without_a_data_source_the_declared_database_is_asked(string query, DeploymentOutcome outcome)
    {
        _app.Configure = deployment => deployment.Host.Services.AddHealthChecks().AddDatabaseCheck("database", query: query, tags: ["ready"]);

        var check = await _app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));
        Assert.Empty(check.Messages.Where(static message => message.Severity != MessageSeverity.Information));
        // Nobody but the deployment makes the file.
        Assert.False(File.Exists(_app.Database));
        Assert.Equal(outcome, (await _app.UpAsync()).Outcome);
    }

    [Fact]
    public async Task Which_of_two_databases_is_asked_has_to_be_said()
    {
        _app.Settings["ConnectionStrings:Audit"] = $"Data Source={Path.Combine(_app.Folder, "audit.db")}";
        _app.Configure = deployment => deployment.UseSqlite(_app.Driver, "Audit").Host.Services.AddHealthChecks().AddDatabaseCheck("database");

        var check = await _app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));

        Assert.Contains(check.Messages, static message => message.Text.Contains("no DbDataSource is registered, and the deployment has 2 databases", StringComparison.Ordinal));
    }
}
