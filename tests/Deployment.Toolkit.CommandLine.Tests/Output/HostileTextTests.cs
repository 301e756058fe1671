using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Tests.Output;

/// <summary>Text from outside in every place that a verb shows: a terminal must obey none of it, and no verb may hang on it.</summary>
public sealed class HostileTextTests : IDisposable
{
    // Half a colour code, the window's title, the clipboard, a cleared screen, C1, right to left, an isolate, half a pair, markup, a bell, a
    // carriage return, a line that was never said, unseen letters.
    private const string Hostile = "x\e[ \e]0;t\a\e]52;c;QUJD\a\e[2J\u009b31\u202eabc\u2066 \ud800 \udc00[red]y[/] [[\r\b\0\u007f\nSucceeded: forged\u2028\u200b\ufeff\U000E0041";
    private const string Development = "Development";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);
    private static readonly string[] Up = ["up", "--environment", Development, "--release", "1.0.0"];

    private readonly TestApp _app = new TestApp().WithPages();

    public HostileTextTests()
    {
        _app.Health = HealthCheckResult.Healthy(Hostile);
        _app.ConfigureHost = static builder =>
        {
            builder.Configuration["Content:Title"] = Hostile;
            builder.Configuration[$"Content:{Hostile}"] = "value";
            builder.Configuration.AddInMemoryCollection([new("Content:Title", $"stronger {Hostile}")]);
        };
    }

    public void Dispose() => _app.Dispose();

    internal sealed class Loud : DeploymentStep
    {
        public override string Name => "loud";

        public override bool IsIdempotent => true;

        public override ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) => new(new StepDescription($"says {Hostile}") { WayBack = Hostile });

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
        {
            context.Write(Hostile);
            return Task.CompletedTask;
        }
    }

    internal sealed class Broken : DeploymentStep
    {
        public override string Name => "broken";

        public override bool IsIdempotent => true;

        public override Task ExecuteAsync(StepContext context, CancellationToken cancellationToken) => throw new InvalidOperationException(Hostile);
    }

    [Theory]
    [InlineData("config show Content")]
    [InlineData("config explain Content:Title")]
    [InlineData("health --environment Development")]
    [InlineData("status")]
    [InlineData("history --environment Development")]
    [InlineData("check --environment Development")]
    [InlineData("plan --environment Development --release 1.0.1")]
    [InlineData("up --environment Development --release 1.0.1")]
    [InlineData("migrations list --environment Development")]
    [InlineData("backup list --environment Development")]
    [InlineData("config docs")]
    [InlineData("config diff 1.0.0 Staging")]
    public async Task No_verb_lets_hostile_text_reach_a_terminal(string line)
    {
        _app.Configure = static deployment => deployment.AddStep<Loud>();
        await WithinAsync(Up);
        await AllWaysAsync(line.Split(' '));
    }

    [Fact]
    public async Task Neither_does_a_failing_step_nor_what_status_and_history_say_of_it()
    {
        _app.Configure = static deployment => deployment.AddStep<Broken>();
        await AllWaysAsync(Up);
        await AllWaysAsync("status");
        await AllWaysAsync("history", "--environment", Development);
    }

    [Fact]
    public async Task Nor_does_all_that_is_kept_of_a_run()
    {
        _app.Configure = static deployment => deployment.AddStep<Loud>().AddStep<Broken>();
        await WithinAsync(Up);
        var run = (await WithinAsync("history", "--environment", Development, "--output", "json")).Json.GetProperty("runs")[0].GetProperty("id").GetString()!;
        await AllWaysAsync("history", run, "--environment", Development);
        Assert.Contains(@"| x\u001b[ \u001b]0;t", (await WithinAsync("history", run, "--environment", Development)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nor_an_unhealthy_check_that_stops_a_deployment()
    {
        _app.Health = HealthCheckResult.Unhealthy(Hostile, new InvalidOperationException(Hostile));
        await AllWaysAsync(Up);
        await AllWaysAsync("health", "--environment", Development);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("check")]
    [InlineData("migrations list")]
    public async Task Nor_the_names_of_files(string verb)
    {
        if (OperatingSystem.IsWindows()) return;

        _app.WithMigration("0002_x\e]52;c;QUJD\a\u202e\nSucceeded: forged", "CREATE TABLE Broken (;\n");
        await AllWaysAsync([.. verb.Split(' '), "--environment", Development]);
    }

    [Fact]
    public async Task Nor_what_lies_among_the_backups()
    {
        if (OperatingSystem.IsWindows()) return;

        await WithinAsync(Up);
        const string Name = "x\e]52;c;QUJD\a\u202e\nSucceeded: forged";
        var file = Path.Combine(".deployment", "development", "backups", Name);
        foreach (var end in (string[])[".db", ".db.tmp", "-2.db", "-2.db.json"]) _app.Write(file + end, "{");
        foreach (var end in (string[])[".db", ".db.tmp"]) File.SetLastWriteTimeUtc(Path.Combine(_app.Root, file + end), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await AllWaysAsync("backup", "prune", "--environment", Development, "--dry-run");
        await AllWaysAsync("backup", "prune", "--environment", Development);
        Assert.False(File.Exists(Path.Combine(_app.Root, file + ".db")));
        Assert.True(File.Exists(Path.Combine(_app.Root, file + "-2.db")));
    }

    [Theory]
    [InlineData("deploy\e[")]
    [InlineData("up", "--envi\e[ronment")]
    [InlineData("up", "--environment", "Dev\e[\u202e")]
    [InlineData("up", "x\e]52;c;QUJD\a")]
    [InlineData("history", "x\e[\u202e", "--environment", "Development")]
    [InlineData("config", "unpin", "--environment", "Development", "--reason", "x\e[\u202e")]
    [InlineData("unhold", "--environment", "Development", "--reason", "x\e[")]
    [InlineData("config", "explain", "Con\e[\u202e\nSucceeded: forged")]
    [InlineData("backup", "restore", "Con\e[\u202e", "--environment", "Development")]
    public async Task Nor_what_was_typed(params string[] args) => await AllWaysAsync(args);

    [Theory]
    [InlineData("appsettings.json", "{ \"a\": \"x\e[\u202e\"\n \"Content\": ")]
    [InlineData("appsettings.json", "{ \"Content\e]52;c;QUJD\a\": { } }")]
    public async Task Nor_a_settings_file_that_is_broken(string file, string text)
    {
        _app.WithSettings();
        _app.Write(file, text);
        try
        {
            await AllWaysAsync("check", "--environment", Development);
        }
        catch (InvalidDataException)
        {
            // .NET's own reader refuses the file before there is a host.
        }
    }

    [Fact]
    public async Task JSON_stays_as_it_is()
    {
        var json = (await WithinAsync("config", "explain", "Content:Title", "--output", "json")).Json;
        var value = json.GetProperty("values")[0].GetProperty("value").GetString();
        Assert.Equal($"stronger {Hostile}".Replace('\ud800', '\ufffd').Replace("\ufffd \udc00", "\ufffd \ufffd", StringComparison.Ordinal), value);
    }

    [Fact]
    public async Task One_wide_cell_does_not_widen_every_row()
    {
        _app.ConfigureHost = static builder =>
        {
            builder.Configuration[$"Content:{new string('k', 50_000)}"] = "value";
            for (var i = 0; i < 500; i++) builder.Configuration[$"Content:Row{i}"] = "value";
        };
        Assert.InRange((await WithinAsync("config", "show", "Content")).Out.Length, 50_000, 200_000);
    }

    // Watched and not, with colours and without: the result, the live line and the plain lines.
    private async Task AllWaysAsync(params string[] args)
    {
        foreach (var isWatched in (bool[])[false, true])
        {
            _app.Terminal = _app.Terminal with { IsWatched = isWatched, OutIsWatched = isWatched, HasColor = isWatched, OutHasColor = isWatched };
            var ran = await WithinAsync(args);
            AssertHarmless(ran.Out, $"standard output of '{string.Join(' ', args)}'");
            AssertHarmless(Live().Replace(ran.Error, ""), $"standard error of '{string.Join(' ', args)}'");
        }
    }

    private Task<Ran> WithinAsync(params string[] args) => Task.Run(() => _app.RunAsync(args)).WaitAsync(Deadline);

    private static System.Text.RegularExpressions.Regex Live() => Patterns.LiveLine();

    private static void AssertHarmless(string text, string place)
    {
        text = Patterns.Colour().Replace(text, "").ReplaceLineEndings("\n");
        Assert.DoesNotContain("\nSucceeded: forged", text, StringComparison.Ordinal);
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            Assert.False(
                rune.Value is not '\n' && (category is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator),
                $"U+{rune.Value:X4} stands in {place}: {Deployment.Toolkit.Diagnostics.VisibleText.Lines(text)}");
        }
    }
}
