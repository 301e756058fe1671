using System.Text;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Deployment.Toolkit.Tests.Evidence;

/// <summary>Staging and Production on machines that share nothing: between them there is a file, and keys that were declared beforehand.</summary>
public sealed class EvidenceTravelTests : IDisposable
{
    private const string Release = "1.4.0+9fceb02d0ae598e95dc970b74767f19372d61af8";

    private readonly SealedKey _key = SealedKey.Generate();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
    private readonly string _way = Directory.CreateTempSubdirectory("dtk-way-").FullName;
    private readonly TestApp _staging = TestApp.WithMigrations();
    private readonly TestApp _production = TestApp.WithMigrations();
    private string? _trusted;
    private Action<EnvironmentBuilder> _rules = static _ => { };

    public EvidenceTravelTests()
    {
        _trusted = _key.PublicKey;
        foreach (var app in (TestApp[])[_staging, _production])
        {
            app.Clock = _clock;
            app.Configure = deployment =>
            {
                deployment.AddEnvironments(e => e.Add("Test").Add("Staging").Add("Production", p => _rules(p.PromotedFrom("Staging"))));
                if (_trusted is not null) deployment.TrustEvidenceOf("Staging", _trusted);
            };
        }
    }

    public void Dispose()
    {
        _key.Dispose();
        _staging.Dispose();
        _production.Dispose();
        Directory.Delete(_way, recursive: true);
    }

    [Fact]
    public async Task A_release_enters_on_the_word_of_a_bundle_and_not_without_it()
    {
        await UpAsync(_staging, "Staging", DeploymentOutcome.Succeeded);
        var before = await UpAsync(_production, "Production", DeploymentOutcome.Refused);
        var imported = await ImportAsync(await ExportAsync());
        var after = await UpAsync(_production, "Production", DeploymentOutcome.Succeeded);

        Assert.Equal("DTK7010", Assert.Single(before.Messages).Code);
        Assert.Equal(DeploymentOutcome.Succeeded, imported.Outcome);
        var gate = Assert.Single(after.Run!.Plan!.Gates, static gate => gate.Name == "promotion order");
        Assert.Contains("on the word of key 'declared in the app'", gate.Reason, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_production.Folder, ".deployment", "staging")));
        using var host = _production.Build("Production");
        var verified = await host.Services.GetRequiredService<DeploymentHistory>().VerifyJournalAsync("Production", TestContext.Current.CancellationToken);
        Assert.Equal(DeploymentOutcome.Succeeded, verified.Outcome);
    }

    [Fact]
    public async Task Another_release_another_build_or_another_environment_gains_nothing_by_it()
    {
        await UpAsync(_staging, "Staging", DeploymentOutcome.Succeeded);
        var bundle = await ExportAsync();
        Refused(await ImportAsync(bundle, "1.4.1+9fceb02d0ae598e95dc970b74767f19372d61af8"), "is about release 1.4.0+9fceb02d0a, and this is 1.4.1+9fceb02d0a");
        Refused(await ImportAsync(bundle, "1.4.0+0000000000"), "is about release");
        Assert.Equal(DeploymentOutcome.Succeeded, (await ImportAsync(bundle)).Outcome);
        Assert.Equal("DTK7010", Assert.Single((await UpAsync(_production, "Production", DeploymentOutcome.Refused, "1.4.1")).Messages).Code);

        // The same version and commit, built with another migration.
        _production.Migration("0002_more", "CREATE TABLE more (id INTEGER);", "DROP TABLE more;");
        var other = Assert.Single((await UpAsync(_production, "Production", DeploymentOutcome.Refused)).Messages);
        Assert.Contains("is about another build of it: migration 0002 was not in it", other.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_speaks_for_its_environment_alone()
    {
        _trusted = null;
        await UpAsync(_staging, "Test", DeploymentOutcome.Succeeded);
        var ofTest = await ExportAsync("Test");
        await KeyAsync(evidence => evidence.AddKeyAsync("ci", "Test", _key.PublicKey!, Token), DeploymentOutcome.Succeeded);
        Refused(await ImportAsync(ofTest), "is of 'Test', and 'Production' is promoted from 'Staging'");
        await UpAsync(_staging, "Staging", DeploymentOutcome.Succeeded);
        Refused(await ImportAsync(await ExportAsync()), "speaks for 'Staging', for which its key is not trusted");
    }

    [Fact]
    public async Task A_key_that_nobody_trusts_counts_for_nothing_and_one_that_is_taken_out_no_more()
    {
        _trusted = null;
        await UpAsync(_staging, "Staging", DeploymentOutcome.Succeeded);
        var bundle = await ExportAsync();
        Refused(await ImportAsync(bundle), "no key that is trusted signed line 1");
        await KeyAsync(evidence => evidence.AddKeyAsync("ci", "Staging", _key.PublicKey!, Token), DeploymentOutcome.Succeeded);
        await KeyAsync(evidence => evidence.AddKeyAsync("ci", "staging", _key.PublicKey!, Token), DeploymentOutcome.NothingToDo);
        Assert.Equal(DeploymentOutcome.Succeeded, (await ImportAsync(bundle)).Outcome);
        await KeyAsync(evidence => evidence.RemoveKeyAsync("ci", "Staging", Token), DeploymentOutcome.Succeeded);
        var refused = Assert.Single((await UpAsync(_production, "Production", DeploymentOutcome.Refused)).Messages);
        Assert.Contains("was signed with key 'ci', which is trusted no more", refused.Text, StringComparison.Ordinal);
        await KeyAsync(evidence => evidence.RemoveKeyAsync("ci", "Staging", Token), DeploymentOutcome.Refused);
    }

    [Fact]
    public async Task It_is_good_for_a_while_when_it_is_imported_and_when_it_is_used()
    {
        await UpAsync(_staging, "Staging", DeploymentOutcome.Succeeded);
        var bundle = await ExportAsync();
        _clock.Advance(TimeSpan.FromDays(13));
        Assert.Equal(DeploymentOutcome.Succeeded, (await ImportAsync(bundle)).Outcome);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Contains("was good until 2026-12-14 12:00 UTC", Assert.Single((await UpAsync(_production, "Production", DeploymentOutcome.Refused)).Messages).Text, StringComparison.Ordinal);

        var late = await ExportAsync();
        _clock.Advance(TimeSpan.FromDays(14));
        Refused(await ImportAsync(late), "was good until 2026-12-28 12:00 UTC");
        var early = await ExportAsync();
        _clock.SetUtcNow(_clock.GetUtcNow());
        Assert.Equal(DeploymentOutcome.Succeeded, (await ImportAsync(early)).Outcome);
    }

    [Fact]
    public async Task An_older_one_cannot_be_played_again_and_the_same_one_changes_nothing()
    {
        await UpAsync(_staging, "Staging", DeploymentOutcome.Succeeded);
        var (first, second, third) = (await ExportAsync(), await ExportAsync(), await ExportAsync());
        Assert.DoesNotContain("there were others", Told(await ImportAsync(first)), StringComparison.Ordinal);
        Assert.Contains("there were others", Told(await ImportAsync(third)), StringComparison.Ordinal);
        var records = await File.ReadAllTextAsync(_production.JournalFile("production"), Token);
        Assert.Equal(DeploymentOutcome.NothingToDo, (await ImportAsync(third)).Outcome);
        Refused(await ImportAsync(second), "is older than the one of 'Staging' that was imported last");
        Refused(await ImportAsync(first), "is older than the one of 'Staging' that was imported last");
        Assert.Equal(Count(records), Count(await File.ReadAllTextAsync(_production.JournalFile("production"), Token)));

        static int Count(string text) => text.Split("\"kind\":\"evidenceImported\"").Length;
    }

    [Fact]
    public async Task A_release_that_is_on_hold_there_is_on_hold_here_from_the_next_bundle_on()
    {
        await UpAsync(_staging, "Staging", DeploymentOutcome.Succeeded, "1.3.0");
        await UpAsync(_staging, "Staging", DeploymentOutcome.Succeeded);
        Assert.Equal(DeploymentOutcome.Succeeded, (await ImportAsync(await ExportAsync())).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await _staging.RunAsync(static (deployer, request, token) => deployer.RollbackAsync(request with { AcceptDataLoss = true }, token), environment: "Staging")).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await ImportAsync(await ExportAsync(), "1.3.0")).Outcome);
        Assert.Contains("on hold", Assert.Single((await UpAsync(_production, "Production", DeploymentOutcome.Refused)).Messages).Text, StringComparison.Ordinal);
        using var host = _staging.Build("Staging");
        Assert.Contains("is on hold in 'Staging'", Told(await host.Services.GetRequiredService<DeploymentEvidence>().ExportAsync(Request("held", Release), Token)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_tests_said_and_how_long_it_was_live_there_counts_for_the_gates_here()
    {
        _rules = static p => p.Soak(TimeSpan.FromHours(2)).RequireTests("unit");
        await UpAsync(_staging, "Staging", DeploymentOutcome.Succeeded);
        var results = Path.Combine(_way, "results.xml");
        await File.WriteAllTextAsync(results, "<testsuite><testcase name='a'/></testsuite>", Token);
        using (var host = _staging.Build("Staging"))
            await host.Services.GetRequiredService<DeploymentEvidence>().AddTestsAsync(new AddTestsRequest { Suite = "unit", File = results, Release = Release }, Token);
        _clock.Advance(TimeSpan.FromHours(1));
        await ImportAsync(await ExportAsync());
        var early = await UpAsync(_production, "Production", DeploymentOutcome.Refused);
        _clock.Advance(TimeSpan.FromHours(1));
        await ImportAsync(await ExportAsync());
        var late = await UpAsync(_production, "Production", DeploymentOutcome.Succeeded);

        Assert.Contains("Import one that was made from 2026-11-30 14:00 UTC on.", Assert.Single(early.Messages).Text, StringComparison.Ordinal);
        Assert.Contains(late.Run!.Plan!.Gates, static gate => gate is { Name: "tests", Outcome: GateOutcome.Passed });
        Assert.Contains(late.Run!.Plan!.Gates, static gate => gate is { Name: "soak", Outcome: GateOutcome.Passed });
    }

    [Fact]
    public async Task A_bundle_of_which_a_bit_was_changed_changes_nothing()
    {
        await UpAsync(_staging, "Staging", DeploymentOutcome.Succeeded);
        var bundle = await ExportAsync();
        var bytes = await File.ReadAllBytesAsync(bundle, Token);
        for (var bit = 3; bit < bytes.Length * 8; bit += bytes.Length * 8 / FullRun.Times(10, full: 200))
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(bundle, bytes, Token);
            Assert.Equal((DeploymentOutcome.Refused, "DTK7232"), (await ImportAsync(bundle)) is var result ? (result.Outcome, Assert.Single(result.Messages).Code) : default);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Refused(await ImportAsync(Path.Combine(_way, "none")), "can't be read");
        Refused(await ImportAsync(Path.Combine(_way, "none")), "Name one that 'deploy evidence export FILE --environment Staging' wrote.");
        await UpAsync(_production, "Production", DeploymentOutcome.Refused);
    }

    [Fact]
    public async Task Nothing_is_vouched_for_that_is_not_verified_and_nothing_without_a_key()
    {
        using var host = _staging.Build("Staging");
        var evidence = host.Services.GetRequiredService<DeploymentEvidence>();
        Assert.Contains("has no verified release yet", Told(await evidence.ExportAsync(Request("x"), Token)), StringComparison.Ordinal);
        await UpAsync(_staging, "Staging", DeploymentOutcome.Succeeded);
        Assert.Contains("Release 9.9.9 is not verified", Told(await evidence.ExportAsync(Request("x", "9.9.9"), Token)), StringComparison.Ordinal);
        using var words = SealedKey.FromPassphrase(new Secret("six words that are long enough"));
        Assert.Throws<InvalidOperationException>(() => words.Export());
        Assert.False(File.Exists(Path.Combine(_way, "x")));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Told(DeploymentResult result) => string.Join('\n', result.Messages.Select(static message => message.Text));

    private static void Refused(DeploymentResult result, string why)
    {
        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        var message = Assert.Single(result.Messages);
        Assert.Equal("DTK7232", message.Code);
        Assert.Contains(why, message.Text, StringComparison.Ordinal);
    }

    private static async Task<DeploymentResult> UpAsync(TestApp app, string environment, DeploymentOutcome outcome, string release = Release)
    {
        var result = await app.UpAsync(release, environment);
        Assert.True(result.Outcome == outcome, $"{result.Outcome}: {Told(result)}");
        return result;
    }

    private ExportEvidenceRequest Request(string name, string? release = null) => new() { File = Path.Combine(_way, name), Key = _key, Release = release };

    private async Task<string> ExportAsync(string environment = "Staging")
    {
        _clock.Advance(TimeSpan.FromTicks(1));
        using var host = _staging.Build(environment);
        var request = Request($"{Directory.GetFiles(_way).Length}.intoto.jsonl");
        var result = await host.Services.GetRequiredService<DeploymentEvidence>().ExportAsync(request, Token);
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, Told(result));
        return request.File;
    }

    private async Task<DeploymentResult> ImportAsync(string file, string release = Release)
    {
        using var host = _production.Build("Production");
        return await host.Services.GetRequiredService<DeploymentEvidence>().ImportAsync(file, release, Token);
    }

    private async Task KeyAsync(Func<DeploymentEvidence, Task<DeploymentResult>> change, DeploymentOutcome outcome)
    {
        using var host = _production.Build("Production");
        var result = await change(host.Services.GetRequiredService<DeploymentEvidence>());
        Assert.True(result.Outcome == outcome, Told(result));
    }
}
