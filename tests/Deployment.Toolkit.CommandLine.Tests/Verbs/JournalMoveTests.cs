namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>A journal of which a part went into an archive moves to another place by its verbs, and the environment goes on there.</summary>
public sealed class JournalMoveTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_archived_and_exported_is_brought_in_elsewhere_and_a_rollback_goes_on(bool toDatabase)
    {
        _app.Configure = static deployment => deployment.ForJournal();
        foreach (var release in (string[])["1.0.0", "2.0.0", "3.0.0", "4.0.0"])
            await OkAsync("up", "--release", release);
        var (archive, export, key) = (In("away.jsonl"), In("out.jsonl"), In("out.key"));
        await OkAsync("journal", "archive", "--keep", "2", "--to", archive);
        await OkAsync("journal", "export", export, "--key", key);
        Directory.Delete(In(".deployment"), recursive: true);
        foreach (var folder in Directory.GetDirectories(_app.Root, "*.deployment")) Directory.Delete(folder, recursive: true);
        if (!toDatabase) _app.Configure = static _ => { };

        var refused = await _app.RunAsync(["up", "--environment", "Development", "--release", "5.0.0"]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("If that journal is its own and was moved, bring it in with 'deploy journal import FILE --environment Development'; otherwise give 'Development' a connection string of its own", refused.Out, StringComparison.Ordinal);
        var brought = await OkAsync("journal", "import", export, "--key", key);
        Assert.Contains("goes on with what was brought in", brought.Out, StringComparison.Ordinal);
        Assert.StartsWith("Nothing to bring in", (await OkAsync("journal", "import", export, "--key", key)).Out, StringComparison.Ordinal);

        await OkAsync("verify-journal", "--archive", archive);
        var back = await OkAsync("rollback");
        Assert.Contains("3.0.0", back.Out, StringComparison.Ordinal);
        await OkAsync("up", "--release", "5.0.0");
        await OkAsync("verify-journal", "--archive", archive);
    }

    private string In(string file) => Path.Combine(_app.Root, file);

    private async Task<Ran> OkAsync(params string[] args)
    {
        // In front of what .NET's own reading takes for a switch: any path that begins with a slash.
        var words = args[0] == "journal" ? 2 : 1;
        var ran = await _app.RunAsync([.. args[..words], "--environment", "Development", .. args[words..]]);
        Assert.True(ran.ExitCode == 0, $"{string.Join(' ', args)}: {ran.Out}{ran.Error}");
        return ran;
    }
}
