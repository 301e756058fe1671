using System.Globalization;

namespace Deployment.Toolkit.Platform;

/// <summary>What Linux tells of a process in /proc/[pid]/stat.</summary>
internal readonly record struct LinuxProcess(int Id, char State, int Group, int Session, ulong StartTime)
{
    // A zombie holds its id and nothing else; where nobody reaps (pid 1 of many containers) it stays for ever.
    internal bool IsLive => State is not ('Z' or 'X' or 'x');

    /// <summary>The processes of this pid namespace, as far as this user may see them.</summary>
    internal static IEnumerable<LinuxProcess> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Find(id) is { } process
            )
                yield return process;
        }
    }

    internal static LinuxProcess? Find(int id)
    {
        string text;
        try
        {
            text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // The name in parentheses comes second and may itself hold blanks and parentheses; the fields count from behind it.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return new LinuxProcess(
            id,
            fields[0][0],
            Number(fields[2]),
            Number(fields[3]),
            ulong.Parse(fields[19], CultureInfo.InvariantCulture)
        );

        static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The pid namespace and the boot: in another container, or after a restart, the same ids are other processes.
    /// </summary>
    internal static string World()
    {
        var space = new FileInfo("/proc/self/ns/pid").LinkTarget ?? "pid";
        return $"{space}.{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}";
    }
}
