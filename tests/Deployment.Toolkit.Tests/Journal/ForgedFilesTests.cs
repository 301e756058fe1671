using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Steps;
using Deployment.Toolkit.Tests.Platform;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Journal;

/// <summary>What lies in the folder makes a verb act: written by somebody else, it must be refused with its place, or do no harm.</summary>
public sealed class ForgedFilesTests
{
    [Theory]
    [InlineData("lockTaken", null, "5", "its data is no object")]
    [InlineData("releaseHeld", null, "[]", "its data is no object")]
    [InlineData("stepNoted", "../../../etc", "{}", "its run is no id")]
    [InlineData("stepNoted", "..", "{}", "its run is no id")]
    [InlineData("stepNoted", "", "{}", "its run is no id")]
    [InlineData("runEnded", "RUN", "{}", "cannot be understood")]
    [InlineData("runEnded", "RUN", "{\"state\":5}", "cannot be understood")]
    [InlineData("runPlanned", null, "{}", "cannot be understood")]
    [InlineData("stepIntent", "RUN", "{\"step\":\"rm -rf\",\"direction\":\"Forward\",\"attempt\":1}", "has no step 'rm -rf'")]
    [InlineData("stepResolved", "RUN", "{\"step\":\"rm -rf\",\"direction\":\"Forward\",\"outcome\":\"Done\",\"by\":\"me\"}", "has no step 'rm -rf'")]
    [InlineData("releaseVerified", "RUN", "{\"release\":{}}", "cannot be understood")]
    [InlineData("databaseTakenOver", null, "{\"schema\":5}", "cannot be understood")]
    public async Task A_record_that_no_engine_wrote_is_refused_by_every_verb_in_words(string kind, string? run, string data, string why)
    {
        using var app = TestApp.WithMigrations();
        await app.UpAsync();
        // From before there were keys: nothing but the records' own sense tells a forged one.
        var (lines, hash, count) = WithoutKey(app);
        lines.AddRange(Line(count + 1, run == "RUN" ? Run(app) : run, kind, data, hash));
        await File.WriteAllBytesAsync(app.JournalFile(), [.. lines]);
        app.Scalar($"UPDATE deployment_stamp SET environment_id = '{ReadJournal.Of(app.JournalFile()).Records[0].Hash}'");
        app.Scalar($"UPDATE deployment_migrations SET head_records = NULL, head_hash = NULL, journal = '{ReadJournal.Of(app.JournalFile()).Records[0].Hash}'");

        foreach (var verb in (Func<Task<DeploymentResult>>[])[() => app.UpAsync("2.0.0"), () => app.RollbackAsync()])
        {
            var result = await verb();
            Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
            Assert.Contains(result.Messages, message => message.Code == "DTK7102" && message.Text.Contains(why, StringComparison.Ordinal));
        }

        // A run that has ended is not read by what looks for one that has not.
        Assert.Equal(DeploymentOutcome.Refused, (await app.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token))).Outcome);
        Assert.Equal(["items"], app.Tables().Where(static table => table != "deployment_migrations"));
    }

    [Theory]
    [InlineData("1 1.1.x")]
    [InlineData("0 1.1.x")]
    [InlineData("-1 1.1.x")]
    [InlineData("99999999999999999999 1.1.x")]
    [InlineData("process")]
    [InlineData("")]
    [InlineData("4294967297 1.1.x")]
    public async Task A_note_that_names_no_process_of_the_step_ends_none(string note)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), RunningCommand.Windows);
        var step = new CommandStep("call", ["true"], new CommandStepOptions(), Path.GetTempPath(), TimeProvider.System);
        var plan = new DeploymentPlan { Kind = RunKind.Up, Environment = "Development", Release = new Release("1.0.0") };
        var context = new StepContext(plan, new DeploymentEnvironment("Development"), "run", new Dictionary<string, string> { ["process"] = note });

        Assert.Equal(ProbeOutcome.Unknown, await step.ProbeAsync(context, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_file_in_a_backups_place_is_not_restored_however_well_it_is_described(bool isRestore)
    {
        using var app = await WithBackupAsync();
        var backup = Backups(app)[0];
        File.Copy(await ForeignAsync(app), backup.File, overwrite: true);
        var text = await File.ReadAllTextAsync(backup.File + ".json");
        text = Regex.Replace(text, "\"sha256\": \"[0-9a-f]+\"", $"\"sha256\": \"{Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(backup.File)))}\"");
        await File.WriteAllTextAsync(backup.File + ".json", Regex.Replace(text, "\"size\": [0-9]+", $"\"size\": {new FileInfo(backup.File).Length}"));

        var result = isRestore
            ? await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup.Name, request with { AcceptDataLoss = true }, token))
            : await app.RollbackAsync(acceptDataLoss: true);

        Assert.Equal(DeploymentOutcome.Refused, result.Outcome);
        Assert.Contains(result.Messages, message => message.Text.Contains("is not the one that run", StringComparison.Ordinal));
        Assert.Contains("title", (string)app.Scalar("SELECT sql FROM sqlite_master WHERE name = 'items'")!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_description_cannot_give_a_file_anothers_name()
    {
        using var app = await WithBackupAsync();
        var backup = Backups(app)[0];
        var planted = Path.Combine(Path.GetDirectoryName(backup.File)!, "planted.db");
        File.Copy(await ForeignAsync(app), planted);
        File.Copy(backup.File + ".json", planted + ".json");
        File.Delete(backup.File);

        Assert.Contains(Backups(app), static found => found.Name == "planted");
        Assert.DoesNotContain(Backups(app), found => found.Name == backup.Name);
        var result = await app.RunAsync((deployer, request, token) => deployer.RestoreAsync(backup.Name, request with { AcceptDataLoss = true }, token));
        Assert.Equal((DeploymentOutcome.Refused, "DTK7403"), (result.Outcome, result.Messages[0].Code));
    }

    [Fact]
    public async Task A_folder_of_backups_that_leads_elsewhere_by_anothers_link_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root makes a link that is somebody else's.");
        using var app = await WithBackupAsync();
        var (folder, elsewhere) = (Path.GetDirectoryName(Backups(app)[0].File)!, Path.Combine(app.Folder, "elsewhere"));
        Directory.Move(folder, elsewhere);
        Directory.CreateSymbolicLink(folder, elsewhere);
        using (var chown = System.Diagnostics.Process.Start("chown", ["-h", "65534", folder])) await chown.WaitForExitAsync(TestContext.Current.CancellationToken);
        var old = Path.Combine(elsewhere, "mine.tmp");
        await File.WriteAllTextAsync(old, "not a backup");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-9));
        app.Migration("0003_more", "ALTER TABLE items ADD COLUMN more TEXT;", down: null);

        Assert.NotEqual(DeploymentOutcome.Succeeded, (await app.UpAsync("3.0.0")).Outcome);

        Assert.True(File.Exists(old));
        Directory.Delete(folder);
    }

    private static async Task<TestApp> WithBackupAsync()
    {
        var app = TestApp.WithMigrations();
        await app.UpAsync();
        app.Migration("0002_title", "ALTER TABLE items ADD COLUMN title TEXT;", down: null);
        Assert.Equal(DeploymentOutcome.Succeeded, (await app.UpAsync("2.0.0")).Outcome);
        return app;
    }

    private static IReadOnlyList<BackupInfo> Backups(TestApp app)
    {
        using var host = app.Build();
        return host.Services.GetRequiredService<DeploymentDatabase>().GetBackups();
    }

    private static async Task<string> ForeignAsync(TestApp app)
    {
        var copy = Path.Combine(app.Folder, "foreign.db");
        File.Copy(Backups(app)[0].File, copy);
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={copy};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO items (name) VALUES ('administrator')";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return copy;
    }

    private static string Run(TestApp app) => app.Scalar("SELECT run FROM deployment_migrations") as string ?? "";

    private static (List<byte> Lines, string Hash, long Count) WithoutKey(TestApp app)
    {
        var lines = new List<byte>();
        var (hash, count) = (JournalLine.NoHash, 0L);
        foreach (var record in ReadJournal.Of(app.JournalFile()).Records)
        {
            var data = record.Kind == JournalKinds.LockTaken ? "{\"verb\":\"up\",\"holder\":{\"user\":\"a\",\"host\":\"b\",\"processId\":1,\"processStarted\":\"2026-01-01T00:00:00Z\"}}" : record.Data.GetRawText();
            var line = Line(++count, record.Run, record.Kind, data, hash);
            hash = JournalLine.Read(line.AsMemory(0, line.Length - 1)).Record!.Hash;
            lines.AddRange(line);
        }

        File.Delete(JournalKeyTests.KeyFile(app));
        File.Delete(JournalKeyTests.HeadFile(app));
        return (lines, hash, count);
    }

    private static byte[] Line(long sequence, string? run, string kind, string data, string previous) => JournalLine.Write(
        sequence, DateTimeOffset.UnixEpoch, 1, run, kind, JsonDocument.Parse(data).RootElement,
        (System.Text.Json.Serialization.Metadata.JsonTypeInfo<JsonElement>)JsonSerializerOptions.Default.GetTypeInfo(typeof(JsonElement)), previous, null);
}
