using Deployment.Toolkit.Environments;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>What an environment asks to be done, or to be so, before a release enters.</summary>
public sealed class PromotionGatesTests : PromotionCase
{
    [Fact]
    public async Task Each_item_of_the_checklist_is_ticked_for_one_build_and_who_did_it_is_kept()
    {
        Declare(static p => p.RequireChecklist("smoke tests", "tell support"));
        await UpAsync("1.0.0+aaaaaaa");

        var open = await PromoteAsync(2, "--release", "1.0.0+aaaaaaa");
        await RunAsync("anna", 0, [.. Command(open.Out, "checklist tick").Replace("aaaaaaa", "bbbbbbb", StringComparison.Ordinal).Split(' ')[1..], "--note", "45 orders"]);
        var another = await PromoteAsync(2, "--release", "1.0.0+aaaaaaa");
        await RunAsync("anna", 0, "checklist", "tick", "Smoke tests", "--environment", "Production", "--note", "45 orders", "--release", "1.0.0+aaaaaaa");
        await RunAsync("anna", 0, "checklist", "tick", "2", "--environment", "Production", "--release", "1.0.0+aaaaaaa");
        await RunAsync("ben", 0, "checklist", "untick", "2", "--environment", "Production", "--release", "1.0.0+aaaaaaa");
        var unticked = await PromoteAsync(2, "--release", "1.0.0+aaaaaaa");
        var unknown = await RunAsync("ben", 2, "checklist", "tick", "tell suport", "--environment", "Production", "--release", "1.0.0+aaaaaaa");
        await RunAsync("ben", 0, "checklist", "tick", "2", "--environment", "Production", "--release", "1.0.0+aaaaaaa");
        var again = await RunAsync("ben", 0, "checklist", "tick", "2", "--environment", "Production", "--release", "1.0.0+aaaaaaa");
        var list = await _app.RunAsync("checklist", "list", "--environment", "Production", "--release", "1.0.0+aaaaaaa", "--output", "json");
        await PromoteAsync(0, "--release", "1.0.0+aaaaaaa");
        var used = await _app.RunAsync("checklist", "list", "--environment", "Production", "--release", "1.0.0+aaaaaaa");

        Assert.Contains("Of the 2 items of the checklist of 'Production', 2 aren't ticked for release 1.0.0+aaaaaaa: 1. smoke tests; 2. tell support.", open.Out, StringComparison.Ordinal);
        Assert.Contains("2 aren't ticked", another.Out, StringComparison.Ordinal);
        Assert.Contains("1 isn't ticked for release 1.0.0+aaaaaaa: 2. tell support. Tick each by its number, once it is done: 'deploy checklist tick 2 --environment Production --release 1.0.0+aaaaaaa'.", unticked.Out, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'tell support'?", unknown.Out, StringComparison.Ordinal);
        Assert.StartsWith("Nothing to do", again.Out, StringComparison.Ordinal);
        var first = list.Json.GetProperty("checklist")[0];
        Assert.Equal((true, "anna@build-7", "45 orders"), (first.GetProperty("isDone").GetBoolean(), first.GetProperty("by").GetString(), first.GetProperty("note").GetString()));
        Assert.Contains("2 of 2 items open.", used.Out, StringComparison.Ordinal);
        Assert.Contains("anna@build-7, 2026-11-21 03:43 UTC: 45 orders", await JournalAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 0", GateOutcome.Passed)]
    [InlineData("echo not yet; exit 75", GateOutcome.Inconclusive)]
    [InlineData("echo broken; exit 3", GateOutcome.Failed)]
    [InlineData("kill -9 $$", GateOutcome.Errored)]
    public async Task A_command_answers_by_its_exit_code(string script, GateOutcome outcome)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "It runs a shell.");
        Declare(p => p.RequireCommand("smoke", "/bin/sh", ["-c", $"test \"$DEPLOYMENT_ENVIRONMENT $DEPLOYMENT_RELEASE $DEPLOYMENT_COMMIT\" = 'Production 1.0.0 aaaaaaa' || exit 9; {script}"]));
        await UpAsync("1.0.0+aaaaaaa");

        var plan = await _app.RunAsync("plan", "--environment", "Production", "--release", "1.0.0+aaaaaaa", "--output", "json");

        var gate = plan.Json.GetProperty("plan").GetProperty("gates").EnumerateArray().Single(static gate => gate.GetProperty("name").GetString() == "smoke");
        Assert.Equal((outcome.ToString().ToLowerInvariant(), "DTK7219", outcome == GateOutcome.Passed ? 0 : 2), (gate.GetProperty("outcome").GetString(), gate.GetProperty("code").GetString(), plan.ExitCode));
        if (outcome == GateOutcome.Failed) Assert.Contains("ended with exit code 3: broken. Mend what it asks", gate.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_cannot_be_started_or_takes_too_long_is_no_answer()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "It runs sleep.");
        Declare(static p => p
            .RequireCommand("gone", "/no/such/program", [])
            .RequireCommand("slow", "/bin/sleep", ["60"], static o => o.Timeout = TimeSpan.FromMilliseconds(200)));
        await UpAsync("1.0.0");

        var ran = await PromoteAsync(2);

        Assert.Contains("Gate 'gone' could not start its command:", ran.Out, StringComparison.Ordinal);
        Assert.Contains("Gate 'slow' could not be asked whether release 1.0.0 may enter 'Production': it gave no answer within 0.2 s", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_broken_before_anything_begins_keeps_the_next_release_out()
    {
        Declare(static p => p.RequireHealthy());
        await UpAsync("1.0.0");
        await PromoteAsync(0);
        await UpAsync("1.1.0");
        _app.Health = HealthCheckResult.Unhealthy("no pages");

        var broken = await PromoteAsync(2, "--release", "1.1.0");
        _app.Health = HealthCheckResult.Healthy("7 pages");
        await PromoteAsync(0, "--release", "1.1.0");

        Assert.Contains("'Production', where release 1.0.0 is live, is not healthy before anything has begun: 'database' is unhealthy: no pages.", broken.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_enters_beside_a_young_backup_that_is_what_was_verified()
    {
        Declare(static p => p.RequireBackup(TimeSpan.FromHours(24)));
        await UpAsync("1.0.0");
        await PromoteAsync(0);
        await UpAsync("1.1.0");
        // What the first deployment took.
        Directory.Delete(Path.Combine(_app.Root, ".deployment", "production", "backups"), recursive: true);

        var none = await PromoteAsync(2, "--release", "1.1.0");
        await RunAsync("carol", 0, Command(none.Out, "backup create").Split(' ')[1..]);
        _app.Clock.Advance(TimeSpan.FromHours(25));
        var old = await PromoteAsync(2, "--release", "1.1.0");
        await RunAsync("carol", 0, "backup", "create", "--environment", "Production");
        var backup = Directory.EnumerateFiles(Path.Combine(_app.Root, ".deployment", "production", "backups"), "*.db").OrderDescending().First();
        var bytes = await File.ReadAllBytesAsync(backup, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(backup, [.. bytes, 0], TestContext.Current.CancellationToken);
        var changed = await PromoteAsync(2, "--release", "1.1.0");
        await File.WriteAllBytesAsync(backup, bytes, TestContext.Current.CancellationToken);
        _app.Clock.Advance(TimeSpan.FromHours(-30));
        var yetToCome = await PromoteAsync(2, "--release", "1.1.0");
        _app.Clock.Advance(TimeSpan.FromHours(31));
        await PromoteAsync(0, "--release", "1.1.0");

        Assert.Contains("There is no backup of the database of 'Production', and one is wanted that is younger than 24 h.", none.Out, StringComparison.Ordinal);
        Assert.Contains("is of 2026-11-21 03:43 UTC, and one is wanted that is younger than 24 h. Take one with", old.Out, StringComparison.Ordinal);
        Assert.Contains("is no way back: Backup '", changed.Out, StringComparison.Ordinal);
        Assert.Contains("DTK7221", yetToCome.Out, StringComparison.Ordinal);
        Assert.Contains("\"sha256 ", await JournalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configurations_that_differ_undeclared_keep_a_release_out()
    {
        Declare(static p => p.RequireParity());
        _app.WithSettings("Staging");
        _app.Write("appsettings.Staging.json", """{ "Content": { "Pages": 7, "Size": 3 } }""");
        _app.Write("appsettings.Production.json", """{ "Content": { "Pages": 9 } }""");
        await UpAsync("1.0.0");
        _app.WithSettings("Production");

        var differs = await PromoteAsync(2);
        _app.Write("appsettings.Production.json", """{ "Content": { "Pages": 7, "Size": 3 } }""");
        await PromoteAsync(0);

        Assert.Contains("The configuration of release 1.0.0 has 2 faults by what 'Production' asks: Content:Pages differs between Staging, Production.", differs.Out, StringComparison.Ordinal);
        Assert.Contains("All are shown by 'deploy config parity Staging Production", differs.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warning_about_migrations_keeps_them_out_where_they_have_to_be_clean()
    {
        Declare(static p => p.RequireCleanMigrations());
        _app.WithMigration("0002_wipe", "CREATE INDEX Pages_Title ON Pages (Title);\nDROP VIEW IF EXISTS Titles;\n", "DROP INDEX Pages_Title;\n");
        await UpAsync("1.0.0");
        var lint = await _app.RunAsync("migrations", "lint", "--environment", "Production", "--fail-on", "warning");

        var ran = await PromoteAsync(2);

        Assert.Equal(2, lint.ExitCode);
        Assert.Contains("The migrations of release 1.0.0 ha", ran.Out, StringComparison.Ordinal);
        Assert.Contains("'deploy migrations lint --environment Production --fail-on warning'", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_ask_nothing_is_refused_where_it_is_declared()
    {
        static void Declared(Action<EnvironmentBuilder> ask) => new EnvironmentsBuilder(new EnvironmentGraph()).Add("Production", ask);

        Assert.Throws<ArgumentException>(static () => Declared(static p => p.RequireChecklist("one", "ONE ")));
        Assert.Throws<ArgumentException>(static () => Declared(static p => p.RequireChecklist(" ")));
        Assert.Throws<ArgumentException>(static () => Declared(static p => p.RequireHealthy("/health")));
        Assert.Throws<ArgumentOutOfRangeException>(static () => Declared(static p => p.RequireBackup(TimeSpan.Zero)));
        Assert.Throws<ArgumentOutOfRangeException>(static () => Declared(static p => p.RequireApprovals(0)));
    }

    private Task<string> JournalAsync() => File.ReadAllTextAsync(Path.Combine(_app.Root, ".deployment", "production", "journal.jsonl"), TestContext.Current.CancellationToken);
}
