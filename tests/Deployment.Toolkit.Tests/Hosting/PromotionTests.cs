using System.Text.Json;
using System.Text.Json.Nodes;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Evidence;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Migrations;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Tests.Journal;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Hosting;

public sealed class PromotionTests
{
    [Fact]
    public async Task The_build_that_was_verified_may_enter_the_next_environment()
    {
        using var app = TestApp.WithMigrations();
        await VerifyAsync(app, "1.0.0+aaa");

        var (plan, up) = await EnterAsync(app, "1.0.0+aaa");

        Assert.All(plan.Plan!.Gates, static gate => Assert.Equal(GateOutcome.Passed, gate.Outcome));
        Assert.Equal(DeploymentOutcome.Succeeded, up.Outcome);
    }

    [Theory]
    [InlineData("another text", "migration 0001 was sha256-v1:")]
    [InlineData("another way back", "the way back of migration 0001 was sha256-v1:")]
    [InlineData("no way back", "and is none")]
    [InlineData("one more", "migration 0002 was not in it")]
    [InlineData("one less", "migration 0001 was in it and is not in this one")]
    [InlineData("another commit", "the verified one names commit aaa and this one commit bbb")]
    [InlineData("no commit", "the verified one names commit aaa and this one no commit")]
    public async Task A_rebuilt_binary_of_the_same_version_is_not_the_release_that_was_verified(string change, string said)
    {
        using var app = TestApp.WithMigrations();
        await VerifyAsync(app, "1.0.0+aaa");
        const string table = "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL);";
        var up = change == "another text" ? table : File.ReadAllText(Path.Combine(app.Folder, "migrations", "0001_items.sql"));
        var down = change == "another way back" ? "DROP TABLE IF EXISTS items;" : "DROP TABLE items;";
        app.Migration("0001_items", up, down);
        if (change == "no way back") File.Delete(Path.Combine(app.Folder, "migrations", "0001_items.down.sql"));
        if (change == "one more") app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", "DROP TABLE more;");
        if (change == "one less") foreach (var file in Directory.EnumerateFiles(Path.Combine(app.Folder, "migrations"))) File.Delete(file);

        var (plan, refused) = await EnterAsync(app, change switch { "another commit" => "1.0.0+bbb", "no commit" => "1.0.0", _ => "1.0.0+aaa" });

        var gate = Assert.Single(plan.Plan!.Gates, static gate => gate.Outcome != GateOutcome.Passed);
        Assert.Equal(("DTK7207", GateOutcome.Failed), (gate.Code, gate.Outcome));
        Assert.Contains(said, gate.Reason, StringComparison.Ordinal);
        Assert.Equal((DeploymentOutcome.Refused, gate.Reason), (refused.Outcome, Assert.Single(refused.Messages).Text));
        Assert.False(File.Exists(Staging(app)), "Nothing was to be begun.");
    }

    [Fact]
    public async Task A_rebuilt_binary_may_enter_after_it_was_verified_itself()
    {
        using var app = TestApp.WithMigrations();
        await VerifyAsync(app, "1.0.0");
        app.Migration("0001_items", File.ReadAllText(Path.Combine(app.Folder, "migrations", "0001_items.sql")), "DROP TABLE IF EXISTS items;");

        await VerifyAsync(app, "1.0.0");
        var (_, up) = await EnterAsync(app, "1.0.0");

        Assert.Equal(DeploymentOutcome.Succeeded, up.Outcome);
    }

    [Theory]
    [InlineData("0001", GateOutcome.Passed, "its record names no checksums, so that of the migrations only the versions were compared")]
    [InlineData("0002", GateOutcome.Failed, "migration 0002 was not in it")]
    public async Task Evidence_from_before_checksums_were_recorded_is_compared_by_versions(string version, GateOutcome outcome, string said)
    {
        using var app = TestApp.WithMigrations();
        await VerifyAsync(app, "1.0.0");
        var records = ReadJournal.Of(app.JournalFile()).Records.Select(static record => record.Kind == JournalKinds.ReleaseVerified ? record with { Data = WithoutMigrations(record.Data) } : record).ToList();
        using var host = app.Build("Staging");
        var graph = host.Services.GetRequiredService<DeploymentModel>().Environments;

        var gate = await new PromotionOrderGate(
            [new VerifiedMigration(version, "sha256-v1:of-another-text", null)], graph.Get("Development"), (_, _) => ValueTask.FromResult(EnvironmentLedger.From(records)), new TrustedEvidence(new DeclaredEvidenceKeys(), TimeProvider.System))
            .EvaluateAsync(new PromotionContext { Release = new Release("1.0.0"), Environment = graph.Get("Staging") }, TestContext.Current.CancellationToken);

        Assert.Equal(outcome, gate.Outcome);
        Assert.Contains(said, gate.Reason, StringComparison.Ordinal);
    }

    private static JsonElement WithoutMigrations(JsonElement data)
    {
        var old = JsonNode.Parse(data.GetRawText())!.AsObject();
        Assert.True(old.Remove("migrations"));
        return JsonDocument.Parse(old.ToJsonString()).RootElement;
    }

    private static string Staging(TestApp app) => Path.Combine(app.Folder, "staging.db");

    private static async Task VerifyAsync(TestApp app, string release)
    {
        app.Settings.Remove("ConnectionStrings:App");
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync(release)).Outcome);
    }

    private static async Task<(DeploymentResult Plan, DeploymentResult Up)> EnterAsync(TestApp app, string release)
    {
        app.Settings["ConnectionStrings:App"] = $"Data Source={Staging(app)};Pooling=False";
        var plan = await app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token), release, "Staging");
        return (plan, await app.UpAsync(release, "Staging"));
    }
}
