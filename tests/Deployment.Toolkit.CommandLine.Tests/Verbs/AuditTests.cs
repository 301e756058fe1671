using System.Text.Json;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>Whatever somebody changes about a promotion, the journal says who did it, when, what and why.</summary>
public sealed class AuditTests : PromotionCase
{
    [Fact]
    public async Task Every_verb_that_changes_something_leaves_who_when_what_and_why()
    {
        using var glass = SealedKey.Generate();
        Declare(p => p.RequireApprovals(1).RequireChecklist("tell support").AllowHotfix().GlassKey(glass.PublicKey!));
        var configure = _app.ConfigureHost;
        _app.ConfigureHost = builder =>
        {
            configure(builder);
            builder.Services.AddKeyedSingleton(GlassGate.Title, (_, _) => SealedKey.Parse(glass.Export()));
        };
        string[] there = ["--environment", "Production"];
        await UpAsync("1.0.0");
        await Does("anna", "approverAdded", null, ["approvers", "add", "eve", "--role", "tester", .. there]);
        await Does("anna", "approverRemoved", "left", ["approvers", "remove", "eve", "--reason", "left", .. there]);
        await Does("anna", "checklistTicked", "done at nine", ["checklist", "tick", "1", "--note", "done at nine", "--release", "1.0.0", .. there]);
        await Does("anna", "checklistTicked", null, ["checklist", "untick", "1", "--release", "1.0.0", .. there]);
        await Does("anna", "checklistTicked", null, ["checklist", "tick", "1", "--release", "1.0.0", .. there]);
        await Does("anna", "releaseApproved", "looks fine", ["approve", "--note", "looks fine", "--release", "1.0.0", .. there]);
        await Does("anna", "approvalRevoked", "too slow", ["reject", "--reason", "too slow", "--release", "1.0.0", .. there]);
        await Does("ben", "holdReleased", "fast again", ["unhold", "--reason", "fast again", .. there]);
        await Does("ben", "releaseHeld", "wait", ["hold", "--reason", "wait", "--release", "9.0.0", .. there]);
        await Does("ben", "environmentFrozen", "fair", ["freeze", "--reason", "fair", .. there]);
        await Does("ben", "environmentThawed", "over", ["unfreeze", "--reason", "over", .. there]);
        await Does("carol", "glassBroken", "nobody answers", ["promote", "--break-glass", "--reason", "nobody answers", "--release", "1.0.0", .. there]);
        var run = (await RecordsAsync()).Last(static record => record.GetProperty("kind").GetString() == "glassBroken").GetProperty("data").GetProperty("run").GetString()!;
        await Does("ben", "glassReviewed", "as said", ["review", run, "--reason", "as said", .. there]);
        await RunAsync("ben", 0, ["approve", "--hotfix", "--release", "1.0.1", .. there]);
        await RunAsync("ben", 0, ["checklist", "tick", "1", "--release", "1.0.1", .. there]);
        await Does("carol", "hotfixDue", "orders are lost", ["promote", "--hotfix", "--approved-by", "ben", "--reason", "orders are lost", "--release", "1.0.1", .. there]);
        await UpAsync("1.1.0");
        await RunAsync("ben", 0, ["approve", "--release", "1.1.0", .. there]);
        await RunAsync("ben", 0, ["checklist", "tick", "1", "--release", "1.1.0", .. there]);
        await Does("carol", "hotfixPaid", null, ["promote", "--release", "1.1.0", .. there]);
    }

    private async Task Does(string who, string kind, string? why, string[] verb)
    {
        var before = (await RecordsAsync()).Count;
        await RunAsync(who, 0, [.. verb]);
        var record = Assert.Single((await RecordsAsync())[before..], record => record.GetProperty("kind").GetString() == kind);
        Assert.StartsWith(who, record.GetProperty("data").GetProperty("by").GetString(), StringComparison.Ordinal);
        Assert.Equal(_app.Clock.GetUtcNow(), record.GetProperty("time").GetDateTimeOffset(), TimeSpan.FromSeconds(1));
        if (why is not null) Assert.Contains(why, record.GetProperty("data").GetRawText(), StringComparison.Ordinal);
    }

    private async Task<List<JsonElement>> RecordsAsync()
    {
        var journal = Path.Combine(_app.Root, ".deployment", "production", "journal.jsonl");
        return !File.Exists(journal) ? [] : [.. (await File.ReadAllLinesAsync(journal, TestContext.Current.CancellationToken)).Select(static line => JsonDocument.Parse(line).RootElement)];
    }
}
