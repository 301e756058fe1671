using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Deployment.Toolkit.Platform;

/// <summary>A command's process group as a later process finds it again, say after a crash of the one that started it.</summary>
/// <remarks>
/// Only Linux recognises a group whose leader is gone while other members live; elsewhere such a group counts as gone, because it can't be
/// told from a stranger's. On Windows it is one process and, at <see cref="TerminateAsync"/>, its tree, which ends at once.
/// </remarks>
internal static class ProcessGroup
{
    /// <summary>Whether a member of the group runs. A later group with the same id is another one.</summary>
    internal static bool IsAlive(CommandIdentity id) =>
        id.GroupId >= 2 && (OperatingSystem.IsWindows() ? StartTicks(id.GroupId) == id.StartToken : UnixProcessGroup.IsAlive(id));

    /// <summary>
    /// SIGTERM to the whole group, SIGKILL to what is left of it after <paramref name="grace"/>; ends when it is gone. Does nothing when it
    /// is gone already.
    /// </summary>
    /// <exception cref="TimeoutException">Even SIGKILL didn't end it.</exception>
    internal static Task TerminateAsync(CommandIdentity id, TimeSpan grace, TimeProvider time, CancellationToken ct)
    {
        if (!IsAlive(id))
            return Task.CompletedTask;
        if (OperatingSystem.IsWindows())
            return WindowsCommand.EndAsync(id, ct);
        // Elsewhere than on Linux the identity dies with the leader; the group was seen a moment ago, so its number is enough.
        Func<bool> isAlive = OperatingSystem.IsLinux() ? () => IsAlive(id) : () => UnixProcessGroup.HasLiveMembers(id.GroupId);
        return UnixProcessGroup.EndAsync(id.GroupId, isAlive, grace, time, ct);
    }

    /// <summary>The user as whom this process acts.</summary>
    internal static uint CurrentUser => OperatingSystem.IsWindows() ? 0 : LibC.EffectiveUser();

    /// <summary>
    /// Whose the group's leader is; <see langword="null"/> when it is gone, and off Linux, where only the leader's start tells it apart.
    /// </summary>
    internal static uint? OwnerOf(CommandIdentity id) =>
        OperatingSystem.IsLinux()
            ? LibC.FactsOf(string.Create(CultureInfo.InvariantCulture, $"/proc/{id.GroupId}"), follow: true)?.Owner
            : null;

    /// <summary>When a process started, or null when there is none or it is another user's.</summary>
    internal static string? StartTicks(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return found.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}
