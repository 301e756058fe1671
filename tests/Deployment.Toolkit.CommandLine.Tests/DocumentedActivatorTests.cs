using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Tests;

/// <summary>
/// The activators of docs/steps-and-activators.md, as the page declares them. Only its folder and what a test may not do (restarting a service) are
/// replaced.
/// </summary>
public sealed class DocumentedActivatorTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages();
    private readonly string _page = File.ReadAllText(Path.Combine(Approval.Repository(), "docs", "steps-and-activators.md"));
    private readonly string _folder;

    public DocumentedActivatorTests()
    {
        _folder = Path.Combine(_app.Root, "notes");
        foreach (var release in (string[])["1.3.2", "1.4.0"]) Directory.CreateDirectory(Path.Combine(_folder, "releases", release));
    }

    private string Live => Path.GetFileName(Directory.ResolveLinkTarget(Path.Combine(_folder, "current"), returnFinalTarget: false)!.FullName);

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task The_link_for_systemd_puts_a_release_live_and_the_old_one_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd is Linux's.");
        Assert.Contains(".UseReleaseDirectory(\"/srv/notes\", o => o.Restart = [\"sudo\", \"systemctl\", \"restart\", \"notes.service\"]);", _page, StringComparison.Ordinal);
        Script("sudo", $"#!/bin/sh\necho \"$DEPLOYMENT_RELEASE: $*\" >> {_folder}/restarts\n");
        _app.Configure = deployment => deployment.UseReleaseDirectory(_folder, o => o.Restart = [$"{_folder}/sudo", "systemctl", "restart", "notes.service"]);

        var first = await _app.RunAsync("up", "--environment", "Development", "--release", "1.3.2");
        Assert.True(first.ExitCode == 0, first.Out);
        Assert.Equal("1.3.2", Live);

        _app.Health = HealthCheckResult.Unhealthy("down");
        Assert.Equal(1, (await _app.RunAsync("up", "--environment", "Development", "--release", "1.4.0")).ExitCode);
        Assert.Equal("1.3.2", Live);

        _app.Health = HealthCheckResult.Healthy();
        Assert.Equal(0, (await _app.RunAsync("up", "--environment", "Development", "--release", "1.4.0")).ExitCode);
        Assert.Equal("1.4.0", Live);
        var back = await _app.RunAsync("rollback", "--environment", "Development");
        Assert.True(back.ExitCode == 0, back.Out);
        Assert.Equal("1.3.2", Live);
        Assert.Equal(
            ((string[])["1.3.2", "1.4.0", "1.3.2", "1.4.0", "1.3.2"]).Select(static release => $"{release}: systemctl restart notes.service"), File.ReadAllLines(Path.Combine(_folder, "restarts")));
    }

    [Fact]
    public async Task A_release_that_is_not_there_is_not_put_live()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd is Linux's.");
        _app.Configure = deployment => deployment.UseReleaseDirectory(_folder);
        Assert.Equal(2, (await _app.RunAsync("up", "--environment", "Development", "--release", "9.9.9")).ExitCode);
        Assert.False(Path.Exists(Path.Combine(_folder, "current")));
    }

    [Fact]
    public async Task Which_release_is_live_is_asked_of_docker_and_told_by_the_label()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Docker stands in as a shell script.");
        Assert.Contains("a.Current = [\"docker\", \"inspect\", \"--format\", \"{{ .Config.Labels.release }}\", \"notes\"];", _page, StringComparison.Ordinal);
        Assert.Contains(".UseCommandActivator(\"docker\", [\"compose\", \"up\", \"--detach\", \"--wait\", \"notes\"], a =>", _page, StringComparison.Ordinal);
        Script("docker", $"#!/bin/sh\necho \"$DEPLOYMENT_RELEASE: $*\" >> {_folder}/calls\nif [ $1 = inspect ]; then cat {_folder}/label; else echo $DEPLOYMENT_RELEASE > {_folder}/label; fi\n");
        _app.Configure = deployment => deployment.UseCommandActivator($"{_folder}/docker", ["compose", "up", "--detach", "--wait", "notes"], a =>
        {
            a.WorkingDirectory = _folder;
            a.Current = [$"{_folder}/docker", "inspect", "--format", "{{ .Config.Labels.release }}", "notes"];
        });
        await _app.RunAsync("up", "--environment", "Development", "--release", "1.3.2");
        _app.Health = HealthCheckResult.Unhealthy("down");
        Assert.Equal(1, (await _app.RunAsync("up", "--environment", "Development", "--release", "1.4.0")).ExitCode);
        Assert.Equal("1.3.2", File.ReadAllText(Path.Combine(_folder, "label")).Trim());
        Assert.Contains("1.4.0: compose up --detach --wait notes", File.ReadAllLines(Path.Combine(_folder, "calls")));
    }

    private void Script(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
