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

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(int.MaxValue, false)]
    [InlineData(int.MaxValue, true)]
    public async Task Without_the_head_beside_it_what_is_cut_off_is_missed_by_the_database(int records, bool isKeyGone)
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var whole = ReadJournal.Of(app.JournalFile()).Records;
        await CutAsync(app, records);
        File.Delete(JournalKeyTests.HeadFile(app));
        if (isKeyGone) File.Delete(JournalKeyTests.KeyFile(app));

        var verified = await JournalKeyTests.VerifyAsync(app);

        Assert.Equal((DeploymentOutcome.Refused, "DTK7108"), (verified.Outcome, Assert.Single(verified.Messages).Code));
        Assert.Contains($"the database's history knows it with {whole.Count} records, the last with hash {whole[^1].Hash[..12]}…", verified.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_was_put_back_from_before_is_missed_by_the_database()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var copy = Path.Combine(app.Folder, "copy");
        Copy(Path.GetDirectoryName(app.JournalFile())!, copy);
        // It changes nothing in the schema, by which every verb would see it.
        await app.UpAsync("2.0.0");
        Copy(copy, Path.GetDirectoryName(app.JournalFile())!);

        var message = Assert.Single((await JournalKeyTests.VerifyAsync(app)).Messages);

        Assert.Equal("DTK7108", message.Code);
        Assert.Contains("the database's history knows it with", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_in_anothers_place_is_missed_by_the_database()
    {
        using var app = TestApp.WithMigrations();
        using var other = TestApp.WithMigrations();
        await app.UpAsync();
        await other.UpAsync();
        Copy(Path.GetDirectoryName(other.JournalFile())!, Path.GetDirectoryName(app.JournalFile())!);

        var verified = await JournalKeyTests.VerifyAsync(app);

        Assert.Equal((DeploymentOutcome.Refused, "DTK7415"), (verified.Outcome, Assert.Single(verified.Messages).Code));
        Assert.Contains("is not the one that the database was migrated under", verified.Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kill_before_anything_outside_was_told_is_no_alarm()
    {
        using var app = TestApp.WithMigrations();
        var anchor = new Remembering();
        app.Configure = deployment => deployment.AddJournalAnchor(anchor);
        await app.UpAsync();
        var (head, database, records) = (await File.ReadAllBytesAsync(JournalKeyTests.HeadFile(app)), await File.ReadAllBytesAsync(app.Database), ReadJournal.Of(app.JournalFile()).Records.Count);
        var kept = anchor.Heads.ToArray();
        await app.UpAsync("2.0.0");
        // What stood outside when the process died behind its last append.
        await File.WriteAllBytesAsync(JournalKeyTests.HeadFile(app), head);
        await File.WriteAllBytesAsync(app.Database, database);
        anchor.Heads["Development"] = kept[0].Value;

        var verified = await JournalKeyTests.VerifyAsync(app);

        Assert.Equal(DeploymentOutcome.Succeeded, verified.Outcome);
        var message = Assert.Single(verified.Messages);
        Assert.Contains($"anchor 'memory' ({records} records)", message.Text, StringComparison.Ordinal);
        Assert.Contains($"the database's history ({records} records, 1 migrations)", message.Text, StringComparison.Ordinal);
        Assert.Contains($"head.json' ({records} records)", message.Text, StringComparison.Ordinal);
        Assert.Contains("What was written after the last of these is vouched for by the key alone", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_goes_on_while_anchors_are_asked_is_no_alarm()
    {
        using var app = TestApp.WithMigrations();
        var anchor = new Remembering();
        app.Configure = deployment => deployment.AddJournalAnchor(anchor);
        await app.UpAsync();
        anchor.OnRead = async () =>
        {
            anchor.OnRead = static () => Task.CompletedTask;
            Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
        };

        Assert.Equal(DeploymentOutcome.Succeeded, (await JournalKeyTests.VerifyAsync(app)).Outcome);
    }

    [Fact]
    public async Task A_history_from_before_heads_were_kept_is_read_and_keeps_them_from_the_next_run_on()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        foreach (var column in (string[])["head_records", "head_hash"]) app.Scalar($"ALTER TABLE deployment_migrations DROP COLUMN {column}");
        Assert.Contains("how many records there were was not kept yet", Assert.Single((await JournalKeyTests.VerifyAsync(app)).Messages).Text, StringComparison.Ordinal);

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);

        Assert.Contains($"the database's history ({ReadJournal.Of(app.JournalFile()).Records.Count} records, 1 migrations)", Assert.Single((await JournalKeyTests.VerifyAsync(app)).Messages).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_changed_nothing_leaves_the_database_as_it_was()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var before = await File.ReadAllBytesAsync(app.Database);
        app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Unhealthy();

        Assert.NotEqual(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);

        Assert.Equal(before, await File.ReadAllBytesAsync(app.Database));
        app.Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckResult.Healthy();
        Assert.Equal(DeploymentOutcome.Succeeded, (await JournalKeyTests.VerifyAsync(app)).Outcome);
    }

    [Theory]
    [InlineData("{\"journal\":null,\"records\":-1,\"hash\":\"x\"}", "DTK7108")]
    [InlineData("{\"journal\":null,\"records\":9223372036854775807,\"hash\":\"\"}", "DTK7108")]
    [InlineData("{\"journal\":null,\"records\":1,\"hash\":null}", null)]
    [InlineData("no json", null)]
    public async Task A_head_that_somebody_wrote_is_compared_or_left_out_and_breaks_nothing(string head, string? code)
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        await File.WriteAllTextAsync(JournalKeyTests.HeadFile(app), head);

        var verified = await JournalKeyTests.VerifyAsync(app);

        Assert.Equal(code ?? "DTK7101", Assert.Single(verified.Messages).Code);
        Assert.Equal(code is null ? DeploymentOutcome.Succeeded : DeploymentOutcome.Refused, verified.Outcome);
    }

    [Fact]
    public async Task A_database_that_was_taken_over_is_no_alarm()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        Directory.Delete(Path.GetDirectoryName(app.JournalFile())!, recursive: true);
        Assert.Equal("DTK7419", Assert.Single((await app.UpAsync()).Messages).Code);
        using (var host = app.Build())
            Assert.Equal(DeploymentOutcome.Succeeded, (await host.Services.GetRequiredService<DeploymentDatabase>().TakeOverAsync("begun anew", TestContext.Current.CancellationToken)).Outcome);

        Assert.Equal(DeploymentOutcome.Succeeded, (await JournalKeyTests.VerifyAsync(app)).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await JournalKeyTests.VerifyAsync(app)).Outcome);
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
        var records = ReadJournal.Of(app.JournalFile()).Records;
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
        // The record of the last lock goes, too, whose number stands in the database.
        var anchor = new Remembering();
        app.Configure = deployment => deployment.AddJournalAnchor(anchor);
        await app.UpAsync("2.0.0");
        var records = ReadJournal.Of(app.JournalFile()).Records;
        await CutAsync(app, records.Count - records.ToList().FindLastIndex(static record => record.Kind == JournalKinds.LockTaken));
        using (var host = app.Build())
            await host.Services.GetRequiredService<DeploymentHistory>().RenewJournalKeyAsync("Development", "the disk lost it", TestContext.Current.CancellationToken);

        Assert.Null(ReadJournal.Of(app.JournalFile()).Fault);
        var verified = await JournalKeyTests.VerifyAsync(app);
        Assert.Equal((DeploymentOutcome.Succeeded, MessageSeverity.Warning), (verified.Outcome, verified.Messages[0].Severity));

        using (var host = app.Build())
            Assert.Equal(DeploymentOutcome.Succeeded, (await host.Services.GetRequiredService<DeploymentDatabase>().TakeOverAsync("the journal lost it", TestContext.Current.CancellationToken)).Outcome);
        app.Migration("0003_last", "CREATE TABLE last (id INTEGER);", "DROP TABLE last;");
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("3.0.0")).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await JournalKeyTests.VerifyAsync(app)).Outcome);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
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

        internal Func<Task> OnRead { get; set; } = static () => Task.CompletedTask;

        public override async Task<AnchoredHead?> ReadAsync(string environment, CancellationToken cancellationToken)
        {
            await OnRead();
            return Heads.GetValueOrDefault(environment);
        }
    }

    private sealed class Failing : JournalAnchor
    {
        public override string Name => "broken";

        public override Task KeepAsync(AnchoredHead head, CancellationToken cancellationToken) => throw new InvalidOperationException("no bucket");

        public override Task<AnchoredHead?> ReadAsync(string environment, CancellationToken cancellationToken) => throw new InvalidOperationException("no bucket");
    }
}
