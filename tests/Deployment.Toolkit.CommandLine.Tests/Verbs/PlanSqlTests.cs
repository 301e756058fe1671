using System.Text.Json;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary><c>deploy plan --sql</c>: what the pending migrations run.</summary>
public sealed class PlanSqlTests : IDisposable
{
    private const string Hostile = "CREATE TABLE T (Id INTEGER); -- \e]52;c;QUJD\a\u202e\r\nSELECT 1;\n";

    private static readonly string[] Plan = ["plan", "--environment", "Development", "--release", "1.0.0"];

    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Migration("0009", "fill_quality")]
    internal sealed class FillQuality : Migration
    {
        public override Task UpAsync(MigrationContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Fact]
    public async Task Each_pending_migration_is_told_as_it_will_run_and_a_class_by_its_name()
    {
        Assert.Equal(0, (await _app.RunAsync("up", "--environment", "Development", "--release", "0.9.0")).ExitCode);
        _app.WithMigration("0002_vacuum", "-- transaction: none\nVACUUM;\n");
        _app.Configure = static deployment => deployment.AddMigrations(static m => m.Add<FillQuality>());

        var json = (await _app.RunAsync([.. Plan, "--sql", "--output", "json"])).Json;

        var scripts = json.GetProperty("scripts").EnumerateArray().ToList();
        Assert.Equal(["0002", "0009"], scripts.Select(static script => script.GetProperty("version").GetString()));
        Assert.Equal("-- transaction: none\nVACUUM;\n", scripts[0].GetProperty("sql").GetString());
        Assert.EndsWith("0002_vacuum.sql", scripts[0].GetProperty("file").GetString(), StringComparison.Ordinal);
        Assert.True(scripts[0].GetProperty("isOutsideTransaction").GetBoolean());
        Assert.False(scripts[1].TryGetProperty("sql", out _));
        Assert.EndsWith(nameof(FillQuality), scripts[1].GetProperty("className").GetString(), StringComparison.Ordinal);
        Assert.Equal(json.GetProperty("plan").GetProperty("migrations").GetArrayLength(), scripts.Count);
    }

    [Fact]
    public async Task With_nothing_pending_there_is_none_and_without_the_wish_nothing_is_said()
    {
        await _app.RunAsync("up", "--environment", "Development", "--release", "1.0.0");

        Assert.Equal(0, (await _app.RunAsync([.. Plan, "--sql", "--output", "json"])).Json.GetProperty("scripts").GetArrayLength());
        Assert.False((await _app.RunAsync([.. Plan, "--output", "json"])).Json.TryGetProperty("scripts", out JsonElement _));
    }

    [Fact]
    public async Task A_script_is_cleaned_for_the_terminal()
    {
        _app.WithMigration("0002_t", Hostile, "DROP TABLE T;\n");

        var text = (await _app.RunAsync([.. Plan, "--sql"])).Out;

        Assert.Contains(@"  | CREATE TABLE T (Id INTEGER); -- \u001b]52;c;QUJD\u0007\u202e", text, StringComparison.Ordinal);
        Assert.Contains("  | SELECT 1;", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', text);
    }
}
