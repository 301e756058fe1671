using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Activation;

/// <summary>Releases in folders, and a link that names the live one.</summary>
public sealed class ReleaseDirectoryTests : IDisposable
{
    private readonly TestApp _app = TestApp.WithMigrations();
    private string? _copyFrom;

    public ReleaseDirectoryTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A link to a folder needs a privilege there.");
        // The command writes which release it was run for, and what the link names by then.
        _app.Configure = deployment => deployment.UseReleaseDirectory("srv", o =>
        {
            o.Restart = ["/bin/sh", "-c", "echo \"$DEPLOYMENT_RELEASE $(readlink srv/current)\" >> restarts"];
            o.CopyFrom = _copyFrom;
            o.Keep = 2;
        });
    }

    private IReadOnlyList<string> Restarts => File.Exists(Path.Combine(_app.Folder, "restarts")) ? File.ReadAllLines(Path.Combine(_app.Folder, "restarts")) : [];

    private string? Live => new DirectoryInfo(Path.Combine(_app.Folder, "srv", "current")).LinkTarget;

    private IReadOnlyList<string> There => [.. Directory.GetDirectories(Path.Combine(_app.Folder, "srv", "releases")).Select(static folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    private string LiveCode => File.ReadAllText(Path.Combine(_app.Folder, "srv", "current", "App.dll"));

    public void Dispose() => _app.Dispose();

    private void Publish(string code)
    {
        _copyFrom = "published";
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_app.Folder, "published")).FullName, "App.dll"), code);
    }

    [Fact]
    public async Task The_link_names_the_release_before_it_is_restarted_and_goes_back_with_it()
    {
        Deliver("1.0.0");
        Deliver("2.0.0");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.0.0")).Outcome);
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("2.0.0")).Outcome);
        Assert.Equal("releases/2.0.0", Live);
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.RollbackAsync()).Outcome);
        Assert.Equal("releases/1.0.0", Live);
        Assert.Equal(["1.0.0 releases/1.0.0", "2.0.0 releases/2.0.0", "1.0.0 releases/1.0.0"], Restarts);
    }

    [Fact]
    public async Task An_unhealthy_release_goes_back_to_the_one_before()
    {
        Deliver("1.0.0");
        Deliver("2.0.0");
        await _app.UpAsync("1.0.0");
        _app.Health = HealthCheckResult.Unhealthy("down");
        Assert.Equal(DeploymentOutcome.RolledBack, (await _app.UpAsync("2.0.0")).Outcome);
        Assert.Equal("releases/1.0.0", Live);
    }

    [Fact]
    public async Task A_release_whose_folder_is_not_there_is_refused_before_anything_begins()
    {
        Deliver("1.0.0");
        Deliver("2.0.0");
        await _app.UpAsync("1.0.0");
        await _app.UpAsync("2.0.0");
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");

        var up = await _app.UpAsync("3.0.0");
        Assert.Equal((DeploymentOutcome.Refused, "DTK7027"), (up.Outcome, up.Messages.Single(static message => message.Severity == MessageSeverity.Error).Code));
        Assert.DoesNotContain("more", _app.Tables());

        Directory.Delete(Path.Combine(_app.Folder, "srv", "releases", "1.0.0"), recursive: true);
        var back = await _app.RollbackAsync();
        Assert.Equal((DeploymentOutcome.Refused, "DTK7027"), (back.Outcome, back.Messages[0].Code));
        Assert.Equal("releases/2.0.0", Live);
    }

    [Fact]
    public async Task After_many_bad_ones_the_last_good_ones_are_still_there_and_what_no_run_was_about()
    {
        foreach (var version in (string[])["1.0.0", "2.0.0", "3.0.0", "4.0.0", "5.0.0", "6.0.0", "7.0.0"]) Deliver(version);
        foreach (var good in (string[])["1.0.0", "2.0.0", "3.0.0"]) Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync(good)).Outcome);
        _app.Health = HealthCheckResult.Unhealthy("down");
        foreach (var bad in (string[])["4.0.0", "5.0.0", "6.0.0"]) Assert.Equal(DeploymentOutcome.RolledBack, (await _app.UpAsync(bad)).Outcome);
        // Those that failed before; 6.0.0 was live when it was looked at last.
        Assert.Equal(["2.0.0", "3.0.0", "6.0.0", "7.0.0"], There);
        Assert.Equal("releases/3.0.0", Live);
    }

    [Fact]
    public async Task What_a_rollback_left_takes_no_place_of_what_there_is_to_go_back_to()
    {
        foreach (var version in (string[])["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"]) Deliver(version);
        foreach (var good in (string[])["1.0.0", "1.1.0"]) await _app.UpAsync(good);
        foreach (var bad in (string[])["1.2.0", "1.3.0"])
        {
            Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync(bad)).Outcome);
            Assert.Equal(DeploymentOutcome.Succeeded, (await _app.RollbackAsync()).Outcome);
        }

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.4.0")).Outcome);
        Assert.Equal(["1.0.0", "1.1.0", "1.4.0"], There);
        foreach (var earlier in (string[])["1.1.0", "1.0.0"])
        {
            Assert.Equal(DeploymentOutcome.Succeeded, (await _app.RollbackAsync()).Outcome);
            Assert.Equal($"releases/{earlier}", Live);
        }
    }

    [Fact]
    public async Task A_copy_that_cannot_be_finished_leaves_nothing_half_done()
    {
        var published = Directory.CreateDirectory(Path.Combine(_app.Folder, "published")).FullName;
        await File.WriteAllTextAsync(Path.Combine(published, "App"), "app", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(published, "Part"), "nowhere");
        _copyFrom = "published";

        Assert.NotEqual(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.0.0")).Outcome);
        Assert.Empty(There);
    }

    [Fact]
    public async Task An_app_copies_itself_whole()
    {
        var published = Path.Combine(_app.Folder, "published");
        Directory.CreateDirectory(Path.Combine(published, "wwwroot"));
        await File.WriteAllTextAsync(Path.Combine(published, "App"), "app", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(published, "App"), (UnixFileMode)0b111_101_101);
        await File.WriteAllTextAsync(Path.Combine(published, "wwwroot", "a.css"), "a", TestContext.Current.CancellationToken);
        // What a killed process has left.
        Directory.CreateDirectory(Path.Combine(_app.Folder, "srv", "releases", ".1.0.0.abc.tmp"));
        _copyFrom = "published";

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.0.0")).Outcome);
        var copy = Path.Combine(_app.Folder, "srv", "current");
        Assert.Equal("a", await File.ReadAllTextAsync(Path.Combine(copy, "wwwroot", "a.css"), TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows()) Assert.True(File.GetUnixFileMode(Path.Combine(copy, "App")).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal(["1.0.0"], There);

        _copyFrom = "nowhere";
        Assert.Contains("'UseReleaseDirectory'", (await _app.UpAsync("2.0.0")).Messages[0].Text.Replace("in UseReleaseDirectory", "in 'UseReleaseDirectory'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_was_mended_under_the_same_name_takes_the_place_of_the_one_that_went_back()
    {
        Publish("good");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.0.0")).Outcome);
        Publish("broken");
        _app.Health = HealthCheckResult.Unhealthy("down");
        Assert.Equal(DeploymentOutcome.RolledBack, (await _app.UpAsync("1.1.0")).Outcome);
        Assert.Equal("good", LiveCode);

        Publish("mended");
        _app.Health = HealthCheckResult.Healthy();
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.1.0")).Outcome);

        Assert.Equal("mended", LiveCode);
        Assert.Equal(["1.0.0", "1.1.0"], There);
    }

    [Fact]
    public async Task The_first_release_of_all_can_be_mended_too_although_nothing_else_is_live()
    {
        Publish("broken");
        _app.Health = HealthCheckResult.Unhealthy("down");
        Assert.NotEqual(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.0.0")).Outcome);
        Publish("mended");
        _app.Health = HealthCheckResult.Healthy();
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.0.0")).Outcome);
        Assert.Equal("mended", LiveCode);
    }

    [Fact]
    public async Task Two_builds_of_one_version_lie_beside_one_another()
    {
        Publish("first");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.2.0+cccc333")).Outcome);
        Publish("second");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.2.0+dddd444")).Outcome);
        Assert.Equal("second", LiveCode);

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.RollbackAsync()).Outcome);
        Assert.Equal("first", LiveCode);
        Assert.Equal(["1.2.0+cccc333", "1.2.0+dddd444"], There);
    }

    [Fact]
    public async Task A_build_of_a_commit_does_not_pass_for_another_one_in_the_folder_of_its_version()
    {
        Publish("first");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.2.0+cccc333")).Outcome);
        // As whoever delivers releases calls it.
        Directory.Move(Path.Combine(_app.Folder, "srv", "releases", "1.2.0+cccc333"), Path.Combine(_app.Folder, "srv", "releases", "1.2.0"));
        Publish("second");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.2.0+dddd444")).Outcome);
        Assert.Equal(("second", "releases/1.2.0+dddd444"), (LiveCode, Live));
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.RollbackAsync()).Outcome);
        Assert.Equal(("first", "releases/1.2.0"), (LiveCode, Live));
    }

    [Fact]
    public async Task What_was_verified_is_not_replaced_by_another_build_of_its_name()
    {
        Publish("first");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.0.0")).Outcome);
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");
        Publish("second");

        var up = await _app.UpAsync("1.0.0");

        Assert.Equal(DeploymentOutcome.Refused, up.Outcome);
        Assert.Contains(up.Messages, static message => message.Code == "DTK7027" && message.Text.Contains("Give it a version of its own", StringComparison.Ordinal));
        Assert.Equal("first", LiveCode);
        Assert.DoesNotContain("more", _app.Tables());
    }

    [Fact]
    public async Task An_app_that_deploys_itself_from_where_it_is_live_stays_where_it_is()
    {
        Publish("first");
        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.0.0")).Outcome);
        _copyFrom = "srv/current";
        _app.Migration("0002_more", "CREATE TABLE more (id INTEGER PRIMARY KEY);", "DROP TABLE more;");

        Assert.Equal(DeploymentOutcome.Succeeded, (await _app.UpAsync("1.0.0")).Outcome);

        Assert.Equal(("first", "releases/1.0.0"), (LiveCode, Live));
    }

    [Fact]
    public async Task Killed_between_the_link_and_the_restart_it_is_restarted()
    {
        Deliver("1.0.0");
        Deliver("2.0.0");
        await _app.UpAsync("1.0.0");
        var folders = new Deployment.Toolkit.Activation.ReleaseFolders(Path.Combine(_app.Folder, "srv"));
        Assert.Equal("1.0.0", await folders.CurrentAsync(TestContext.Current.CancellationToken));
        folders.Point(Path.Combine(_app.Folder, "srv", "releases", "2.0.0"));
        // What was restarted can't be told, so it is done again.
        Assert.Null(await folders.CurrentAsync(TestContext.Current.CancellationToken));
        // Neither when the link comes back and the process dies once more.
        folders.Point(Path.Combine(_app.Folder, "srv", "releases", "1.0.0"));
        Assert.Null(await folders.CurrentAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_no_link_is_left_alone()
    {
        Deliver("1.0.0");
        Directory.CreateDirectory(Path.Combine(_app.Folder, "srv", "current"));
        await File.WriteAllTextAsync(Path.Combine(_app.Folder, "srv", "current", "mine"), "x", TestContext.Current.CancellationToken);
        var result = await _app.UpAsync("1.0.0");
        Assert.NotEqual(DeploymentOutcome.Succeeded, result.Outcome);
        Assert.Contains("is a folder and no link", string.Join('\n', result.Messages.Select(static message => message.Text)), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_app.Folder, "srv", "current", "mine")));
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("..")]
    [InlineData(".hidden")]
    public async Task A_version_that_leads_elsewhere_is_refused(string version) =>
        Assert.Equal("DTK7005", (await _app.UpAsync(version)).Messages.First(static message => message.Severity == MessageSeverity.Error).Code);

    private void Deliver(string version)
    {
        var folder = Path.Combine(_app.Folder, "srv", "releases", version);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "App"), version);
    }
}
