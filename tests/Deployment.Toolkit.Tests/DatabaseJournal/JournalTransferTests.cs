using Deployment.Toolkit.Journal;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.DatabaseJournal;

/// <summary>Moving a journal from one place to another.</summary>
public sealed class JournalTransferTests : IDisposable
{
    private readonly TestApp _app = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string FileOf(string name) => Path.Combine(_app.Folder, name);

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task From_the_disk_into_a_database_and_out_again_it_is_the_same_bytes_and_goes_on()
    {
        await _app.UpAsync();
        var before = await File.ReadAllBytesAsync(_app.JournalFile(), Token);

        MoveIn();
        var moved = await ImportAsync(_app.JournalFile());
        Assert.True(moved.Outcome == DeploymentOutcome.Succeeded, string.Join('\n', moved.Messages));
        Assert.Single(moved.Messages);
        Directory.Delete(Path.GetDirectoryName(_app.JournalFile())!, recursive: true);
        Assert.Equal(DeploymentOutcome.NothingToDo, (await ExportThenImportAsync()).Outcome);
        Assert.Equal(before, await File.ReadAllBytesAsync(FileOf("out.jsonl"), Token));

        Assert.Equal(DeploymentOutcome.NothingToDo, (await _app.UpAsync()).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await ExportAsync("later.jsonl", "later.key")).Outcome);

        // And back to the disk.
        _app.Configure = static _ => { };
        Directory.Delete(Path.GetDirectoryName(_app.JournalFile())!, recursive: true);
        Assert.Equal(DeploymentOutcome.Succeeded, (await ImportAsync(FileOf("later.jsonl"), FileOf("later.key"))).Outcome);
        Assert.Equal(await File.ReadAllBytesAsync(FileOf("later.jsonl"), Token), await File.ReadAllBytesAsync(_app.JournalFile(), Token));
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("3.0.0")).Outcome);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FileOf("later.key")));
    }

    [Fact]
    public async Task A_journal_that_is_left_on_the_disk_is_missed_in_the_database_with_the_command_that_moves_it()
    {
        await _app.UpAsync();
        MoveIn();

        var refused = await _app.UpAsync("2.0.0");

        Assert.Equal((DeploymentOutcome.Refused, "DTK7108"), (refused.Outcome, refused.Messages[0].Code));
        Assert.Contains($"Bring in the journal that lies on this machine's disk with 'deploy journal import {_app.JournalFile()}'", refused.Messages[0].Text, StringComparison.Ordinal);
        await ImportAsync(_app.JournalFile());
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
    }

    [Fact]
    public async Task What_was_added_since_is_brought_in_behind_what_both_have()
    {
        await _app.UpAsync();
        Keep("first.jsonl");
        await _app.UpAsync("2.0.0");
        Keep("second.jsonl");
        MoveIn();
        await RefusedAsync(FileOf("first.jsonl"), "lacks some that it had");
        Forget();

        Assert.Equal(DeploymentOutcome.Succeeded, (await ImportAsync(FileOf("first.jsonl"), FileOf("first.jsonl.key"))).Outcome);
        var second = await ImportAsync(FileOf("second.jsonl"), FileOf("first.jsonl.key"));
        Assert.Equal(DeploymentOutcome.Succeeded, second.Outcome);
        Assert.Equal(DeploymentOutcome.NothingToDo, (await ImportAsync(FileOf("second.jsonl"), FileOf("first.jsonl.key"))).Outcome);

        Assert.Equal(File.ReadLines(FileOf("second.jsonl")).Count(), await CountAsync());
        Assert.Equal(DeploymentOutcome.NothingToDo, (await ImportAsync(FileOf("first.jsonl"), FileOf("first.jsonl.key"))).Outcome);
    }

    [Fact]
    public async Task What_does_not_go_on_with_what_is_there_is_refused()
    {
        await _app.UpAsync();
        Keep("first.jsonl");
        await _app.UpAsync("2.0.0");
        Keep("here.jsonl");
        MoveIn();
        Forget();
        await ImportAsync(FileOf("first.jsonl"), FileOf("first.jsonl.key"));
        await _app.UpAsync("2.1.0");
        var count = await CountAsync();

        await RefusedAsync(FileOf("here.jsonl"), "does not go on with the journal of 'Development' that is in");
        Forget();
        await RefusedAsync(FileOf("here.jsonl"), $"after record {File.ReadLines(FileOf("first.jsonl")).Count()} they differ. Nothing was changed");
        Assert.Equal(count, await CountAsync());
    }

    [Fact]
    public async Task Another_environments_a_broken_and_an_empty_one_are_refused()
    {
        await _app.UpAsync();
        Keep("one.jsonl");
        MoveIn();
        Forget();

        var text = await File.ReadAllTextAsync(FileOf("one.jsonl"), Token);
        await File.WriteAllTextAsync(FileOf("broken.jsonl"), text.Replace("\"seq\":2,", "\"seq\":3,", StringComparison.Ordinal), Token);
        await File.WriteAllTextAsync(FileOf("empty.jsonl"), "", Token);
        await RefusedAsync(FileOf("broken.jsonl"), "was changed after it was written", "DTK7101");
        await RefusedAsync(FileOf("empty.jsonl"), "holds no record of a journal");
        await RefusedAsync(FileOf("none.jsonl"), "cannot be read");
        await RefusedAsync(FileOf("one.jsonl"), "holds the journal of 'Development', not of 'Staging'", environment: "Staging");
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Without_its_key_it_can_be_read_and_nothing_is_written_until_the_key_is_brought_in()
    {
        await _app.UpAsync();
        Keep("one.jsonl");
        MoveIn();
        Forget();

        var moved = await ImportAsync(FileOf("one.jsonl"));
        Assert.Contains("which is not beside", moved.Messages[1].Text, StringComparison.Ordinal);
        var refused = await _app.UpAsync("2.0.0");
        Assert.Equal((DeploymentOutcome.Refused, "DTK7109"), (refused.Outcome, refused.Messages[0].Code));
        await File.WriteAllTextAsync(FileOf("wrong.key"), $"deployment-journal-key-1 {new string('a', 64)} 0 {JournalLine.NoHash}\n", Token);
        await RefusedAsync(FileOf("one.jsonl"), "The key that belongs to the file is", key: FileOf("wrong.key"));

        Assert.Equal(DeploymentOutcome.Succeeded, (await ImportAsync(FileOf("one.jsonl"), FileOf("one.jsonl.key"))).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
    }

    [Fact]
    public async Task The_setting_has_to_hold_the_key_of_what_is_brought_in()
    {
        await _app.UpAsync();
        Keep("one.jsonl");
        _app.Configure = static deployment => deployment.ForJournal(static journal => journal.KeySetting = "JournalKey");
        _app.Settings["JournalKey"] = new string('a', 64);
        Forget();

        await RefusedAsync(FileOf("one.jsonl"), "and setting JournalKey holds key", key: FileOf("one.jsonl.key"));
        _app.Settings["JournalKey"] = (await File.ReadAllTextAsync(FileOf("one.jsonl.key"), Token)).Split(' ')[1];
        Assert.Equal(DeploymentOutcome.Succeeded, (await ImportAsync(FileOf("one.jsonl"))).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_overwritten_and_an_empty_journal_makes_none()
    {
        Assert.Equal(DeploymentOutcome.NothingToDo, (await ExportAsync("out.jsonl")).Outcome);
        Assert.False(File.Exists(FileOf("out.jsonl")));
        await _app.UpAsync();
        await File.WriteAllTextAsync(FileOf("out.jsonl"), "mine", Token);

        var refused = await Assert.ThrowsAsync<DeploymentException>(() => ExportAsync("out.jsonl"));
        Assert.Contains("is there already and is not overwritten", refused.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(FileOf("out.jsonl"), Token));
    }

    private void MoveIn() => _app.Configure = static deployment => deployment.ForJournal();

    private void Keep(string name)
    {
        File.Copy(_app.JournalFile(), FileOf(name));
        File.Copy(Path.Combine(Path.GetDirectoryName(_app.JournalFile())!, JournalKey.FileName), FileOf(name + ".key"));
    }

    /// <summary>As on another machine: nothing is known here.</summary>
    private void Forget() => Directory.Delete(FileOf(".deployment"), recursive: true);

    private async Task<DeploymentResult> ExportThenImportAsync()
    {
        await ExportAsync("out.jsonl");
        return await ImportAsync(FileOf("out.jsonl"));
    }

    private async Task<DeploymentResult> ExportAsync(string name, string? key = null)
    {
        using var host = _app.Build();
        return await host.Services.GetRequiredService<DeploymentHistory>().ExportJournalAsync(null, FileOf(name), key is null ? null : FileOf(key), Token);
    }

    private async Task<DeploymentResult> ImportAsync(string file, string? key = null, string environment = "Development")
    {
        using var host = _app.Build(environment);
        return await host.Services.GetRequiredService<DeploymentHistory>().ImportJournalAsync(null, file, key, Token);
    }

    private async Task RefusedAsync(string file, string text, string? code = null, string? key = null, string environment = "Development")
    {
        var refused = await Assert.ThrowsAsync<DeploymentException>(() => ImportAsync(file, key, environment));
        Assert.Equal(DeploymentOutcome.Refused, refused.Outcome);
        Assert.Contains(text, refused.Messages[0].Text, StringComparison.Ordinal);
        if (code is not null) Assert.Equal(code, refused.Messages[0].Code);
    }

    private async Task<int> CountAsync()
    {
        using var host = _app.Build();
        return await host.Services.GetRequiredService<DeploymentHistory>().GetRecordsAsync(null, Token).CountAsync(Token);
    }
}
