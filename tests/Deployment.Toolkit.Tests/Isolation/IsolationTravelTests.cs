using System.Text;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Isolation;

/// <summary>Environments on machines that share nothing but a key compare what they have by what a bundle carries.</summary>
public sealed class IsolationTravelTests : IDisposable
{
    private const string Release = "1.4.0+9fceb02d0ae598e95dc970b74767f19372d61af8";
    private const string Secret = "kW7q2Zp9-shared";
    private const string Key = "isolation-key-of-both-environments";

    private readonly SealedKey _key = SealedKey.Generate();
    private readonly string _way = Directory.CreateTempSubdirectory("dtk-way-").FullName;
    private readonly TestApp _staging = TestApp.WithMigrations();
    private readonly TestApp _production = TestApp.WithMigrations();

    public IsolationTravelTests()
    {
        foreach (var app in (TestApp[])[_staging, _production])
        {
            app.Settings["Payments:ApiKey"] = Secret;
            app.Settings["Search:Host"] = "search.example.org";
            app.Settings["Deployment:IsolationKey"] = Key;
            app.Configure = deployment => deployment
                .AddEnvironments(static e => e.Add("Staging").Add("Production", static p => p.PromotedFrom("Staging")))
                .TrustEvidenceOf("Staging", _key.PublicKey!)
                .AddIsolation(static i => i.KeyFrom("Deployment:IsolationKey"));
        }
    }

    public void Dispose()
    {
        _key.Dispose();
        _staging.Dispose();
        _production.Dispose();
        Directory.Delete(_way, recursive: true);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_bundle_carries_is_compared_under_the_shared_key_and_gives_no_value_away()
    {
        var bundle = await TravelAsync();
        var report = await ReportAsync();

        Assert.Equal("bundle", Assert.Single(report.Sides).Source);
        Assert.Equal(["shared-host Search:Host", "shared-secret Payments:ApiKey"], report.Findings.Select(static f => $"{f.Rule} {f.Subject}").Order());
        var text = string.Join('\n', bundle.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Payload));
        Assert.Contains("\"fingerprint\"", text, StringComparison.Ordinal);
        foreach (var value in (string[])[Secret, Key, "search.example.org"]) Assert.DoesNotContain(value, text, StringComparison.Ordinal);
        // Without the key a guess is no proof: it is the same under no hash that anybody could take.
        foreach (var hash in (byte[][])[System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Secret)), System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes("Secret\n" + Secret))])
            Assert.DoesNotContain(Convert.ToHexStringLower(hash)[..32], text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_another_key_nothing_is_compared_and_that_is_said()
    {
        await TravelAsync();
        _production.Settings["Deployment:IsolationKey"] = "another-key-of-this-environment-alone";

        var report = await ReportAsync();
        Assert.Contains("the key that its bundle's facts are under is not here", Assert.Single(report.Sides).Missing, StringComparison.Ordinal);
        Assert.Empty(report.Findings);
    }

    [Theory]
    [InlineData("short", "is too short")]
    [InlineData(null, "is not set")]
    public async Task A_key_that_could_be_guessed_or_is_not_there_is_refused(string? key, string why)
    {
        _production.Settings["Deployment:IsolationKey"] = key;
        var refused = await Assert.ThrowsAsync<DeploymentException>(() => ReportAsync());
        Assert.Contains(why, Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
    }

    private static string Payload(string line) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("payload").GetString()!));

    private async Task<string> TravelAsync()
    {
        var up = await _staging.UpAsync(Release, "Staging");
        Assert.True(up.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', up.Messages));
        var file = Path.Combine(_way, "staging.intoto.jsonl");
        using (var host = _staging.Build("Staging"))
        {
            var exported = await host.Services.GetRequiredService<DeploymentEvidence>().ExportAsync(new ExportEvidenceRequest { File = file, Key = _key }, Token);
            Assert.True(exported.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', exported.Messages));
        }

        using var production = _production.Build("Production");
        var imported = await production.Services.GetRequiredService<DeploymentEvidence>().ImportAsync(file, Release, Token);
        Assert.True(imported.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', imported.Messages));
        return await File.ReadAllTextAsync(file, Token);
    }

    private async Task<IsolationReport> ReportAsync()
    {
        using var host = _production.Build("Production");
        return await host.Services.GetRequiredService<DeploymentIsolation>().ReportAsync(Token);
    }


}
