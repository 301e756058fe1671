using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>A release on its way from Staging to Production, and what people say of it meanwhile.</summary>
public sealed class PromoteTests : PromotionCase
{
    [Fact]
    public async Task What_is_verified_in_the_source_is_promoted_and_nothing_else()
    {
        Declare(static _ => { });
        var nothing = await PromoteAsync(2, "--release", "1.0.0");
        await UpAsync("1.0.0+aaaaaaaaaaaaaaa");

        var another = await PromoteAsync(2, "--release", "1.1.0");
        var elsewhere = await PromoteAsync(2, "--release", "1.0.0", "--from", "Production");
        var dry = await PromoteAsync(0, "--release", "1.0.0", "--dry-run");
        var done = await PromoteAsync(0, "--release", "1.0.0", "--from", "staging", "--to", "production");
        var again = await PromoteAsync(0, "--release", "1.0.0+aaaaaaaaaaaaaaa");

        Assert.Contains("'Staging' has no verified release that could be promoted to 'Production'. Run 'deploy up --environment Staging --release 1.0.0' first.", nothing.Out, StringComparison.Ordinal);
        Assert.Contains("'Staging' has release 1.0.0+aaaaaaaaaa verified, and this binary is 1.1.0.", another.Out, StringComparison.Ordinal);
        Assert.Contains("'Production' is promoted from 'Staging', not from 'Production'.", elsewhere.Out, StringComparison.Ordinal);
        Assert.StartsWith("Plan: release 1.0.0+aaaaaaaaaa to Production", dry.Out, StringComparison.Ordinal);
        Assert.StartsWith("Succeeded: Production has release 1.0.0+aaaaaaaaaa", done.Out, StringComparison.Ordinal);
        Assert.StartsWith("Nothing to do", again.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_target_may_be_named_by_to_alone_and_has_to_be_the_hosts()
    {
        Declare(static p => p.Protected());
        await UpAsync("1.0.0");

        var unnamed = Flat(await _app.RunInAsync(["--environment", "Production"], ["promote", "--release", "1.0.0"]));
        var other = Flat(await _app.RunInAsync(["--environment", "Staging"], ["promote", "--release", "1.0.0", "--to", "Production"]));
        var named = await _app.RunInAsync(["--environment", "Production"], ["promote", "--release", "1.0.0", "--from", "Staging", "--to", "Production"]);

        Assert.Equal((2, 2, 0), (unnamed.ExitCode, other.ExitCode, named.ExitCode));
        Assert.Contains("Run 'deploy promote --release 1.0.0 --environment Production'.", unnamed.Out, StringComparison.Ordinal);
        Assert.Contains("The host was built for 'Staging' while the release is to enter 'Production'. Run 'deploy promote --release 1.0.0 --to Production --environment Production'.", other.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_promoted_from_nowhere_is_told_which_verb_brings_it()
    {
        Declare(static _ => { });

        var ran = Flat(await _app.RunAsync("promote", "--environment", "Staging", "--release", "1.0.0"));

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("'Staging' is promoted from nowhere: anything may enter it. Run 'deploy up --environment Staging --release 1.0.0'", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_other_people_have_to_approve_and_the_plan_says_who_is_missing_and_the_command_that_helps()
    {
        Declare(static p => p.RequireApprovals(2));
        await UpAsync("1.0.0");

        var first = await PromoteAsync(2);
        var command = Command(first.Out, "approve");
        await ApproveAsync("anna", 0, command);
        var second = await PromoteAsync(2);
        await ApproveAsync("ben", 0, Command(second.Out, "approve"));
        var done = await PromoteAsync(0);
        var history = await _app.RunAsync("history", "--environment", "Production", "--output", "json");

        Assert.Contains("enters 'Production' when 2 people have approved what is to be done (plan ", first.Out, StringComparison.Ordinal);
        Assert.Contains("and nobody has.", first.Out, StringComparison.Ordinal);
        Assert.Contains("1 has: anna (2026-11-21 03:43 UTC).", second.Out, StringComparison.Ordinal);
        Assert.StartsWith("Succeeded: Production has release 1.0.0", done.Out, StringComparison.Ordinal);
        var journal = await File.ReadAllTextAsync(Path.Combine(_app.Root, ".deployment", "production", "journal.jsonl"), TestContext.Current.CancellationToken);
        Assert.Contains("approved by anna (2026-11-21 03:43 UTC), ben (2026-11-21 03:43 UTC); wanted are 2", journal, StringComparison.Ordinal);
        Assert.Contains("\"evidence\":{\"plan\":", journal, StringComparison.Ordinal);
        Assert.Equal(0, history.ExitCode);
        Assert.Equal(0, (await _app.RunAsync("verify-journal", "--environment", "Production")).ExitCode);
    }

    [Fact]
    public async Task An_approval_of_ones_own_of_an_author_and_a_second_one_by_the_same_person_do_not_count()
    {
        Declare(static p => p.RequireApprovals(2));
        await UpAsync("1.0.0");
        await ApproveAsync("carol", 0);
        await ApproveAsync("anna", 0);
        var again = await ApproveAsync("anna", 0, "--as", "Ben");
        var author = await ApproveAsync("dora", 2);

        var refused = await PromoteAsync(2);

        Assert.Contains("Release 1.0.0 was written by dora@example.org, who seems to be you (dora@build-7)", author.Out, StringComparison.Ordinal);
        Assert.Contains("carol's is by who promotes it.", refused.Out, StringComparison.Ordinal);
        Assert.StartsWith("Nothing to do: it is approved already.", again.Out, StringComparison.Ordinal);
        Assert.Contains("1 has: anna", refused.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_shared_account_claimed_names_count_where_the_environment_says_so()
    {
        _user = "deploy";
        Declare(static p => p.RequireApprovals(2, static a => a.TrustClaimedNames = true));
        await UpAsync("1.0.0");
        await ApproveAsync("deploy", 0, "--as", "anna");
        await ApproveAsync("deploy", 0, "--as", "Anna@example.org");
        await ApproveAsync("deploy", 0, "--as", "ben");

        var nameless = await PromoteAsync(2);
        var anna = await PromoteAsync(2, "--release", "1.0.0", "--as", "anna");
        var carol = await PromoteAsync(0, "--release", "1.0.0", "--as", "carol");

        Assert.Contains("anna's is by who promotes it", nameless.Out, StringComparison.Ordinal);
        Assert.Contains("1 has: ben", anna.Out, StringComparison.Ordinal);
        Assert.StartsWith("Succeeded", carol.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_changed_since_needs_new_approvals()
    {
        Declare(static p => p.RequireApprovals(1));
        await UpAsync("1.0.0");
        var approved = await ApproveAsync("anna", 0, Command((await PromoteAsync(2)).Out, "approve"));
        var seen = approved.Out.Split("as plan ")[1][..12];
        _app.WithMigration("0002_more", "CREATE TABLE More (Id INTEGER);\n", "DROP TABLE More;\n");
        await UpAsync("1.0.0");

        var changed = await PromoteAsync(2);
        var stale = await ApproveAsync("ben", 2, "--plan", seen);
        await ApproveAsync("anna", 0);
        var done = await PromoteAsync(0);

        Assert.Contains("anna's is for another plan: something has changed since.", changed.Out, StringComparison.Ordinal);
        Assert.Contains("Nothing was approved for 'Production', because what is to be done is plan ", stale.Out, StringComparison.Ordinal);
        Assert.StartsWith("Succeeded", done.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_approval_is_of_one_build_expires_and_is_used_up()
    {
        Declare(static p => p.RequireApprovals(1, static a => a.ExpireAfter = TimeSpan.FromHours(8)));
        await UpAsync("1.0.0+aaaaaaa");
        await ApproveAsync("anna", 0, "--release", "1.0.0+bbbbbbb");
        var another = await PromoteAsync(2, "--release", "1.0.0+aaaaaaa");
        await ApproveAsync("anna", 0, "--release", "1.0.0+aaaaaaa");
        _app.Clock.Advance(TimeSpan.FromHours(8));
        var late = await PromoteAsync(2, "--release", "1.0.0+aaaaaaa");
        await ApproveAsync("anna", 0, "--release", "1.0.0+aaaaaaa");
        await PromoteAsync(0, "--release", "1.0.0+aaaaaaa");
        await RunAsync("carol", 0, "rollback", "--environment", "Staging", "--dry-run", 2);
        await UpAsync("1.1.0+ccccccc");
        await ApproveAsync("anna", 0, "--release", "1.1.0+ccccccc");
        await PromoteAsync(0, "--release", "1.1.0+ccccccc");
        await RunAsync("carol", 0, "rollback", "--environment", "Production");
        await RunAsync("carol", 0, "unhold", "--environment", "Production", "--reason", "it was not the release's fault");

        var replayed = await PromoteAsync(2, "--release", "1.1.0+ccccccc");

        Assert.Contains("anna's is for another build of the version.", another.Out, StringComparison.Ordinal);
        Assert.Contains("anna's has expired at 2026-11-21 11:43 UTC.", late.Out, StringComparison.Ordinal);
        Assert.Contains("and nobody has.", replayed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_rejects_takes_back_their_own_approval_and_holds_the_release()
    {
        Declare(static p => p.RequireApprovals(1));
        await UpAsync("1.0.0");
        await ApproveAsync("anna", 0);

        await RunAsync("anna", 0, "reject", "--environment", "Production", "--release", "1.0.0", "--reason", "the import takes an hour");
        var held = await PromoteAsync(2);
        await RunAsync("ben", 0, "unhold", "--environment", "Production", "--reason", "it takes a minute now");
        var unapproved = await PromoteAsync(2);

        Assert.Contains("Release 1.0.0 is held in 'Production': rejected by anna@build-7: the import takes an hour.", held.Out, StringComparison.Ordinal);
        Assert.Contains("and nobody has.", unapproved.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_authors_name_nobody_knows_whose_approval_counts()
    {
        Declare(static p => p.RequireApprovals(1));
        await UpAsync("1.0.0");
        var configure = _app.ConfigureHost;
        _app.ConfigureHost = builder =>
        {
            configure(builder);
            builder.Configuration["Deployment:CommitAuthor"] = null;
        };

        var ran = await PromoteAsync(2);

        Assert.Contains("nothing tells who wrote release 1.0.0, which names no commit. Set Deployment:CommitAuthor, or let the build", ran.Out, StringComparison.Ordinal);
        Assert.Contains("approvals inconclusive, see DTK7215 below", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_that_is_held_in_whatever_build_enters_in_none()
    {
        Declare(static _ => { });
        await UpAsync("1.0.0+aaaaaaa");
        await RunAsync("anna", 0, "hold", "--environment", "Staging", "--release", "1.0.0", "--reason", "wait for the partner");

        var held = await PromoteAsync(2, "--release", "1.0.0+aaaaaaa");
        var again = await RunAsync("anna", 0, "hold", "--environment", "Staging", "--release", "1.0.0", "--reason", "wait");

        Assert.Contains("is held in 'Staging': wait for the partner.", held.Out, StringComparison.Ordinal);
        Assert.StartsWith("Nothing to do", again.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_sees_what_for_and_goes_on_when_the_gates_pass()
    {
        Declare(static p => p.Soak(TimeSpan.FromHours(1)));
        await UpAsync("1.0.0");
        _app.Clock.Skipped.UnionWith(((int[])[2, 4, 8, 16, 20]).Select(static seconds => TimeSpan.FromSeconds(seconds)));

        var done = await PromoteAsync(0, "--release", "1.0.0", "--wait", "2h");

        Assert.StartsWith("Succeeded: Production has release 1.0.0", done.Out, StringComparison.Ordinal);
        Assert.Contains("gate 'soak': Release 1.0.0 is live in 'Staging' since", done.Error, StringComparison.Ordinal);
        Assert.Contains("at most until 1 of the gates of 'Production' passes", done.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_for_what_no_time_mends_is_told_at_once()
    {
        Declare(static p => p.RequireApprovals(1));
        await UpAsync("1.0.0");
        _app.WithMigration("0002_more", "CREATE TABLE More (Id INTEGER);\n", "DROP TABLE More;\n");

        var ran = await PromoteAsync(2, "--release", "1.0.0", "--wait", "1d");

        Assert.Contains("DTK7207", ran.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("waiting", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_environment_that_asks_for_no_approvals_takes_none()
    {
        Declare(static _ => { });
        await UpAsync("1.0.0");

        var ran = await ApproveAsync("anna", 2);

        Assert.Contains("'Production' asks for no approvals. Nothing was recorded.", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_none_keeps_nothing_out_where_nothing_has_to_be_signed()
    {
        Declare(static p => p.RequireApprovals(1));
        var configure = _app.ConfigureHost;
        _app.ConfigureHost = builder =>
        {
            configure(builder);
            builder.Services.AddSingleton(KeyRing.Of(new Dictionary<string, string> { [KeyRing.KeyVariable] = "no key" }, null));
        };
        await UpAsync("1.0.0");
        await ApproveAsync("anna", 0);

        await PromoteAsync(0);
    }
}
