using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>Whether something may begin is one question with one answer, whichever verb asks.</summary>
public sealed class MayBeginTests : IDisposable
{
    private static readonly string[] Starting = ["check", "plan", "up --dry-run", "up"];

    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task A_held_release_is_refused_by_check_and_plan_as_by_up()
    {
        await Ended("up --release 1.0.0", 0);
        await Ended("up --release 2.0.0", 0);
        await Ended("rollback", 0);

        foreach (var verb in Starting) Says(await Ended(verb + " --release 2.0.0", 2), "DTK7011", "error");
    }

    [Fact]
    public async Task A_release_that_must_be_verified_elsewhere_first_is_refused_by_check_and_plan_as_by_up()
    {
        _app.WithSettings("Staging");

        foreach (var verb in Starting) Says(await Ended(verb + " --release 1.0.0", 2, "Staging"), "DTK7010", "error");
    }

    [Fact]
    public async Task A_build_server_can_check_what_it_has()
    {
        _app.WithSettings("Staging");
        await Ended("check --settings-only --release 1.0.0", 0, "Staging");

        _app.WithMigration("0002_bad", "VACUUM;\n");
        Says(await Ended("check --settings-only --release 1.0.0", 2, "Staging"), "DTK5005", "error");
    }

    [Fact]
    public async Task A_run_that_needs_attention_is_refused_by_check_and_plan_as_by_up()
    {
        _app.Configure = static deployment => deployment.AddStep<OneWay>();
        _app.Health = HealthCheckResult.Unhealthy("no reader");
        await Ended("up --release 1.0.0", 3);
        _app.Health = HealthCheckResult.Healthy();

        foreach (var verb in (string[])[.. Starting, "rollback --dry-run", "rollback", "backup restore x"])
        {
            var text = Says(await Ended(verb.StartsWith("rollback", StringComparison.Ordinal) || verb.StartsWith("backup", StringComparison.Ordinal) ? verb : verb + " --release 1.0.0", 2), "DTK7012", "error");
            Assert.Contains("stopped half way and needs attention. Nothing was begun.", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_interrupted_up_is_taken_up_by_the_same_release_and_check_and_plan_say_so()
    {
        await InterruptAsync();
        var journal = await File.ReadAllTextAsync(Journal, TestContext.Current.CancellationToken);

        foreach (var verb in (string[])["check", "plan", "up --dry-run"])
            Assert.Contains("'deploy up --environment Development --release 1.0.0' goes on with it where it stopped", Says(await Ended(verb + " --release 1.0.0", 0), "DTK7012", "warning"), StringComparison.Ordinal);
        foreach (var verb in Starting) Says(await Ended(verb + " --release 2.0.0", 2), "DTK7012", "error");
        Assert.Equal(journal, await File.ReadAllTextAsync(Journal, TestContext.Current.CancellationToken));

        // It was interrupted in a step that cannot tell what it did.
        await Ended("up --release 1.0.0", 3);
    }

    [Fact]
    public async Task Where_the_journal_lies_in_a_database_a_folder_that_takes_no_backups_is_refused_by_check_and_plan_as_by_up()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows makes no links for everybody.");
        _app.Configure = static deployment => deployment.ForJournal();
        File.CreateSymbolicLink(Path.Combine(_app.Root, ".deployment"), Path.Combine(_app.Root, "nowhere"));

        foreach (var verb in Starting) Assert.Contains("No backup can be kept in", Says(await Ended(verb + " --release 1.0.0", 2), "DTK7402", "error"), StringComparison.Ordinal);

        _app.Configure = static deployment => deployment.ForJournal().WithoutBackup("the server takes them");
        await Ended("check --release 1.0.0", 0);
    }

    [Fact]
    public async Task Where_the_journal_lies_in_a_database_a_folder_that_anybody_may_write_is_refused_by_check_and_plan_as_by_up()
    {
        if (OperatingSystem.IsWindows()) return;

        _app.Configure = static deployment => deployment.ForJournal();
        Directory.CreateDirectory(Path.Combine(_app.Root, ".deployment"));
        File.SetUnixFileMode(Path.Combine(_app.Root, ".deployment"), (UnixFileMode)0b1_111_111_111);

        foreach (var verb in Starting) Says(await Ended(verb + " --release 1.0.0", 2), "DTK7106", "error");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_refused_by_check_and_plan_as_by_up()
    {
        _app.Write(".deployment", "a file where the folder belongs");

        foreach (var verb in Starting) Says(await Ended(verb + " --release 1.0.0", 2), "DTK7103", "error");
        Assert.False(File.Exists(Path.Combine(_app.Root, "content.db")));
    }

    [Fact]
    public async Task A_lock_or_journal_that_is_no_file_is_refused_by_check_as_by_up()
    {
        Directory.CreateDirectory(Path.Combine(_app.Root, ".deployment", "development", "lock"));

        foreach (var verb in Starting) Says(await Ended(verb + " --release 1.0.0", 2), "DTK7106", "error");
    }

    [Fact]
    public async Task What_a_read_only_mount_refuses_is_told_before_anything_begins()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Array.Exists(await File.ReadAllLinesAsync("/proc/mounts", TestContext.Current.CancellationToken), static line => line.Split(' ') is [_, "/sys", _, var options, ..] && options.Split(',').Contains("ro")), "needs a read-only mount");
        _app.ConfigureHost = static builder => builder.Configuration["Deployment:Directory"] = "/sys/deployment";

        foreach (var verb in Starting) Says(await Ended(verb + " --release 1.0.0", 2), "DTK7103", "error");
    }

    [Fact]
    public async Task All_reasons_stand_in_one_report()
    {
        await Ended("up --release 1.0.0", 0);
        await Ended("up --release 2.0.0", 0);
        await Ended("rollback", 0);
        _app.WithMigration("0002_bad", "VACUUM;\n");

        foreach (var verb in Starting)
        {
            var json = await Ended(verb + " --release 2.0.0", 2);
            Says(json, "DTK7011", "error");
            Says(json, "DTK5005", "error");
        }
    }

    [Fact]
    public async Task Nothing_to_do_stays_nothing_to_do_for_a_release_that_is_there()
    {
        await Ended("up --release 1.0.0", 0);

        await Ended("check --release 1.0.0", 0);
        Assert.Equal("nothingToDo", (await Ended("plan --release 1.0.0", 0)).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_live_run_is_never_called_interrupted()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _app.Configure = static deployment => deployment.AddStep<WarmUp>();
        await Ended("up --release 1.0.0", 0);
        WarmUp.Work.Value = _ =>
        {
            begun.SetResult();
            return end.Task;
        };
        var live = Ended("up --release 2.0.0", 0);
        await begun.Task;

        foreach (var verb in (string[])["check --release 2.0.0", "plan --release 2.0.0", "up --dry-run --release 2.0.0", "rollback --dry-run", "check --release 3.0.0"])
            Assert.Contains("is under way: the lock is held by", Says(await Ended(verb, 2), "DTK7012", "error"), StringComparison.Ordinal);
        // Who begins waits for the lock, and is told who has it.
        Says(await Ended("rollback --lock-timeout 0s", 2), "DTK7104", "error");
        var status = await _app.RunAsync("status", "--environment", "Development");
        var json = (await _app.RunAsync("status", "--environment", "Development", "--output", "json")).Json.GetProperty("environments")[0];
        var history = (await _app.RunAsync("history", "--environment", "Development", "--output", "json")).Json.GetProperty("runs");

        Assert.Contains("is under way.", status.Out, StringComparison.Ordinal);
        Assert.Contains("The lock is held by", status.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("interrupted", status.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("resume", status.Out, StringComparison.Ordinal);
        Assert.True(json.GetProperty("openRun").GetProperty("isUnderWay").GetBoolean());
        Assert.Contains("(deploy up)", json.GetProperty("lockedBy").GetString(), StringComparison.Ordinal);
        Assert.True(history[0].GetProperty("isUnderWay").GetBoolean());
        Assert.False(history[1].TryGetProperty("isUnderWay", out _));

        end.SetResult();
        await live;
        Assert.False((await _app.RunAsync("status", "--environment", "Development", "--output", "json")).Json.GetProperty("environments")[0].TryGetProperty("lockedBy", out _));
    }

    [Fact]
    public async Task Looking_makes_no_file_and_does_not_keep_anybody_from_the_lock()
    {
        foreach (var verb in (string[])["check", "plan", "status", "history", "up --dry-run"]) await _app.RunAsync([.. verb.Split(' '), "--environment", "Development"]);

        Assert.False(Path.Exists(Path.Combine(_app.Root, ".deployment")));
    }

    private string Journal => Path.Combine(_app.Root, ".deployment", "development", "journal.jsonl");

    private async Task InterruptAsync()
    {
        using var source = new CancellationTokenSource();
        _app.Configure = static deployment => deployment.AddStep<WarmUp>();
        _app.Cancellation = source.Token;
        WarmUp.Work.Value = async token =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        };
        await Ended("up --release 1.0.0", 130);
        _app.Cancellation = CancellationToken.None;
        WarmUp.Work.Value = null;
    }

    private async Task<JsonElement> Ended(string line, int code, string environment = "Development")
    {
        var words = line.Split(' ').ToList();
        var ran = await _app.RunAsync([words[0], .. words[0] == "backup" ? [words[1]] : Array.Empty<string>(), "--environment", environment, .. words.Skip(words[0] == "backup" ? 2 : 1), "--output", "json"]);
        Assert.True(ran.ExitCode == code, $"deploy {line}: {ran.ExitCode}\n{ran.Out}{ran.Error}");
        return ran.Json;
    }

    private static string Says(JsonElement report, string code, string severity)
    {
        var messages = report.GetProperty("messages").EnumerateArray().ToList();
        var message = messages.Find(message => message.GetProperty("code").GetString() == code);
        Assert.True(message.ValueKind == JsonValueKind.Object && message.GetProperty("severity").GetString() == severity, report.ToString());
        return message.GetProperty("text").GetString()!;
    }
}
