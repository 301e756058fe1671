using System.Text.Json;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary><c>deploy migrations lint</c>, and what <c>check</c>, <c>plan</c> and <c>up</c> do with what it finds.</summary>
public sealed class MigrationsLintTests : IDisposable
{
    private static readonly string[] Lint = ["migrations", "lint", "--environment", "Live"];
    private static readonly string[] Release = ["--environment", "Live", "--release", "1.0.0"];

    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Migration("0009", "fill_quality")]
    internal sealed class FillQuality : Migration
    {
        public override Task UpAsync(MigrationContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Fact]
    public async Task What_pending_migrations_do_to_rows_in_use_is_told_with_its_place_and_stops_a_protected_environment()
    {
        await AppliedAsync(isProtected: true);
        _app.WithMigration("0002_drop_title", "-- Nobody wants it.\nALTER TABLE Pages ADD COLUMN Note TEXT;\n  ALTER TABLE Pages DROP COLUMN Title;\n", "ALTER TABLE Pages ADD COLUMN Title TEXT;\n");

        var text = await _app.RunAsync(Lint);

        Assert.Equal(2, text.ExitCode);
        Assert.Contains("1 finding, as Live weighs it.", text.Out, StringComparison.Ordinal);
        Assert.Contains("0002_drop_title.sql:3:21: Dropping column 'Title' of 'Pages' loses its values, and the release that runs now fails where it still reads or writes it.", text.Out, StringComparison.Ordinal);
        Assert.Contains("|   ALTER TABLE Pages DROP COLUMN Title;\n      |                     ^", text.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        var message = Assert.Single((await _app.RunAsync([.. Lint, "--output", "json"])).Json.GetProperty("messages").EnumerateArray());
        Assert.Equal(("DTK5003", "error", 3, 21), (Text(message, "code"), Text(message, "severity"), message.GetProperty("line").GetInt32(), message.GetProperty("column").GetInt32()));
        foreach (var verb in (string[])["check", "plan", "up"])
            Assert.Equal(("DTK5003", 2), await FirstAsync([verb, .. Release]));

        _app.WithMigration("0002_drop_title", "-- dtk-allow DTK5003: unused since 0.9\nALTER TABLE Pages DROP COLUMN Title;\n", "ALTER TABLE Pages ADD COLUMN Title TEXT;\n");
        Assert.Equal("Nothing to object to, as Live weighs it.", (await _app.RunAsync(Lint)).Out.Trim());
        Assert.Equal(0, (await _app.RunAsync(["up", .. Release])).ExitCode);
        Assert.Contains("Nothing to judge: no migration is pending.", (await _app.RunAsync(Lint)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Elsewhere_it_is_a_warning_that_check_and_plan_show_and_up_passes()
    {
        await AppliedAsync(isProtected: false);
        _app.WithMigration("0002_drop_title", "ALTER TABLE Pages DROP COLUMN Title;\n", "ALTER TABLE Pages ADD COLUMN Title TEXT;\n");

        Assert.Equal(0, (await _app.RunAsync(Lint)).ExitCode);
        Assert.Equal(2, (await _app.RunAsync([.. Lint, "--fail-on", "warning"])).ExitCode);
        Assert.DoesNotContain("protected", (await _app.RunAsync(Lint)).Out, StringComparison.Ordinal);
        foreach (var verb in (string[])["check", "plan"])
            Assert.Equal(("DTK5003", 0), await FirstAsync([verb, .. Release]));
        Assert.Equal(0, (await _app.RunAsync(["up", .. Release])).ExitCode);
    }

    [Fact]
    public async Task Where_it_will_stop_later_a_warning_says_so_and_allowing_it_then_is_no_change_of_the_script()
    {
        _app.Configure = static deployment => deployment.AddEnvironments(static e => e.Add("Live").Add("Public", static p => p.PromotedFrom("Live").Protected()));
        Assert.Equal(0, (await _app.RunAsync("up", "--environment", "Live", "--release", "0.9.0")).ExitCode);
        _app.WithMigration("0002_drop_title", "ALTER TABLE Pages DROP COLUMN Title;\n", "ALTER TABLE Pages ADD COLUMN Title TEXT;\n");
        Assert.Contains("unused since 1.4'. In a protected environment it stops the deployment.", (await _app.RunAsync(["plan", .. Release])).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await _app.RunAsync(["up", .. Release])).ExitCode);

        _app.WithMigration("0002_drop_title", "-- dtk-allow DTK5003: unused since 0.9\nALTER TABLE Pages DROP COLUMN Title;\n", "ALTER TABLE Pages ADD COLUMN Title TEXT;\n");
        Assert.Equal(0, (await _app.RunAsync(["check", .. Release])).ExitCode);
        _app.WithMigration("0002_drop_title", "-- dtk-allowed or not\nALTER TABLE Pages DROP COLUMN Title; -- why not\n", "ALTER TABLE Pages ADD COLUMN Title TEXT;\n");
        Assert.Equal(2, (await _app.RunAsync(["check", .. Release])).ExitCode);
    }

    [Fact]
    public async Task What_the_pending_ones_make_themselves_is_not_in_use_yet()
    {
        _app.WithMigration("0002_drop_title", "ALTER TABLE Pages DROP COLUMN Title;\n", "ALTER TABLE Pages ADD COLUMN Title TEXT;\n");
        Declare(isProtected: true);

        Assert.Equal(0, (await _app.RunAsync(Lint)).ExitCode);
        Assert.Equal(0, (await _app.RunAsync(["up", .. Release])).ExitCode);
    }

    [Fact]
    public async Task A_build_server_judges_without_a_database()
    {
        _app.WithMigration("0002_drop_title", "ALTER TABLE Pages DROP COLUMN Title;\n", "ALTER TABLE Pages ADD COLUMN Title TEXT;\n");
        _app.WithMigration("0003_names", "CREATE TABLE Names (Id INT PRIMARY KEY);\n");
        Declare(isProtected: true);

        Assert.Equal(["DTK5003", "DTK5001", "DTK5007"], (await CodesAsync([.. Lint, "--all"])).Order(StringComparer.Ordinal).OrderBy(static code => code != "DTK5003"));
        Assert.Equal(["DTK5001", "DTK5007"], await CodesAsync([.. Lint, "--from", "3"]));
        Assert.Equal(["DTK7601"], await CodesAsync([.. Lint, "--from", "x"]));
        Assert.Equal(2, (await _app.RunAsync([.. Lint, "--all"])).ExitCode);
        Assert.Equal(0, (await _app.RunAsync([.. Lint, "--from", "0003"])).ExitCode);
        Assert.Equal(2, (await _app.RunAsync([.. Lint, "--from", "0003", "--fail-on", "information"])).ExitCode);
        Assert.Equal(2, (await _app.RunAsync([.. Lint, "--fail-on", "never"])).ExitCode);
        Assert.False(File.Exists(Path.Combine(_app.Root, "content.live.db")));
    }

    [Fact]
    public async Task An_app_says_how_much_findings_weigh()
    {
        await AppliedAsync(isProtected: true);
        _app.WithMigration("0002_drop_title", "-- dtk-allow DTK5004\nALTER TABLE Pages DROP COLUMN Title;\n", "SELECT 1;\n");

        Declare(isProtected: true, static lint => lint.WeighInProtected("DTK5003", MessageSeverity.Warning).Ignore("DTK5008"));
        Assert.Equal(["DTK5003"], await CodesAsync(Lint));
        Assert.Equal(0, (await _app.RunAsync(Lint)).ExitCode);

        Declare(isProtected: true, static lint => lint.Ignore("DTK5003").Weigh("DTK5008", MessageSeverity.Error));
        Assert.Equal(("DTK5008", 2), await FirstAsync(["plan", .. Release]));

        Assert.Throws<ArgumentException>(static () => DeploymentLintProbe.Weigh("DTK5001"));
    }

    [Fact]
    public async Task A_class_says_nothing_of_itself_and_a_broken_script_is_named()
    {
        Declare(isProtected: false);
        var configure = _app.Configure;
        _app.Configure = deployment => { configure(deployment); deployment.AddMigrations(static m => m.Add<FillQuality>()); };
        _app.WithMigration("0002_vacuum", "VACUUM;\n");

        Assert.Equal(["DTK5001", "DTK5001", "DTK5005"], (await CodesAsync([.. Lint, "--all"])).Order(StringComparer.Ordinal));
    }

    private static class DeploymentLintProbe
    {
        internal static void Weigh(string code) =>
            Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder().AddDeployment().AddMigrations(m => m.Lint(lint => lint.Weigh(code, MessageSeverity.Warning)));
    }

    private async Task AppliedAsync(bool isProtected)
    {
        Declare(isProtected);
        Assert.Equal(0, (await _app.RunAsync("up", "--environment", "Live", "--release", "0.9.0")).ExitCode);
    }

    private void Declare(bool isProtected, Action<MigrationLintBuilder>? lint = null) =>
        _app.Configure = deployment =>
        {
            deployment.AddEnvironments(e => e.Add("Live", live => { if (isProtected) live.Protected(); }));
            if (lint is not null) deployment.AddMigrations(m => m.Lint(lint));
        };

    private async Task<(string Code, int ExitCode)> FirstAsync(string[] args)
    {
        var ran = await _app.RunAsync([.. args, "--output", "json"]);
        return (ran.Json.GetProperty("messages").EnumerateArray().Select(static message => Text(message, "code")).First(static code => code.StartsWith("DTK5", StringComparison.Ordinal)), ran.ExitCode);
    }

    private async Task<IReadOnlyList<string>> CodesAsync(string[] args) =>
        [.. (await _app.RunAsync([.. args, "--output", "json"])).Json.GetProperty("messages").EnumerateArray().Select(static message => Text(message, "code"))];

    private static string Text(JsonElement message, string name) => message.GetProperty(name).GetString()!;
}
