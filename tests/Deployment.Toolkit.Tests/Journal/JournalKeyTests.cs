using System.Text.Json;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Steps;
using Deployment.Toolkit.Tests.Platform;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Journal;

public sealed class JournalKeyTests
{
    private const string OldKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    private const string Token = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

    [Fact]
    public async Task Every_record_carries_a_mac_and_no_record_holds_its_key()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();

        var content = ReadJournal.Of(app.JournalFile());

        Assert.Null(content.Fault);
        Assert.All(content.Records, static record => Assert.True(record.IsAuthentic));
        var key = (await File.ReadAllTextAsync(KeyFile(app))).Split(' ')[1];
        var text = await File.ReadAllTextAsync(app.JournalFile());
        Assert.Equal(64, key.Length);
        Assert.DoesNotContain(key, text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(content.Trust.Key!.Fingerprints, text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_record_written_without_the_key_is_refused_by_every_verb(bool hasMac)
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var content = ReadJournal.Of(app.JournalFile());
        var foreign = hasMac ? JournalKey.Make(OldKey, 0, JournalLine.NoHash) : null;
        var last = content.Records[^1];
        var forged = JournalLine.Write(
            last.Sequence + 1, last.Time, last.Fence, null, JournalKinds.HoldReleased, new HoldReleased(new Release("1.0.0"), "mine", "me"), JournalJson.Default.HoldReleased, last.Hash, foreign);
        await AppendAsync(app, forged);

        var message = Assert.Single((await app.UpAsync("2.0.0")).Messages);
        Assert.Equal(("DTK7107", (int)last.Sequence + 1), (message.Code, message.Line));
        Assert.Equal("DTK7107", Assert.Single((await VerifyAsync(app)).Messages).Code);
    }

    [Fact]
    public async Task A_key_file_that_is_not_there_agrees_with_nothing()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        Assert.Contains("and the key's file. What was written after the last of these is vouched for by the key alone.", Assert.Single((await VerifyAsync(app)).Messages).Text, StringComparison.Ordinal);
        File.Delete(Path.Combine(app.Folder, ".deployment", "development", "journal.key"));

        var text = Assert.Single((await VerifyAsync(app)).Messages).Text;

        Assert.Contains("carry a MAC of a key that is not here", text, StringComparison.Ordinal);
        Assert.Contains("head.json' (16 records). Nothing vouches", text, StringComparison.Ordinal);
        Assert.DoesNotContain("the key's file", text, StringComparison.Ordinal);

        File.Delete(Path.Combine(app.Folder, ".deployment", "development", "head.json"));
        Assert.DoesNotContain("and in it", Assert.Single((await VerifyAsync(app)).Messages).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_under_a_key_that_is_not_here_are_read_and_nothing_is_written_after_them()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var content = ReadJournal.Of(app.JournalFile());
        var foreign = JournalKey.Make(OldKey, 0, JournalLine.NoHash);
        var last = content.Records[^1];
        await AppendAsync(app, JournalLine.Write(
            last.Sequence + 1, last.Time, last.Fence + 1, null, JournalKinds.LockTaken, new LockTaken("up", new JournalHolder("eve", "there", 1, last.Time), KeyId: foreign.Id), JournalJson.Default.LockTaken, last.Hash, foreign));

        Assert.Equal("DTK7109", Assert.Single((await app.UpAsync("2.0.0")).Messages).Code);
        Assert.Contains("1 carry a MAC of a key that is not here", Assert.Single((await VerifyAsync(app)).Messages).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_from_before_keys_is_read_said_to_be_so_and_goes_on_under_one()
    {
        using var app = TestApp.WithMigrations();
        app.Settings["Mail:From"] = "a@example.org";
        await app.UpAsync();
        await MakeOldAsync(app);

        var before = Assert.Single((await VerifyAsync(app)).Messages);
        Assert.Equal(MessageSeverity.Warning, before.Severity);
        Assert.Contains("were written before there was a key and carry no MAC", before.Text, StringComparison.Ordinal);
        // The same configuration is still known as the same.
        Assert.Equal(DeploymentOutcome.NothingToDo, (await app.UpAsync()).Outcome);

        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);

        var content = ReadJournal.Of(app.JournalFile());
        Assert.Null(content.Fault);
        Assert.True(content.Trust is { WithoutMac: > 0, Authentic: > 0 });
    }

    [Fact]
    public async Task An_old_journal_in_the_place_of_one_with_a_key_is_refused()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var key = await File.ReadAllBytesAsync(KeyFile(app));
        await MakeOldAsync(app);
        await File.WriteAllBytesAsync(KeyFile(app), key);

        Assert.Equal("DTK7107", Assert.Single((await app.UpAsync("2.0.0")).Messages).Code);
    }

    [Fact]
    public async Task Without_its_key_a_journal_is_read_compares_nothing_and_goes_on_only_on_a_persons_word()
    {
        using var app = TestApp.WithMigrations();
        app.Settings["Mail:Relay"] = "smtp.example.org";
        await app.UpAsync();
        File.Delete(KeyFile(app));

        Assert.Equal("DTK7109", Assert.Single((await app.UpAsync("2.0.0")).Messages).Code);
        using (var host = app.Build())
        {
            var history = host.Services.GetRequiredService<DeploymentHistory>();
            Assert.Equal("1.0.0", (await history.GetStatusAsync("Development"))[0].Release?.Version);
            var changes = (await host.Services.GetRequiredService<ConfigurationInspector>().CompareAsync("1.0.0", "Development")).Changes;
            Assert.NotEmpty(changes);
            Assert.All(changes, static change => Assert.Equal(ConfigurationChangeKind.Unknown, change.Kind));

            var renewed = await history.RenewJournalKeyAsync("Development", "the disk is gone", TestContext.Current.CancellationToken);
            Assert.Equal(DeploymentOutcome.Succeeded, renewed.Outcome);
        }

        var result = await app.UpAsync("2.0.0");
        Assert.Equal(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Empty(result.Plan!.Configuration.Changed);
        Assert.NotEmpty(result.Plan!.Configuration.CannotCompare);
        Assert.Contains("the disk is gone", await File.ReadAllTextAsync(app.JournalFile()), StringComparison.Ordinal);
        Assert.Contains("carry a MAC of a key that is not here", (await VerifyAsync(app)).Messages[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_journal_keeps_values_of_declared_keys_that_no_form_calls_a_secret_and_no_others()
    {
        using var app = TestApp.WithMigrations();
        app.Settings["Shop:Title"] = "declared-and-plain";
        app.Settings["Shop:Note"] = Token;
        app.Settings["Shop:Code"] = "marked-by-attribute";
        app.Settings["Other:Title"] = "nobody-declared-this";
        app.Configure = static deployment => deployment.AddValidatedOptions<Shop>("Shop");
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync()).Outcome);

        var text = await File.ReadAllTextAsync(app.JournalFile());

        Assert.Contains("declared-and-plain", text, StringComparison.Ordinal);
        Assert.Contains("\"Other:Title\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, text, StringComparison.Ordinal);
        Assert.DoesNotContain("marked-by-attribute", text, StringComparison.Ordinal);
        Assert.DoesNotContain("nobody-declared-this", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_step_depends_on_is_hashed_under_the_journals_own_key()
    {
        var hashes = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 2; i++)
        {
            using var app = TestApp.WithMigrations();
            app.Configure = static deployment => deployment.AddCommandStep("call", "true", ["--pin=4711"]);
            var run = await app.UpAsync();
            hashes.Add(Assert.Single(run.Plan!.Steps, static step => step.Name == "call").InputHash!);
        }

        Assert.Equal(2, hashes.Count);
        Assert.All(hashes, static hash => Assert.Equal(64, hash.Length));
    }

    [Fact]
    public async Task A_process_that_an_unproven_record_names_is_not_ended()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), RunningCommand.Windows);
        using var stranger = new RunningCommand(RunningCommand.Shell("echo up; exec sleep 60"));
        await stranger.SaysAsync("up");
        var id = await stranger.Identity;
        var step = new CommandStep("call", ["true"], new CommandStepOptions(), Path.GetTempPath(), TimeProvider.System);
        var plan = new DeploymentPlan { Kind = RunKind.Up, Environment = "Development", Release = new Release("1.0.0") };
        var data = new Dictionary<string, string> { ["process"] = FormattableString.Invariant($"{id.GroupId} {id.StartToken}") };
        var context = new StepContext(plan, new DeploymentEnvironment("Development"), "run", data) { Unproven = new HashSet<string> { "process" } };

        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => step.ProbeAsync(context, TestContext.Current.CancellationToken));

        Assert.Equal((DeploymentOutcome.NeedsAttention, "DTK7110"), (refusal.Outcome, refusal.Messages[0].Code));
        Assert.True(ProcessGroup.IsAlive(id));
        await step.ProbeAsync(new StepContext(plan, new DeploymentEnvironment("Development"), "run", data), TestContext.Current.CancellationToken);
        Assert.False(ProcessGroup.IsAlive(id));
    }

    [Fact]
    public async Task A_process_of_another_user_is_not_ended()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv"), "Only root runs something as somebody else.");
        using var stranger = new RunningCommand(RunningCommand.Shell("exec setpriv --reuid 65534 --clear-groups sh -c 'echo up; exec sleep 60'"));
        await stranger.SaysAsync("up");
        var id = await stranger.Identity;
        var step = new CommandStep("call", ["true"], new CommandStepOptions(), Path.GetTempPath(), TimeProvider.System);
        var plan = new DeploymentPlan { Kind = RunKind.Up, Environment = "Development", Release = new Release("1.0.0") };
        var context = new StepContext(plan, new DeploymentEnvironment("Development"), "run", new Dictionary<string, string> { ["process"] = FormattableString.Invariant($"{id.GroupId} {id.StartToken}") });

        var refusal = await Assert.ThrowsAsync<DeploymentException>(() => step.ProbeAsync(context, TestContext.Current.CancellationToken));

        Assert.Equal("DTK7110", refusal.Messages[0].Code);
        Assert.True(ProcessGroup.IsAlive(id));
        await stranger.CancelAsync();
    }

    [Fact]
    public async Task Notes_of_records_without_a_mac_are_told_from_those_that_the_key_vouches_for()
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        var records = ReadJournal.Of(app.JournalFile()).Records;
        var step = Assert.Single(EnvironmentLedger.From(records).Runs).Steps.First(static step => step.Data.Count > 0);
        Assert.Empty(step.Unproven);

        var unproven = Assert.Single(EnvironmentLedger.From(records.Select(static record => record with { IsAuthentic = false })).Runs).Find(step.Planned.Name)!;
        Assert.NotEmpty(unproven.Unproven);
    }

    [Fact]
    public void Everybody_on_whose_behalf_a_command_ran_is_named()
    {
        var holder = new JournalHolder("root", "web1", 1, DateTimeOffset.UnixEpoch) { SudoUser = "anna", CiIdentity = "GITHUB_ACTOR=bert" };

        Assert.Equal("root@web1 (sudo by anna) (for GITHUB_ACTOR=bert)", holder.Operator);
        Assert.StartsWith(holder.Operator, holder.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"sudoUser\":\"anna\"", JsonSerializer.Serialize(new LockTaken("up", holder), JournalJson.Default.LockTaken), StringComparison.Ordinal);
    }

    internal static string KeyFile(TestApp app) => Path.Combine(Path.GetDirectoryName(app.JournalFile())!, JournalKey.FileName);

    internal static string HeadFile(TestApp app) => Path.Combine(Path.GetDirectoryName(app.JournalFile())!, "head.json");

    internal static async Task<DeploymentResult> VerifyAsync(TestApp app, string environment = "Development")
    {
        using var host = app.Build();
        return await host.Services.GetRequiredService<DeploymentHistory>().VerifyJournalAsync(environment, TestContext.Current.CancellationToken);
    }

    private static async Task AppendAsync(TestApp app, byte[] line)
    {
        await using var stream = new FileStream(app.JournalFile(), FileMode.Append);
        await stream.WriteAsync(line);
    }

    /// <summary>Writes the journal anew as it was written before there were keys: the fingerprints' key in the first record, and no MAC.</summary>
    private static async Task MakeOldAsync(TestApp app)
    {
        RecordedConfiguration recorded;
        using (var host = app.Build()) recorded = host.Services.GetRequiredService<ConfigurationRecorder>().Take(OldKey) with { KeyId = null };
        var bytes = new List<byte>();
        var hash = JournalLine.NoHash;
        foreach (var record in ReadJournal.Of(app.JournalFile()).Records)
        {
            var line = record.Kind switch
            {
                JournalKinds.LockTaken => Line(new LockTaken("up", new JournalHolder("a", "b", 1, record.Time), record.Sequence == 1 ? OldKey : null), JournalJson.Default.LockTaken),
                JournalKinds.ReleaseVerified => Line(RecordData.ReleaseVerified(record.Data) with { Configuration = recorded }, JournalJson.Default.ReleaseVerified),
                JournalKinds.RunPlanned => Line(RunLog.Read(record, RecordData.RunPlanned) with { Configuration = recorded }, JournalJson.Default.RunPlanned),
                _ => Line(record.Data, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<JsonElement>)JsonSerializerOptions.Default.GetTypeInfo(typeof(JsonElement))),
            };
            bytes.AddRange(line);
            hash = JournalLine.Read(line.AsMemory(0, line.Length - 1)).Record!.Hash;

            byte[] Line<T>(T data, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => JournalLine.Write(record.Sequence, record.Time, record.Fence, record.Run, record.Kind, data, type, hash, null);
        }

        await File.WriteAllBytesAsync(app.JournalFile(), [.. bytes]);
        File.Delete(KeyFile(app));
        File.Delete(HeadFile(app));
        // It has another first record now, by which the database knows it; how far a journal was, histories of that time didn't say.
        foreach (var column in (string[])["head_records", "head_hash"]) app.Scalar($"ALTER TABLE deployment_migrations DROP COLUMN {column}");
        app.Scalar($"UPDATE deployment_stamp SET environment_id = '{ReadJournal.Of(app.JournalFile()).Records[0].Hash}'");
        app.Scalar($"UPDATE deployment_migrations SET journal = '{ReadJournal.Of(app.JournalFile()).Records[0].Hash}'");
    }

    internal sealed class Shop
    {
        public string Title { get; set; } = "";

        public string Note { get; set; } = "";

        [System.ComponentModel.DataAnnotations.DataType(System.ComponentModel.DataAnnotations.DataType.Password)]
        public string Code { get; set; } = "";
    }
}
