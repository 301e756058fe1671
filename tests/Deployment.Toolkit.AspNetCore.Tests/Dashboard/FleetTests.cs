using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.AspNetCore.Tests.Dashboard;

/// <summary>What the pages say of hotfixes that are owed, of several databases, and of those of tenants.</summary>
public sealed class FleetTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hotfix_shows_until_what_it_skipped_has_followed()
    {
        using var fleet = new Fleet { Reason = "orders <b>are lost</b>" };
        await fleet.FillAsync();
        var overview = await OverviewAsync(fleet);
        Assert.Contains("What has to follow", overview, StringComparison.Ordinal);
        Assert.Contains("orders &lt;b&gt;are lost&lt;/b&gt;", overview, StringComparison.Ordinal);
        Assert.Contains("by carol@build-7. Skipped: promotion order", overview, StringComparison.Ordinal);
        Assert.Contains("Approved by: ben.", overview, StringComparison.Ordinal);
        Assert.Contains("in 2 d 23 h", overview, StringComparison.Ordinal);
        Assert.Contains("a promotion of 1.0.1 to", overview, StringComparison.Ordinal);
        Assert.DoesNotContain("hotfix overdue", overview, StringComparison.Ordinal);
        // It is ahead of what it is promoted from.
        Assert.DoesNotContain("pending</span>", overview, StringComparison.Ordinal);

        fleet.Later = TimeSpan.FromDays(4);
        overview = await OverviewAsync(fleet);
        Assert.Contains("hotfix overdue", overview, StringComparison.Ordinal);
        Assert.Contains("No further hotfix enters until then.", overview, StringComparison.Ordinal);

        fleet.Later = TimeSpan.Zero;
        fleet.Tenants.Remove("delta");
        File.Delete(fleet.PathOf("tenants/0003_extra.sql"));
        File.Delete(fleet.PathOf("tenants/0003_extra.down.sql"));
        Fleet.Expect(DeploymentOutcome.Succeeded, await fleet.UpAsync("Staging", "1.0.1"));
        Fleet.Expect(DeploymentOutcome.Succeeded, await fleet.PromoteAsync("1.0.1"));
        Assert.DoesNotContain("hotfix", await OverviewAsync(fleet), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_database_has_a_table_of_its_own_and_tenants_are_counted()
    {
        using var fleet = new Fleet();
        await fleet.FillAsync();
        await using var app = await fleet.ServeAsync("Staging");
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        // Another is out of reach since.
        var migrations = await client.GetStringAsync("/deployments/migrations", Token);
        foreach (var database in (string[])["App", "Audit", "Tenants"]) Assert.Contains($"aria-label=\"Migrations of {database}\"", migrations, StringComparison.Ordinal);
        Assert.Equal(3, migrations.Split("<table>").Length - 1);
        Assert.Contains("4 tenants: 0 applied in every one, 3 pending in some.", migrations, StringComparison.Ordinal);
        Assert.Contains("1 out of reach", migrations, StringComparison.Ordinal);
        Assert.Contains("<td>3 of 4</td>", migrations, StringComparison.Ordinal);

        var overview = await client.GetStringAsync("/deployments", Token);
        Assert.Contains("<strong>Audit</strong> 1 applied, 1 pending", overview, StringComparison.Ordinal);
        Assert.Contains("<strong>Tenants</strong>", overview, StringComparison.Ordinal);
        Assert.Contains("tenants: 3 taken back", overview, StringComparison.Ordinal);

        var failed = (await app.Services.GetRequiredService<DeploymentHistory>().GetRunsAsync("Staging", Token).ToListAsync(Token))[^1];
        var run = WebUtility.HtmlDecode(await client.GetStringAsync($"/deployments/runs/Staging/{failed.Id}", Token));
        Assert.Contains("<strong>3 tenants</strong> 2 pending each", run, StringComparison.Ordinal);
        Assert.Contains("table extra already exists", run, StringComparison.Ordinal);
        Assert.Contains("Schema of Audit", run, StringComparison.Ordinal);
        foreach (var tenant in (string[])["acme", "borealis", "cygnus"]) Assert.Contains($"<th scope=\"row\">{tenant}</th>", run, StringComparison.Ordinal);

        foreach (var page in (string[])["", "/migrations", "/next", "/runs", $"/runs/Staging/{failed.Id}"])
            Assert.DoesNotContain(Fleet.Canary, await (await client.GetAsync("/deployments" + page, Token)).Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_tenants_those_come_first_that_want_somebody()
    {
        var results = Enumerable.Range(0, 1_000).Select(static i => new TenantResult { Id = $"t{i}", Outcome = i == 999 ? TenantOutcome.Failed : TenantOutcome.Migrated, Migrations = 1, Error = i == 999 ? "no <room>" : null }).ToList();
        var shown = new AspNetCore.Dashboard.TenantParts(new AspNetCore.Dashboard.HtmlText(static text => text), static _ => "").Render(results, withEach: true).Text;
        Assert.Contains("Tenants: 999 migrated, 1 failed", shown, StringComparison.Ordinal);
        Assert.InRange(shown.IndexOf(">t999<", StringComparison.Ordinal), 0, shown.IndexOf(">t0<", StringComparison.Ordinal));
        Assert.Contains("no &lt;room&gt;", shown, StringComparison.Ordinal);
        Assert.Equal(101, shown.Split("<tr>").Length - 1);
        Assert.Contains("and 900 more", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gauge_tells_how_long_there_is_until_what_was_skipped_has_to_have_followed()
    {
        using var fleet = new Fleet();
        await fleet.FillAsync();
        var (hours, tags) = await ReadAsync(fleet);
        Assert.InRange(hours, 71, 72);
        Assert.Equal("production 1.0.1", tags);
        fleet.Later = TimeSpan.FromDays(4);
        Assert.InRange((await ReadAsync(fleet)).Hours, -25, -24);
    }

    private static async Task<(double Hours, string Tags)> ReadAsync(Fleet fleet)
    {
        var told = new List<(double, string)>();
        await using var app = await fleet.ServeAsync();
        var own = app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<Monitoring.HotfixMeter>().Single().Meter;
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (ReferenceEquals(instrument.Meter, own)) listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => told.Add((value / 3600, string.Join(' ', tags.ToArray().Select(static tag => tag.Value)))));
        listener.Start();
        listener.RecordObservableInstruments();
        return Assert.Single(told);
    }

    private static async Task<string> OverviewAsync(Fleet fleet)
    {
        await using var app = await fleet.ServeAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        return await client.GetStringAsync("/deployments", Token);
    }
}
