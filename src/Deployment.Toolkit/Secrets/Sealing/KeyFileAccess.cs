using System.Runtime.Versioning;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Who may read a key file beside its owner: a group that this process is in, as orchestrators mount files for a process that isn't root.
/// Nobody else, and nobody may change it.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static class KeyFileAccess
{
    private const UnixFileMode World = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>What is wrong with the mode, and what mends it; null when nothing is.</summary>
    internal static string? Defect(string path, UnixFileMode mode) =>
        Defect(path, mode, () => LibC.OwnerOf(path)?.Group is { } group && LibC.IsInGroup(group));

    internal static string? Defect(string path, UnixFileMode mode, Func<bool> isOwnGroup)
    {
        const string leaked = "If others could have read it, make a new key and run 'deploy secrets rekey'.";
        var octal = Convert.ToString((int)mode, 8).PadLeft(4, '0');
        if ((mode & World) != UnixFileMode.None)
            return $"Key file '{path}' is open to every user of the machine (mode {octal}). Run 'chmod 600 {path}', or mount it with "
                + $"mode 0440 (Kubernetes: defaultMode: 0440 with fsGroup; Docker: mode: 0440 with gid). {leaked}";
        if ((mode & UnixFileMode.GroupWrite) != UnixFileMode.None)
            return $"Key file '{path}' can be changed by its group (mode {octal}), which could put another key in its place. Run 'chmod "
                + $"600 {path}'.";
        if ((mode & (UnixFileMode.GroupRead | UnixFileMode.GroupExecute)) != UnixFileMode.None && !isOwnGroup())
            return $"Key file '{path}' is open to others (mode {octal}, for a group that this process is not in). Run 'chmod 600 "
                + $"{path}', or run the process with the file's group. {leaked}";
        return null;
    }
}
