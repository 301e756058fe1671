using System.Collections.Concurrent;
using Deployment.Toolkit.Journal;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Journal;

public sealed class JournalAnchorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public async Task A_journal_that_was_cut_off_or_emptied_is_refused_by_every_verb(int records)
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        await CutAsync(app, records);

        var verified = await JournalKeyTests.VerifyAsync(app);
        Assert.Equal((DeploymentOutcome.Refused, "DTK7108"), (verified.Outcome, Assert.Single(verified.Messages).Code));
        Assert.Contains("head.json' knows it with", verified.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal("DTK7108", Assert.Single((await app.UpAsync("2.0.0")).Messages).Code);
    }

    [Fact]
    public async Task Without_the_head_beside_it_an_emptied_journal_is_missed_by_the_database()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        await CutAsync(app, int.MaxValue);
        File.Delete(JournalKeyTests.HeadFile(app));

        var verified = await JournalKeyTests.VerifyAsync(app);

        Assert.Equal((DeploymentOutcome.Refused, "DTK7108"), (verified.Outcome, Assert.Single(verified.Messages).Code));
        Assert.Contains("lacks runs that migrated the database", verified.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_is_missed_by_the_environment_that_took_the_release()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Settings["ConnectionStrings:App"] = $"Data Source={Path.Combine(app.Folder, "staging.db")};Pooling=False";
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync(environment: "Staging")).Outcome);
        app.Settings.Remove("ConnectionStrings:App");
        Assert.Contains("the journal of 'Staging'", (await JournalKeyTests.VerifyAsync(app)).Messages[0].Text, StringComparison.Ordinal);

        await CutAsync(app, 1);
        File.Delete(JournalKeyTests.HeadFile(app));

        var message = Assert.Single((await JournalKeyTests.VerifyAsync(app)).Messages);
        Assert.Equal("DTK7108", message.Code);
        Assert.Contains("the journal of 'Staging' knows it with", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anchor_of_the_apps_own_gets_every_head_and_misses_what_is_cut_off()
    {
        using var app = TestApp.WithMigrations();
        var anchor = new Remembering();
        app.Configure = deployment => deployment.AddJournalAnchor(anchor).AddJournalAnchor(anchor);
        await app.UpAsync();
        var records = JournalReader.Read(app.JournalFile()).Records;
        Assert.Equal((records.Count, records[^1].Hash), ((int)anchor.Heads["Development"].Records, anchor.Heads["Development"].Hash));
        var whole = Assert.Single((await JournalKeyTests.VerifyAsync(app)).Messages);
        Assert.Equal(MessageSeverity.Information, whole.Severity);
        Assert.Contains("anchor 'memory'", whole.Text, StringComparison.Ordinal);

        await CutAsync(app, 1);
        File.Delete(JournalKeyTests.HeadFile(app));

        Assert.Contains("anchor 'memory' knows it with", Assert.Single((await JournalKeyTests.VerifyAsync(app)).Messages).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anchor_that_fails_stops_no_deployment_and_is_named_by_verify_journal()
    {
        using var app = TestApp.WithMigrations();
        app.Configure = static deployment => deployment.AddJournalAnchor(new Failing());

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync()).Outcome);
        Assert.Contains((await JournalKeyTests.VerifyAsync(app)).Messages, static message => message.Text.Contains("Anchor 'broken' could not be asked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_journal_without_an_anchor_outside_is_not_said_to_be_more_than_it_can_prove()
    {
        using var app = new TestApp();
        await app.UpAsync();

        var message = Assert.Single((await JournalKeyTests.VerifyAsync(app)).Messages);

        Assert.Equal(MessageSeverity.Warning, message.Severity);
        Assert.Contains("No anchor outside its folder knows it", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_for_good_is_gone_on_without_on_a_persons_word()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_more", "CREATE TABLE more (id INTEGER);", "DROP TABLE more;");
        await CutAsync(app, 1);
        using (var host = app.Build())
            await host.Services.GetRequiredService<DeploymentHistory>().RenewJournalKeyAsync("Development", "the disk lost it", TestContext.Current.CancellationToken);

        Assert.Null(JournalReader.Read(app.JournalFile()).Fault);
    }

    private static async Task CutAsync(TestApp app, int records)
    {
        var lines = await File.ReadAllLinesAsync(app.JournalFile());
        await File.WriteAllTextAsync(app.JournalFile(), string.Concat(lines.SkipLast(Math.Min(records, lines.Length)).Select(static line => line + "\n")));
    }

    private sealed class Remembering : JournalAnchor
    {
        internal ConcurrentDictionary<string, AnchoredHead> Heads { get; } = new(StringComparer.Ordinal);

        public override string Name => "memory";

        public override Task KeepAsync(AnchoredHead head, CancellationToken cancellationToken)
        {
            Heads[head.Environment] = head;
            return Task.CompletedTask;
        }

        public override Task<AnchoredHead?> ReadAsync(string environment, CancellationToken cancellationToken) => Task.FromResult(Heads.GetValueOrDefault(environment));
    }

    private sealed class Failing : JournalAnchor
    {
        public override string Name => "broken";

        public override Task KeepAsync(AnchoredHead head, CancellationToken cancellationToken) => throw new InvalidOperationException("no bucket");

        public override Task<AnchoredHead?> ReadAsync(string environment, CancellationToken cancellationToken) => throw new InvalidOperationException("no bucket");
    }
}
