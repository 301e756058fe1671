using System.Runtime.CompilerServices;

namespace Deployment.Toolkit;

/// <summary>
/// Puts the folders that tests make into memory, where there is room: each record of a journal is flushed, and a run waits for the disk for two thirds
/// of its time otherwise. What is tried is that processes and servers are killed, not that the power fails. Who sets TMPDIR decides.
/// </summary>
internal static class FastFolders
{
    private const string Memory = "/dev/shm";

    private const long Room = 8L << 30;

    private const long OfMemory = 12L << 30;

#pragma warning disable CA2255 // Before the first test asks for a folder; nothing else loads this assembly.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Use()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("TMPDIR") is null && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > OfMemory && HasRoom())
            Environment.SetEnvironmentVariable("TMPDIR", Memory);
    }

    private static bool HasRoom()
    {
        try
        {
            // Programs are started from there, too.
            var mount = File.ReadLines("/proc/mounts").Select(static line => line.Split(' ')).LastOrDefault(static mount => mount[1] == Memory);
            return mount is ["tmpfs", _, "tmpfs", var options, ..] && !options.Split(',').Contains("noexec") && new DriveInfo(Memory).AvailableFreeSpace > Room;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
