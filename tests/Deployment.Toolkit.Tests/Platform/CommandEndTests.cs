using System.Globalization;
using Deployment.Toolkit.Platform;
using static Deployment.Toolkit.Tests.Platform.RunningCommand;

namespace Deployment.Toolkit.Tests.Platform;

public sealed class CommandEndTests
{
    private const string Stubborn = "trap '' TERM; (sleep 300; sleep 300) & echo $!; echo ready; wait; sleep 300";

    [Fact]
    public async Task Cancellation_leaves_no_member_of_a_group_that_ignores_SIGTERM()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        using var command = new RunningCommand(Shell(Stubborn), TimeSpan.FromMilliseconds(200));
        await command.SaysAsync("ready");
        var group = (await command.Identity).GroupId;
        await command.CancelAsync();
        Assert.False(UnixProcessGroup.HasLiveMembers(group));
        // Init may take its time to reap, so a zombie counts as dead.
        if (OperatingSystem.IsLinux())
            Assert.False(LinuxProcess.Find(Number(command.Lines[0])) is { IsLive: true });
    }

    [Fact]
    public async Task A_grandchild_is_ended_though_the_command_itself_has_gone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a group without its leader isn't recognised.");
        using var command = new RunningCommand(Shell("sleep 300 >/dev/null 2>&1 & echo $!"));
        Assert.Equal(0, await command.ExitCode.WaitAsync(Until.Deadline));
        var identity = await command.Identity;
        Assert.True(ProcessGroup.IsAlive(identity));
        await ProcessGroup.TerminateAsync(identity, TimeSpan.FromSeconds(10), TimeProvider.System, CancellationToken.None).WaitAsync(Until.Deadline);
        Assert.False(ProcessGroup.IsAlive(identity));
        Assert.False(LinuxProcess.Find(Number(command.Lines[0])) is { IsLive: true });
    }

    [Fact]
    public async Task A_command_that_heeds_SIGTERM_may_clean_up_and_is_heard()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        using var command = new RunningCommand(Shell("trap 'echo cleaned up; exit 0' TERM; echo ready; while :; do sleep 0.05; done"));
        await command.SaysAsync("ready");
        await command.CancelAsync();
        Assert.Contains("cleaned up", command.Lines);
    }

    [Fact]
    public async Task A_stopped_command_is_woken_to_hear_SIGTERM()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        using var command = new RunningCommand(Shell("trap 'echo cleaned up; exit 0' TERM; echo ready; kill -STOP $$; while :; do sleep 0.05; done"));
        await command.SaysAsync("ready");
        await command.CancelAsync();
        Assert.Contains("cleaned up", command.Lines);
    }

    [Fact]
    public async Task The_grace_is_measured_by_the_given_clock()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        var clock = new HandClock();
        using var command = new RunningCommand(Shell("trap 'echo asked' TERM; echo ready; while :; do sleep 0.05; done"), TimeSpan.FromHours(1), clock);
        await command.SaysAsync("ready");
        var ended = command.CancelAsync();
        await command.SaysAsync("asked");
        Assert.True(ProcessGroup.IsAlive(await command.Identity));
        clock.Ticks = TimeSpan.FromHours(1).Ticks;
        await ended;
    }

    [Theory]
    [InlineData("sleep 300 & echo $!")]
    [InlineData("setsid sleep 300 & echo $!")]
    [InlineData("yes flood & echo $!")]
    public async Task A_grandchild_that_keeps_the_output_open_does_not_hold_up_the_end(string script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "util-linux");
        var first = "";
        var exitCode = await CommandRunner.RunAsync(
            Shell(script),
            line => first = line == "flood" || first.Length > 0 ? first : line,
            static _ => Task.CompletedTask,
            TimeSpan.Zero,
            TimeProvider.System,
            CancellationToken.None).WaitAsync(Until.Deadline);
        Assert.Equal(0, exitCode);
        _ = LibC.SendSignal(Number(first), LibC.Kill);
    }

    [Fact]
    public async Task What_the_line_handler_throws_ends_the_command()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        CommandIdentity identity = default;
        var run = CommandRunner.RunAsync(
            Shell("echo one; sleep 300"),
            static line => throw new InvalidDataException(line),
            started =>
            {
                identity = started;
                return Task.CompletedTask;
            },
            TimeSpan.FromSeconds(10),
            TimeProvider.System,
            CancellationToken.None);
        Assert.Equal("one", (await Assert.ThrowsAsync<InvalidDataException>(() => run.WaitAsync(Until.Deadline))).Message);
        Assert.False(ProcessGroup.IsAlive(identity));
    }

    [Fact]
    public async Task A_command_whose_start_cannot_be_recorded_is_ended()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        CommandIdentity identity = default;
        var run = CommandRunner.RunAsync(
            Shell("sleep 300"),
            static _ => { },
            started =>
            {
                identity = started;
                throw new IOException("disk full");
            },
            TimeSpan.FromSeconds(10),
            TimeProvider.System,
            CancellationToken.None);
        Assert.Equal("disk full", (await Assert.ThrowsAsync<IOException>(() => run.WaitAsync(Until.Deadline))).Message);
        Assert.NotEqual(0, identity.GroupId);
        Assert.False(UnixProcessGroup.HasLiveMembers(identity.GroupId));
    }

    [Fact]
    public async Task Nothing_starts_when_cancelled_before()
    {
        using var command = new CancellationTokenSource();
        await command.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CommandRunner.RunAsync(
            Shell("exit 0"),
            static _ => { },
            static _ => throw new InvalidOperationException("started"),
            TimeSpan.Zero,
            TimeProvider.System,
            command.Token));
    }

    [Fact]
    public async Task The_identity_tells_alive_from_dead_and_from_another_with_the_same_id()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), Windows);
        using var command = new RunningCommand(Shell("echo ready; sleep 300"));
        await command.SaysAsync("ready");
        var identity = await command.Identity;
        if (OperatingSystem.IsLinux())
            Assert.Equal(identity.GroupId, LinuxProcess.Find(identity.GroupId)?.Group);

        var parts = identity.StartToken.Split('.', 3);
        CommandIdentity[] others =
        [
            identity with { StartToken = "" },
            identity with { StartToken = "1" + identity.StartToken },
            identity with { StartToken = $"{parts[0]}.{parts.ElementAtOrDefault(1)}.another-boot" },
            identity with { GroupId = 0 },
            identity with { GroupId = 1 },
            identity with { GroupId = Environment.ProcessId },
        ];
        foreach (var other in others)
        {
            Assert.False(ProcessGroup.IsAlive(other));
            await ProcessGroup.TerminateAsync(other, TimeSpan.Zero, TimeProvider.System, CancellationToken.None);
        }

        Assert.True(ProcessGroup.IsAlive(identity));
        await ProcessGroup.TerminateAsync(identity, TimeSpan.FromSeconds(10), TimeProvider.System, CancellationToken.None).WaitAsync(Until.Deadline);
        Assert.False(ProcessGroup.IsAlive(identity));
        Assert.Equal(128 + LibC.Terminate, await command.ExitCode.WaitAsync(Until.Deadline));
        Assert.False(ProcessGroup.IsAlive(identity));
    }

    [Fact]
    public async Task A_group_without_its_leader_is_recognised_by_session_and_age()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc");
        using var command = new RunningCommand(Shell("sleep 300 >/dev/null 2>&1 & :"));
        await command.ExitCode.WaitAsync(Until.Deadline);
        var identity = await command.Identity;
        var parts = identity.StartToken.Split('.', 3);
        Assert.True(ProcessGroup.IsAlive(identity));
        Assert.False(ProcessGroup.IsAlive(identity with { StartToken = $"{parts[0]}.{Number(parts[1]) + 1}.{parts[2]}" }));
        Assert.False(ProcessGroup.IsAlive(identity with { StartToken = $"{parts[0]}000.{parts[1]}.{parts[2]}" }));
        await ProcessGroup.TerminateAsync(identity, TimeSpan.Zero, TimeProvider.System, CancellationToken.None).WaitAsync(Until.Deadline);
        Assert.False(ProcessGroup.IsAlive(identity));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private sealed class HandClock : TimeProvider
    {
        private long _ticks;

        internal long Ticks { set => Interlocked.Exchange(ref _ticks, value); }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);
    }
}
