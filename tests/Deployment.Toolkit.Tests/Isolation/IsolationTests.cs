using Deployment.Toolkit.KillApp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Deployment.Toolkit.Tests.Isolation;

/// <summary>What an app declares of how its environments are kept apart, and what that keeps out.</summary>
public sealed class IsolationTests : IDisposable
{
    private const string Secret = "kW7q2Zp9-shared";

    private readonly TestApp _app = TestApp.WithMigrations();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
    private Action<IsolationBuilder>? _isolation = static _ => { };

    public IsolationTests()
    {
        _app.Clock = _clock;
        _app.Configure = deployment =>
        {
            deployment.AddEnvironments(static e => e.Add("Development").Add("Staging"));
            if (_isolation is not null) deployment.AddIsolation(_isolation);
        };
    }

    public void Dispose() => _app.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_shared_secret_keeps_a_release_out_as_a_gate_and_shows_in_check_and_plan()
    {
        _app.Settings["Payments:ApiKey"] = Secret;
        await UpAsync("Staging");
        var check = await _app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token));
        var plan = await _app.RunAsync(static (deployer, request, token) => deployer.PlanAsync(request, token));

        var told = Assert.Single(check.Messages, static m => m.Severity == MessageSeverity.Error);
        Assert.Equal("DTK7222", told.Code);
        Assert.Contains("Payments:ApiKey of 'Development' holds the same secret as Payments:ApiKey of 'Staging'", told.Text, StringComparison.Ordinal);
        Assert.Contains("'deploy isolation --environment Development'", told.Text, StringComparison.Ordinal);
        Assert.Equal(GateOutcome.Failed, Assert.Single(plan.Plan!.Gates, static gate => gate.Name == "isolation").Outcome);
        Assert.Equal(DeploymentOutcome.Refused, (await _app.UpAsync()).Outcome);
        Assert.Empty(_app.Tables());
        Assert.DoesNotContain(Secret, string.Join('\n', plan.Messages.Concat(check.Messages)), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, await File.ReadAllTextAsync(_app.JournalFile("staging"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_does_not_ask_for_it_is_asked_nothing_and_records_nothing_and_the_report_is_there_all_the_same()
    {
        _isolation = null;
        _app.Settings["Payments:ApiKey"] = Secret;
        await UpAsync("Staging");
        await UpAsync("Development");
        Assert.DoesNotContain("isolationObserved", await File.ReadAllTextAsync(_app.JournalFile("staging"), Token), StringComparison.Ordinal);

        // Nothing of Staging is on record, so its files are what is known of it; settings in memory are none of them.
        await File.WriteAllTextAsync(Path.Combine(_app.Folder, "appsettings.Staging.json"), $$"""{ "Search": { "Token": "{{Secret}}" } }""", Token);
        var report = await ReportAsync();
        var side = Assert.Single(report.Sides);
        Assert.Equal(("Staging", "files"), (side.Environment, side.Source));
        Assert.Contains("its databases and variables are not on record", side.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_declared_to_be_shared_is_shown_and_keeps_nothing_out()
    {
        _isolation = static i => i.Share("Mail", "one relay for all");
        _app.Settings["Mail:Host"] = "smtp.example.org";
        await UpAsync("Staging");
        await UpAsync("Development");

        var finding = Assert.Single((await ReportAsync()).Findings);
        Assert.Equal(("shared-host", "Mail:Host", IsolationState.Declared, "one relay for all"), (finding.Rule, finding.Subject, finding.State, finding.Because));
    }

    [Fact]
    public async Task A_waiver_lets_pass_until_its_day_is_over()
    {
        _isolation = static i => i.Waive("shared-host", "Mail:Host", new DateOnly(2026, 12, 2), "Anna Berg", "moves on Tuesday");
        _app.Settings["Mail:Host"] = "smtp.example.org";
        await UpAsync("Staging");
        var waived = Assert.Single((await ReportAsync()).Findings);
        Assert.Equal((IsolationState.Waived, "moves on Tuesday (Anna Berg, until 2026-12-02)"), (waived.State, waived.Because));
        await UpAsync("Development");

        _clock.Advance(TimeSpan.FromDays(3));
        var report = await ReportAsync();
        Assert.Equal(IsolationState.Open, Assert.Single(report.Findings).State);
        Assert.True(Assert.Single(report.Waivers).IsOver);
        Assert.Contains("was over on 2026-12-02", Assert.Single(report.Warnings, static m => m.Code == "DTK7423").Text, StringComparison.Ordinal);
        Assert.Equal(DeploymentOutcome.Refused, (await _app.UpAsync("2.0.0")).Outcome);
    }

    [Fact]
    public async Task A_waiver_that_matches_nothing_or_ends_too_late_is_told_and_the_latter_does_not_count()
    {
        _isolation = static i => i
            .Waive("shared-host", "Mail:Host", new DateOnly(2027, 12, 2), "Anna Berg", "some day")
            .Waive("shared-secret", "Nothing:There", new DateOnly(2026, 12, 2), "Anna Berg", "never was");
        _app.Settings["Mail:Host"] = "smtp.example.org";
        await UpAsync("Staging");

        var report = await ReportAsync();
        Assert.Equal(IsolationState.Open, Assert.Single(report.Findings).State);
        Assert.Contains(report.Warnings, static m => m.Text.Contains("ends on 2027-12-02, more than 90 days ahead", StringComparison.Ordinal));
        Assert.Contains(report.Warnings, static m => m.Text.Contains("shared-secret for Nothing:There", StringComparison.Ordinal) && m.Text.Contains("waives nothing that is found", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Search:Url", "https://SEARCH.prod.internal/v1")]
    [InlineData("Mail:Server", "a.b.prod.internal:25")]
    [InlineData("ConnectionStrings:Other", "Server=tcp:db.prod.internal,1433;Database=x;User Id=y;Password=zYxWvUt9")]
    [InlineData("ConnectionStrings:Both", "Host=one.example.org:5432,two.prod.internal:5432;Database=x")]
    public async Task A_host_that_is_denied_is_found_wherever_it_stands_and_nothing_waives_that(string key, string value)
    {
        _isolation = i => i.Never("Development", "*.prod.internal").Never("Staging", "*.example.org").Share(key, "no");
        _app.Settings[key] = value;

        var finding = Assert.Single((await ReportAsync()).Findings);
        Assert.Equal(("never", key, IsolationState.Open, "DTK7422"), (finding.Rule, finding.Subject, finding.State, finding.Message.Code));
        Assert.Throws<ArgumentException>(() => new IsolationBuilder(new Deployment.Toolkit.Isolation.DeclaredIsolation()).Waive("never", key, new DateOnly(2026, 12, 2), "Anna", "no"));
    }

    [Fact]
    public async Task A_slip_in_the_name_of_an_environment_that_is_denied_something_is_refused()
    {
        _isolation = static i => i.Never("Developmnt", "*.prod.internal");
        var refused = await Assert.ThrowsAsync<DeploymentException>(() => ReportAsync());
        Assert.Contains("Did you mean 'Development'?", Assert.Single(refused.Messages).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_of_another_environment_that_is_damaged_stops_nothing_and_is_told()
    {
        await UpAsync("Staging");
        await File.WriteAllTextAsync(_app.JournalFile("staging"), "what is this?\n{}\n", Token);
        Assert.Contains("its journal can't be read", Assert.Single((await ReportAsync()).Sides).Missing, StringComparison.Ordinal);
        await UpAsync("Development");
    }

    [Theory]
    [InlineData("Data:Path", "https.txt")]
    [InlineData("Search:Url", "https://localhost:9200")]
    [InlineData("ConnectionStrings:Other", "Data Source=cache.db")]
    [InlineData("ConnectionStrings:Local", "Host=127.0.0.1;Username=postgres;Password=postgres")]
    [InlineData("Mail:Host", "")]
    [InlineData("Uploads:Enabled", "true")]
    [InlineData("Payments:ApiKey", "<your key here>")]
    public async Task What_every_machine_has_or_nobody_filled_in_is_no_finding(string key, string value)
    {
        _app.Settings[key] = value;
        await UpAsync("Staging");
        Assert.Empty((await ReportAsync()).Findings);
    }

    [Fact]
    public async Task What_nobodys_name_tells_is_declared()
    {
        _isolation = static i => i.Counts(IsolationKind.Bucket, "Uploads:Where").Counts(IsolationKind.Host, "Peer");
        (_app.Settings["Uploads:Where"], _app.Settings["Peer"], _app.Settings["Else"]) = ("shop", "peer.example.org", "shop");
        await UpAsync("Staging");

        Assert.Equal(["shared-bucket Uploads:Where", "shared-host Peer"], (await ReportAsync()).Findings.Select(static f => $"{f.Rule} {f.Subject}").Order());
    }

    [Fact]
    public async Task On_record_are_fingerprints_under_the_journals_key_and_other_journals_have_others()
    {
        _app.Settings["Payments:ApiKey"] = Secret;
        await UpAsync("Staging");
        _app.Settings.Remove("Payments:ApiKey");
        await UpAsync("Development");
        _app.Settings["Payments:ApiKey"] = Secret;

        Assert.Contains((await ReportAsync()).Findings, static f => f.Rule == "shared-secret");
        File.Delete(Path.Combine(_app.Folder, ".deployment", "staging", "journal.key"));
        var report = await ReportAsync();
        Assert.Contains("the key that its journal's facts are under is not here", Assert.Single(report.Sides).Missing, StringComparison.Ordinal);
    }

    private async Task UpAsync(string environment)
    {
        var result = await _app.UpAsync(environment: environment);
        Assert.True(result.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', result.Messages));
    }

    private async Task<IsolationReport> ReportAsync(string environment = "Development")
    {
        using var host = _app.Build(environment);
        return await host.Services.GetRequiredService<DeploymentIsolation>().ReportAsync(Token);
    }
}
