using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>What enters past gates that don't pass: on whose word, what has to follow, and what nothing skips.</summary>
public sealed class HotfixTests : PromotionCase
{
    private static readonly string[] s_hotfix = ["--release", "1.0.1", "--hotfix", "--reason", "orders are lost", "--approved-by", "ben"];

    [Fact]
    public async Task A_hotfix_skips_what_the_policy_lets_it_and_is_owed_until_it_is_promoted_as_everything_else()
    {
        Declare(static p => p.Soak(TimeSpan.FromHours(2)).RequireApprovals(2).AllowHotfix());
        await UpAsync("1.0.0");

        var unapproved = await PromoteAsync(2, s_hotfix);
        // Who approved that it enters once all gates pass did not approve this.
        await ApproveAsync("ben", 0, "--release", "1.0.1");
        var another = await PromoteAsync(2, s_hotfix);
        await ApproveAsync("ben", 0, Command(another.Out, "approve --hotfix"));
        var unnamed = await PromoteAsync(2, "--release", "1.0.1", "--hotfix", "--reason", "orders are lost");
        var plan = await PromoteAsync(0, [.. s_hotfix, "--dry-run"]);
        var done = await PromoteAsync(0, s_hotfix);
        var status = await StatusAsync();
        var json = await _app.RunAsync("status", "--environment", "Production", "--output", "json");
        var early = await PromoteAsync(2, "--release", "1.0.1");
        await UpAsync("1.0.1");
        _app.Clock.Advance(TimeSpan.FromHours(3));
        await ApproveAsync("anna", 0, "--release", "1.0.1");
        await ApproveAsync("ben", 0, "--release", "1.0.1");
        await PromoteAsync(0, "--release", "1.0.1");
        var paid = await StatusAsync();
        var again = await PromoteAsync(0, "--release", "1.0.1");

        Assert.Contains("as a hotfix when 1 other person has approved that (plan ", unapproved.Out, StringComparison.Ordinal);
        Assert.Contains("approved have none, named are ben. ben's is for another plan: something has changed since.", another.Out, StringComparison.Ordinal);
        Assert.Contains("approved have ben, named are none.", unnamed.Out, StringComparison.Ordinal);
        Assert.Contains("promotion order failed, skipped (hotfix): Release 1.0.1 may enter 'Production' only after it is verified in 'Staging'", plan.Out, StringComparison.Ordinal);
        Assert.Contains("Skipped ! promotion order, soak, approvals: orders are lost has to follow until 2026-11-24 03:43 UTC: a promotion of 1.0.1 to 'Production' that skips nothing", plan.Out, StringComparison.Ordinal);
        Assert.StartsWith("Succeeded", done.Out, StringComparison.Ordinal);
        Assert.Contains("Production: release 1.0.1 is there as a hotfix (run ", status, StringComparison.Ordinal);
        Assert.Contains("by carol@build-7): orders are lost Skipped: promotion order, soak, approvals. Approved by: ben. Until 2026-11-24 03:43 UTC has to follow:", status, StringComparison.Ordinal);
        var debt = Assert.Single(json.Json.GetProperty("environments")[0].GetProperty("hotfixes").EnumerateArray().ToList());
        Assert.Equal(("1.0.1", "orders are lost", "ben", false), (debt.GetProperty("release").GetProperty("version").GetString(), debt.GetProperty("reason").GetString(), debt.GetProperty("approvedBy")[0].GetString(), debt.GetProperty("isOverdue").GetBoolean()));
        Assert.Contains("'Staging' has release 1.0.0 verified, and this binary is 1.0.1.", early.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("hotfix", paid, StringComparison.Ordinal);
        Assert.StartsWith("Nothing to do", again.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await _app.RunAsync("verify-journal", "--environment", "Production")).ExitCode);
    }

    [Fact]
    public async Task What_the_policy_does_not_name_is_not_skipped()
    {
        Declare(static p => p.RequireChecklist("tell support").RequireHealthy().AllowHotfix(static h => h.MaySkip = ["promotion order"]));
        await UpAsync("1.0.0");
        await RunAsync("carol", 0, "checklist", "tick", "1", "--environment", "Production", "--release", "1.0.0");
        await PromoteAsync(0);
        await ApproveAsync("ben", 0, "--release", "1.0.1", "--hotfix");
        var open = await PromoteAsync(2, s_hotfix);
        await RunAsync("carol", 0, "checklist", "tick", "1", "--environment", "Production", "--release", "1.0.1");
        _app.Health = HealthCheckResult.Unhealthy("no pages");
        var broken = await PromoteAsync(2, s_hotfix);
        _app.Health = HealthCheckResult.Healthy();
        await RunAsync("carol", 0, "freeze", "--environment", "Production", "--reason", "the fair");
        var frozen = await PromoteAsync(2, s_hotfix);
        await RunAsync("carol", 0, "unfreeze", "--environment", "Production", "--reason", "it is over");
        await RunAsync("carol", 0, "hold", "--environment", "Staging", "--release", "1.0.1", "--reason", "it leaks");
        var held = await PromoteAsync(2, s_hotfix);
        await RunAsync("carol", 0, "unhold", "--environment", "Staging", "--reason", "it doesn't");
        await PromoteAsync(0, s_hotfix);

        Assert.Contains("DTK7218", open.Out, StringComparison.Ordinal);
        Assert.Contains("DTK7220", broken.Out, StringComparison.Ordinal);
        Assert.Contains("DTK7214", frozen.Out, StringComparison.Ordinal);
        Assert.Contains("Release 1.0.1 is held in 'Staging': it leaks.", held.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_policy_reason_or_while_one_is_overdue_no_hotfix_enters()
    {
        Declare(static _ => { });
        await UpAsync("1.0.0");
        var no = await PromoteAsync(2, s_hotfix);
        Declare(static p => p.AllowHotfix(static h => h.Within = TimeSpan.FromHours(24)));
        var silent = await PromoteAsync(2, "--release", "1.0.1", "--hotfix", "--approved-by", "ben");
        await ApproveAsync("ben", 0, "--release", "1.0.1", "--hotfix");
        await PromoteAsync(0, s_hotfix);
        _app.Clock.Advance(TimeSpan.FromHours(24));
        await ApproveAsync("ben", 0, "--release", "1.0.2", "--hotfix");

        var overdue = await PromoteAsync(2, [.. s_hotfix.Select(static word => word == "1.0.1" ? "1.0.2" : word)]);
        // A release that skips nothing ends what one before it owes.
        await UpAsync("1.1.0");
        await PromoteAsync(0, "--release", "1.1.0");
        var paid = await StatusAsync();

        Assert.Contains("'Production' lets no hotfix in.", no.Out, StringComparison.Ordinal);
        Assert.Contains("Nothing is skipped in 'Production' without a reason", silent.Out, StringComparison.Ordinal);
        Assert.Contains("Hotfix 1.0.1 in 'Production' (run ", overdue.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("hotfix", paid, StringComparison.Ordinal);
        Assert.Contains("no further one enters before that", overdue.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hotfix_that_is_taken_back_owes_nothing()
    {
        Declare(static p => p.AllowHotfix());
        await UpAsync("1.0.0");
        await ApproveAsync("ben", 0, "--release", "1.0.1", "--hotfix");
        _app.Health = HealthCheckResult.Unhealthy("no pages");
        await PromoteAsync(1, s_hotfix);

        Assert.DoesNotContain("hotfix", await StatusAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hotfix_that_is_rolled_back_owes_nothing_and_lets_the_next_one_in()
    {
        Declare(static p => p.AllowHotfix());
        await UpAsync("1.0.0");
        await PromoteAsync(0);
        await HotfixAsync("1.0.1");
        await HotfixAsync("1.0.2");
        var both = await OwedAsync();
        await RollBackAsync();
        var first = await OwedAsync();
        await RollBackAsync();
        var none = await OwedAsync();
        _app.Clock.Advance(TimeSpan.FromDays(4));
        await HotfixAsync("1.0.3");

        Assert.Equal(["1.0.1", "1.0.2"], both);
        Assert.Equal(["1.0.1"], first);
        Assert.Empty(none);
        Assert.Equal(["1.0.3"], await OwedAsync());
        Assert.Equal(0, (await _app.RunAsync("verify-journal", "--environment", "Production")).ExitCode);
    }

    [Fact]
    public async Task A_hotfix_that_comes_back_from_behind_what_had_paid_for_it_owes_again_for_as_long_as_at_first()
    {
        Declare(static p => p.AllowHotfix());
        await UpAsync("1.0.0");
        await PromoteAsync(0);
        await HotfixAsync("1.0.1");
        _app.Clock.Advance(TimeSpan.FromDays(2));
        await UpAsync("1.1.0");
        await PromoteAsync(0, "--release", "1.1.0");
        await UpAsync("1.2.0");
        await PromoteAsync(0, "--release", "1.2.0");
        var paid = await OwedAsync();
        _app.Clock.Advance(TimeSpan.FromDays(2));
        await RollBackAsync();
        var regular = await OwedAsync();
        await RollBackAsync();
        var back = Assert.Single((await _app.RunAsync("status", "--environment", "Production", "--output", "json")).Json.GetProperty("environments")[0].GetProperty("hotfixes").EnumerateArray().ToList());
        var until = _app.Clock.GetUtcNow() + TimeSpan.FromDays(3);
        await UpAsync("1.0.1");
        await PromoteAsync(0, "--release", "1.0.1");
        var done = await OwedAsync();
        await UpAsync("1.3.0");
        await PromoteAsync(0, "--release", "1.3.0");
        await RollBackAsync();

        Assert.Empty(paid);
        Assert.Empty(regular);
        Assert.Equal(
            ("1.0.1", "orders are lost", "ben", "promotion order", until),
            (back.GetProperty("release").GetProperty("version").GetString(), back.GetProperty("reason").GetString(), back.GetProperty("approvedBy")[0].GetString(), back.GetProperty("bypassed")[0].GetString(), back.GetProperty("until").GetDateTimeOffset()));
        Assert.Empty(done);
        // It went through all gates since.
        Assert.Empty(await OwedAsync());
        Assert.Equal(0, (await _app.RunAsync("verify-journal", "--environment", "Production")).ExitCode);
    }

    [Fact]
    public async Task What_a_rollback_that_fails_settled_and_put_back_is_as_before()
    {
        Declare(static p => p.AllowHotfix());
        await UpAsync("1.0.0");
        await PromoteAsync(0);
        await HotfixAsync("1.0.1");
        _app.Health = HealthCheckResult.Unhealthy("no pages");
        Checked(await _app.RunAsync("rollback", "--environment", "Production"), 1);

        Assert.Equal(["1.0.1"], await OwedAsync());
    }

    [Fact]
    public async Task A_hotfix_owes_again_also_where_its_run_went_to_an_archive()
    {
        Declare(static p => p.AllowHotfix());
        var configure = _app.ConfigureHost;
        _app.ConfigureHost = builder =>
        {
            configure(builder);
            builder.Configuration["Deployment:JournalFileBytes"] = "4096";
        };
        await UpAsync("1.0.0");
        await PromoteAsync(0);
        await HotfixAsync("1.0.1");
        foreach (var release in (string[])["1.1.0", "1.2.0", "1.3.0"])
        {
            await UpAsync(release);
            await PromoteAsync(0, "--release", release);
        }

        var archived = Checked(await _app.RunAsync("journal", "archive", "--keep", "1", "--to", Path.Combine(_app.Root, "old.jsonl"), "--environment", "Production"), 0);
        for (var i = 0; i < 3; i++) await RollBackAsync();

        Assert.StartsWith("Archived", archived.Out, StringComparison.Ordinal);
        Assert.Equal(["1.0.1"], await OwedAsync());
        await UpAsync("1.0.1");
        await PromoteAsync(0, "--release", "1.0.1");
        Assert.Empty(await OwedAsync());
        Assert.Equal(0, (await _app.RunAsync("verify-journal", "--environment", "Production")).ExitCode);
    }

    [Fact]
    public async Task Behind_the_glass_approvals_are_skipped_and_nothing_enters_until_somebody_else_has_looked()
    {
        using var glass = SealedKey.Generate();
        using var other = SealedKey.Generate();
        Declare(p => p.RequireApprovals(2).RequireHealthy().GlassKey(glass.PublicKey!));
        await UpAsync("1.0.0");
        string[] breaking = ["--release", "1.0.0", "--break-glass", "--reason", "nobody answers"];
        var keyless = await PromoteAsync(2, breaking);
        WithGlassKey(other);
        var wrong = await PromoteAsync(2, breaking);
        WithGlassKey(glass);
        var done = await PromoteAsync(0, breaking);
        var status = await StatusAsync();
        await UpAsync("1.1.0");
        await ApproveAsync("anna", 0, "--release", "1.1.0");
        await ApproveAsync("ben", 0, "--release", "1.1.0");
        var held = await PromoteAsync(2, "--release", "1.1.0");
        var heldToo = await PromoteAsync(2, "--release", "1.1.0", "--break-glass", "--reason", "again");
        var self = await RunAsync("carol", 2, Command(held.Out, "review").Replace("\"…\"", "fine", StringComparison.Ordinal).Split(' ')[1..]);
        await RunAsync("anna", 0, Command(held.Out, "review").Replace("\"…\"", "fine", StringComparison.Ordinal).Split(' ')[1..]);
        var again = await RunAsync("anna", 0, Command(held.Out, "review").Replace("\"…\"", "fine", StringComparison.Ordinal).Split(' ')[1..]);
        await PromoteAsync(0, "--release", "1.1.0");

        Assert.Contains("The glass of 'Production' is broken with its key, and none is here.", keyless.Out, StringComparison.Ordinal);
        Assert.Contains("and the one that is here is another.", wrong.Out, StringComparison.Ordinal);
        Assert.StartsWith("Succeeded", done.Out, StringComparison.Ordinal);
        Assert.Contains("Production: the glass was broken for release 1.0.0 (run ", status, StringComparison.Ordinal);
        Assert.Contains("by carol@build-7): nobody answers Nothing enters until somebody else runs 'deploy review ", status, StringComparison.Ordinal);
        Assert.Contains("DTK7226", held.Out, StringComparison.Ordinal);
        Assert.Contains("DTK7226", heldToo.Out, StringComparison.Ordinal);
        Assert.Contains("The glass of 'Production' was broken by carol@build-7, who seems to be you (carol@build-7).", self.Out, StringComparison.Ordinal);
        Assert.StartsWith("Nothing to do", again.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("glass", await StatusAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (await _app.RunAsync("verify-journal", "--environment", "Production")).ExitCode);
    }

    [Fact]
    public async Task Who_broke_the_glass_for_what_was_taken_back_may_break_it_again_and_each_is_looked_at()
    {
        using var glass = SealedKey.Generate();
        Declare(p => p.RequireApprovals(1).GlassKey(glass.PublicKey!));
        WithGlassKey(glass);
        await UpAsync("1.0.0");
        _app.Health = HealthCheckResult.Unhealthy("no pages");
        await PromoteAsync(1, "--release", "1.0.0", "--break-glass", "--reason", "nobody answers");
        await UpAsync("1.0.1");
        await ApproveAsync("anna", 0, "--release", "1.0.1");
        var normal = await PromoteAsync(2, "--release", "1.0.1");
        await PromoteAsync(0, "--release", "1.0.1", "--break-glass", "--reason", "still nobody");
        await UpAsync("1.0.2");
        var third = await PromoteAsync(2, "--release", "1.0.2", "--break-glass", "--reason", "and again");
        var status = await StatusAsync();

        Assert.Contains("for release 1.0.0 (run ", normal.Out, StringComparison.Ordinal);
        Assert.Contains("DTK7226", normal.Out, StringComparison.Ordinal);
        Assert.Contains("for release 1.0.1 (run ", third.Out, StringComparison.Ordinal);
        Assert.Contains("Production: the glass was broken for release 1.0.0 (run ", status, StringComparison.Ordinal);
        Assert.Contains("Production: the glass was broken for release 1.0.1 (run ", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_the_glass_neither_health_nor_a_backup_nor_the_order_is_skipped()
    {
        using var glass = SealedKey.Generate();
        Declare(p => p.RequireApprovals(1).RequireHealthy().RequireBackup(TimeSpan.FromHours(1)).GlassKey(glass.PublicKey!));
        WithGlassKey(glass);
        await UpAsync("1.0.0");
        await PromoteAsync(0, "--release", "1.0.0", "--break-glass", "--reason", "first");
        var run = Command(await StatusAsync(), "review").Split(' ')[2];
        await RunAsync("anna", 0, "review", run, "--environment", "Production", "--reason", "fine");
        _app.Clock.Advance(TimeSpan.FromHours(2));
        var unordered = await PromoteAsync(2, "--release", "1.1.0", "--break-glass", "--reason", "now");
        await UpAsync("1.1.0");
        _app.Health = HealthCheckResult.Unhealthy("no pages");

        var refused = await PromoteAsync(2, "--release", "1.1.0", "--break-glass", "--reason", "now");

        Assert.Contains("DTK7216", unordered.Out, StringComparison.Ordinal);
        Assert.Contains("DTK7220", refused.Out, StringComparison.Ordinal);
        Assert.Contains("DTK7221", refused.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("DTK7215", refused.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void No_policy_skips_what_nothing_may() =>
        Assert.All((string[])["hold", "Health", "backup", "approvals"], static gate => Assert.Throws<ArgumentException>(() =>
            new EnvironmentsBuilder(new Environments.EnvironmentGraph()).Add("Production", p => p.AllowHotfix(h => h.MaySkip = [gate]))));

    private async Task HotfixAsync(string release)
    {
        await ApproveAsync("ben", 0, "--release", release, "--hotfix");
        await PromoteAsync(0, [.. s_hotfix.Select(word => word == "1.0.1" ? release : word)]);
    }

    private async Task RollBackAsync() => Checked(await _app.RunAsync("rollback", "--environment", "Production"), 0);

    private async Task<IReadOnlyList<string?>> OwedAsync() =>
        (await _app.RunAsync("status", "--environment", "Production", "--output", "json")).Json.GetProperty("environments")[0] is var status && status.TryGetProperty("hotfixes", out var hotfixes)
            ? [.. hotfixes.EnumerateArray().Select(static debt => debt.GetProperty("release").GetProperty("version").GetString())]
            : [];

    private async Task<string> StatusAsync() => Flat(await _app.RunAsync("status", "--environment", "Production")).Out;
}
