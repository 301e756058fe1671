using System.Diagnostics;
using System.Globalization;

namespace Deployment.Toolkit.Platform;

/// <summary><see cref="ProcessGroup"/> on Unix.</summary>
internal static class UnixProcessGroup
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(100);

    internal static CommandIdentity Identify(int leader)
    {
        if (!OperatingSystem.IsLinux())
            return new CommandIdentity(leader, StartTicks(leader) ?? "");
        var process = LinuxProcess.Find(leader);
        return new CommandIdentity(leader, process is { } found ? Token(found.StartTime, found.Session) : "");
    }

    internal static bool IsAlive(CommandIdentity id)
    {
        if (!OperatingSystem.IsLinux())
            return HasLiveMembers(id.GroupId) && StartTicks(id.GroupId) == id.StartToken;

        var parts = id.StartToken.Split('.', 3);
        if (
            parts.Length != 3
            || !ulong.TryParse(parts[0], CultureInfo.InvariantCulture, out var start)
            || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out var session)
            || parts[2] != LinuxProcess.World()
        )
            return false;
        // An id isn't given out again while a group has it: another process under the leader's id means that the group is gone.
        if (LinuxProcess.Find(id.GroupId) is { } leader)
        {
            if (leader.StartTime != start || leader.Group != id.GroupId)
                return false;
            if (leader.IsLive)
                return true;
        }

        return LinuxProcess
            .All()
            .Any(member => member.Group == id.GroupId && member.Session == session && member.StartTime >= start && member.IsLive);
    }

    /// <summary>Whether the group has a member that isn't a zombie; for a group that is known to be the one that is meant.</summary>
    internal static bool HasLiveMembers(int group)
    {
        // Other systems than Linux answer "not permitted" for a group of zombies alone.
        if (LibC.SendSignal(-group, 0) != 0 && (!OperatingSystem.IsLinux() || LibC.LastError == LibC.NoSuchProcess))
            return false;
        return !OperatingSystem.IsLinux()
            || LinuxProcess.Find(group) is { IsLive: true } leader && leader.Group == group
            || LinuxProcess.All().Any(member => member.Group == group && member.IsLive);
    }

    internal static async Task EndAsync(
        int group,
        Func<bool> isAlive,
        TimeSpan grace,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var began = time.GetTimestamp();
        Signal(group, LibC.Terminate);
        // A stopped member (it asked the terminal for a password, say) gets SIGTERM only once it runs again.
        Signal(group, LibC.Continue);
        var pause = TimeSpan.FromMilliseconds(5);
        while (isAlive() && time.GetElapsedTime(began) < grace)
            pause = await PauseAsync(pause, cancellationToken);

        var killing = Stopwatch.GetTimestamp();
        while (isAlive())
        {
            if (Stopwatch.GetElapsedTime(killing) > KillLimit)
                throw new TimeoutException(
                    $"Process group {group} is still there {KillLimit.TotalSeconds:0} s after SIGKILL: a member hangs in the kernel (a "
                        + $"dead network disk?) or belongs to another user. See ps -o pid,stat,user,args -g {group}."
                );
            Signal(group, LibC.Kill);
            pause = await PauseAsync(pause, cancellationToken);
        }
    }

    // The system's own clock: processes die without a test's clock moving; only the grace is measured by that.
    private static async Task<TimeSpan> PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Delay(pause, TimeProvider.System, cancellationToken);
        return pause < MaxPause ? pause * 2 : pause;
    }

    private static void Signal(int group, int signal)
    {
        // 0 and 1 would make kill(-group) mean this process's own group and everything there is.
        ArgumentOutOfRangeException.ThrowIfLessThan(group, 2);
        if (LibC.SendSignal(-group, signal) != 0 && LibC.LastError is not (LibC.NoSuchProcess or LibC.NotPermitted))
            throw LibC.Failed($"Process group {group} can't be signalled", LibC.LastError);
    }

    private static string Token(ulong start, int session) =>
        string.Create(CultureInfo.InvariantCulture, $"{start}.{session}.{LinuxProcess.World()}");

    private static string? StartTicks(int process) => ProcessGroup.StartTicks(process);
}
