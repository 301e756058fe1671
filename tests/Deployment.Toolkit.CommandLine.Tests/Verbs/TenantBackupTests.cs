using Microsoft.Data.Sqlite;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>A backup of one tenant, by the commands that are printed.</summary>
public sealed class TenantBackupTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("acme", "acme")]
    [InlineData("o d d", "\"o d d\"")]
    public async Task The_command_that_is_printed_puts_it_back_and_says_what_it_has_put_back(string id, string argument)
    {
        Directory.CreateDirectory(Path.Combine(_app.Root, "Migrations", "Tenants"));
        _app.Write("Migrations/Tenants/0001_notes.sql", "CREATE TABLE notes (id INTEGER PRIMARY KEY);\n");
        _app.Write("Migrations/Tenants/0001_notes.down.sql", "DROP TABLE notes;\n");
        var file = Path.Combine(_app.Root, "tenant.db");
        _app.Configure = deployment => deployment
            .AddTenants("Tenants", tenants => tenants.UseSqlite(
                SqliteFactory.Instance, (_, _) => Task.FromResult<IReadOnlyList<Tenant>>([new Tenant(id, $"Data Source={file};Pooling=False")])))
            .AddMigrations("Tenants");
        Assert.Equal(0, (await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0")).ExitCode);

        var created = await _app.RunAsync("backup", "create", "--database", "Tenants", "--tenant", id, "--environment", "Development");

        Assert.Equal(0, created.ExitCode);
        var start = created.Out.IndexOf("'deploy backup restore ", StringComparison.Ordinal) + 1;
        var command = created.Out[start..created.Out.IndexOf('\'', start)];
        Assert.EndsWith($" --database Tenants --tenant {argument} --environment Development", command, StringComparison.Ordinal);
        var restored = await _app.RunAsync([.. System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(command).Skip(1), "--accept-data-loss"]);
        Assert.True(restored.ExitCode == 0, restored.Out + restored.Error);
        Assert.Contains($"Development has database 'Tenants/{id}' of backup {command.Split(' ')[3]} (run ", restored.Out, StringComparison.Ordinal);
    }
}
