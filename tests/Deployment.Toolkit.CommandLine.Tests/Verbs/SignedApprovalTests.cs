using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>Approvals where only what a listed key signed counts, and where a role is asked for.</summary>
public sealed class SignedApprovalTests : PromotionCase
{
    [Fact]
    public async Task Only_what_listed_keys_signed_counts_whatever_account_it_comes_from()
    {
        Declare(static p => p.RequireApprovals(2, static a => a.MustBeSigned = true));
        await UpAsync("1.0.0");
        foreach (var name in (string[])["anna", "ben", "eve"]) Keys[name] = SealedKey.Generate();
        var keyless = await ApproveAsync("carol", 2);
        var unlisted = await ApproveAsync("anna", 2);
        var notOwn = await AddAsync("anna", 2, "ben");
        await AddAsync("anna", 0, "anna");
        await AddAsync("anna", 0, "ben");
        var self = await AddAsync("eve", 2, "eve");
        await ApproveAsync("anna", 0);
        var missing = await PromoteAsync(2);
        // The key makes the person, so that a claimed name adds nothing.
        await ApproveAsync("anna", 0, "--as", "ben");
        var once = await PromoteAsync(2);
        await ApproveAsync("ben", 0);
        var done = await PromoteAsync(0);

        Assert.Contains("'Production' wants approvals to be signed, and you (carol@build-7) have no key here.", keyless.Out, StringComparison.Ordinal);
        Assert.Contains("'Production' doesn't know your key (anna@build-7): its approvers are nobody.", unlisted.Out, StringComparison.Ordinal);
        Assert.Contains("the first one is whoever adds them: the key is not yours.", notOwn.Out, StringComparison.Ordinal);
        Assert.Contains("is changed by those whose keys are in it, and yours (eve@build-7) isn't: they are anna, ben.", self.Out, StringComparison.Ordinal);
        Assert.Contains("when 2 people have signed that they approve what is to be done", missing.Out, StringComparison.Ordinal);
        Assert.Contains("1 has: anna", once.Out, StringComparison.Ordinal);
        Assert.StartsWith("Succeeded", done.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await _app.RunAsync("verify-journal", "--environment", "Production")).ExitCode);
    }

    [Fact]
    public async Task Who_promotes_with_the_key_that_signed_approves_nothing_of_their_own()
    {
        Declare(static p => p.RequireApprovals(1, static a => a.MustBeSigned = true));
        await UpAsync("1.0.0");
        Keys["anna"] = SealedKey.Generate();
        await AddAsync("anna", 0, "anna");
        await ApproveAsync("anna", 0);
        // Another account, the same key.
        Keys["runner"] = SealedKey.Parse(Keys["anna"].Export());

        var own = await RunAsync("runner", 2, "promote", "--environment", "Production", "--release", "1.0.0");
        await PromoteAsync(0);

        Assert.Contains("anna's is by who promotes it", own.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_taken_out_has_approved_nothing_and_the_last_key_stays()
    {
        Declare(static p => p.RequireApprovals(1, static a => a.MustBeSigned = true));
        await UpAsync("1.0.0");
        foreach (var name in (string[])["anna", "ben"]) Keys[name] = SealedKey.Generate();
        await AddAsync("anna", 0, "anna");
        var last = await RunAsync("anna", 2, "approvers", "remove", "anna", "--environment", "Production", "--reason", "left");
        await AddAsync("anna", 0, "ben");
        await ApproveAsync("ben", 0);
        await RunAsync("anna", 0, "approvers", "remove", "ben", "--environment", "Production", "--reason", "left");

        var ran = await PromoteAsync(2);
        var list = await _app.RunAsync("approvers", "list", "--environment", "Production", "--output", "json");

        Assert.Contains("'anna' is the last approver with a key", last.Out, StringComparison.Ordinal);
        Assert.Contains("ben's is signed with a key that the list of approvers doesn't have.", ran.Out, StringComparison.Ordinal);
        Assert.Equal("anna", Assert.Single(list.Json.GetProperty("approvers").EnumerateArray().ToList()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_role_is_asked_for_by_the_list_also_without_signatures()
    {
        Declare(static p => p.RequireApprovals(1, static a => a.Role = "release-manager"));
        await UpAsync("1.0.0");
        await RunAsync("carol", 0, "approvers", "add", "anna", "--environment", "Production", "--role", "release-manager", "--also", "a.berg");
        await RunAsync("carol", 0, "approvers", "add", "ben", "--environment", "Production", "--role", "tester");

        var unlisted = await ApproveAsync("eve", 2);
        var other = await ApproveAsync("ben", 2);
        await ApproveAsync("a.berg", 0);
        var self = await RunAsync("anna", 2, "promote", "--environment", "Production", "--release", "1.0.0");
        await PromoteAsync(0);

        Assert.Contains("wants approvals by people with the role 'release-manager', and you (eve@build-7) are not in its list. With it are anna.", unlisted.Out, StringComparison.Ordinal);
        Assert.Contains("are in its list as ben without it.", other.Out, StringComparison.Ordinal);
        Assert.Contains("anna's is by who promotes it", self.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_author_with_another_name_is_known_by_what_the_list_calls_them()
    {
        Declare(static p => p.RequireApprovals(1, static a => a.MustBeSigned = true));
        await UpAsync("1.0.0");
        foreach (var name in (string[])["ben", "dl"])
        {
            Keys[name] = SealedKey.Generate();
            await AddAsync("ben", 0, name);
        }

        await ApproveAsync("dl", 0);
        await RunAsync("ben", 0, "approvers", "remove", "dl", "--environment", "Production", "--reason", "lacks a name");
        await AddAsync("ben", 0, "dl", "--also", "dora@example.org");

        var ran = await PromoteAsync(2);

        Assert.Contains("dl's is by an author of its commit.", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Owners_of_two_keys_are_two_people_also_on_one_account()
    {
        Declare(static p => p.RequireApprovals(2, static a => (a.MustBeSigned, a.Role) = (true, "release-manager")));
        await UpAsync("1.0.0");
        _account = "shared";
        foreach (var name in (string[])["anna", "ben", "carol"])
        {
            Keys[name] = SealedKey.Generate();
            await AddAsync("anna", 0, name, "--role", "release-manager");
        }

        await ApproveAsync("anna", 0);
        var again = await ApproveAsync("anna", 0, "--as", "ben");
        var second = await ApproveAsync("ben", 0);
        var rejected = await RunAsync("ben", 0, "reject", "--environment", "Production", "--release", "1.0.0", "--reason", "wait");
        await RunAsync("ben", 0, "unhold", "--environment", "Production", "--release", "1.0.0", "--reason", "go on");
        var one = await PromoteAsync(2);
        var none = await RunAsync("carol", 0, "reject", "--environment", "Production", "--release", "1.0.0", "--reason", "wait");
        await RunAsync("carol", 0, "unhold", "--environment", "Production", "--release", "1.0.0", "--reason", "go on");
        await ApproveAsync("ben", 0);
        var done = await PromoteAsync(0);

        Assert.StartsWith("Nothing to do", again.Out, StringComparison.Ordinal);
        Assert.StartsWith("Succeeded", second.Out, StringComparison.Ordinal);
        Assert.Contains("What you approved of release 1.0.0 for 'Production' is taken back.", rejected.Out, StringComparison.Ordinal);
        Assert.Contains("1 has: anna", one.Out, StringComparison.Ordinal);
        Assert.Contains("Of release 1.0.0 you had approved nothing for 'Production'.", none.Out, StringComparison.Ordinal);
        Assert.StartsWith("Succeeded", done.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_counts_no_more_does_not_stand_in_the_way_of_approving_anew()
    {
        Declare(static p => p.RequireApprovals(1));
        await UpAsync("1.0.0");
        await ApproveAsync("anna", 0);
        Declare(static p => p.RequireApprovals(1, static a => a.MustBeSigned = true));
        foreach (var name in (string[])["anna", "ben"])
        {
            Keys[name] = SealedKey.Generate();
            await AddAsync("anna", 0, name);
        }

        var signed = await ApproveAsync("anna", 0);
        await RunAsync("ben", 0, "approvers", "remove", "anna", "--environment", "Production", "--reason", "lost the key");
        Keys["anna"] = SealedKey.Generate();
        await AddAsync("ben", 0, "anna");
        var anew = await ApproveAsync("anna", 0);
        var done = await PromoteAsync(0);

        Assert.StartsWith("Succeeded", signed.Out, StringComparison.Ordinal);
        Assert.StartsWith("Succeeded", anew.Out, StringComparison.Ordinal);
        Assert.StartsWith("Succeeded", done.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_author_is_known_by_the_key_that_signs_not_by_the_account_that_it_is_used_on()
    {
        Declare(static p => p.RequireApprovals(1, static a => a.MustBeSigned = true));
        await UpAsync("1.0.0");
        _account = "dora";
        foreach (var name in (string[])["ben", "dl"]) Keys[name] = SealedKey.Generate();
        await AddAsync("ben", 0, "ben");
        await AddAsync("ben", 0, "dl", "--also", "dora@example.org");

        var author = await ApproveAsync("dl", 2);
        var claimed = await ApproveAsync("ben", 2, "--as", "Dora Lind");
        await ApproveAsync("ben", 0);
        _account = null;
        await PromoteAsync(0);

        Assert.Contains("Release 1.0.0 was written by dora@example.org, who seems to be you", author.Out, StringComparison.Ordinal);
        Assert.Contains("Release 1.0.0 was written by Dora Lind, who seems to be you", claimed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_the_glass_the_owner_of_another_key_has_looked_also_on_the_same_account()
    {
        using var glass = SealedKey.Generate();
        Declare(p => p.RequireApprovals(1, static a => a.MustBeSigned = true).GlassKey(glass.PublicKey!));
        WithGlassKey(glass);
        await UpAsync("1.0.0");
        _account = "shared";
        foreach (var name in (string[])["anna", "ben"])
        {
            Keys[name] = SealedKey.Generate();
            await AddAsync("anna", 0, name);
        }

        await RunAsync("anna", 0, "promote", "--environment", "Production", "--release", "1.0.0", "--break-glass", "--reason", "alone");
        string[] review = ["review", Command((await _app.RunAsync("status", "--environment", "Production")).Out, "review").Split(' ')[2], "--environment", "Production", "--reason", "fine"];
        var own = await RunAsync("anna", 2, [.. review]);
        await RunAsync("ben", 0, [.. review]);

        Assert.Contains("who seems to be you", own.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("glass", (await _app.RunAsync("status", "--environment", "Production")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_two_accounts_in_the_list_takes_back_on_one_what_they_approved_on_the_other()
    {
        Declare(static p => p.RequireApprovals(1, static a => a.Role = "release-manager"));
        await UpAsync("1.0.0");
        await RunAsync("carol", 0, "approvers", "add", "anna", "--environment", "Production", "--role", "release-manager", "--also", "a.berg");
        await ApproveAsync("anna", 0);

        var again = await ApproveAsync("a.berg", 0);
        await RunAsync("a.berg", 0, "reject", "--environment", "Production", "--release", "1.0.0", "--reason", "wait");
        await RunAsync("a.berg", 0, "unhold", "--environment", "Production", "--release", "1.0.0", "--reason", "go on");
        var ran = await PromoteAsync(2);

        Assert.StartsWith("Nothing to do", again.Out, StringComparison.Ordinal);
        Assert.Contains("and nobody has.", ran.Out, StringComparison.Ordinal);
    }

    private Task<Ran> AddAsync(string who, int exitCode, string name, params string[] more) =>
        RunAsync(who, exitCode, ["approvers", "add", name, "--environment", "Production", "--public-key", Keys[name].PublicKey!, .. more]);
}
