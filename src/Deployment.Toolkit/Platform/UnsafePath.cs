using System.Globalization;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Platform;

/// <summary>Why a file or folder of a deployment isn't used, each with the command that mends it.</summary>
internal static class UnsafePath
{
    internal const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    internal const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    internal static DeploymentException Link(string path) =>
        Refused(
            $"'{path}' is a symbolic link, and the files of a deployment are opened without following one: it could lead to any file. "
                + $"Nothing was changed. "
                + $"Look where it leads with ls -l {Quoted(path)}, remove it with rm {Quoted(path)}, and run the command again."
        );

    internal static DeploymentException LinkOf(string path, uint owner) =>
        Refused(
            $"Folder '{path}' is a symbolic link that belongs to user {Id(owner)}, while this process acts as user "
                + $"{Id(LibC.EffectiveUser())}: whoever made it leads this deployment where they like. "
                + $"Nothing was changed. Look where it leads with ls -ld {Quoted(path)}, and make it anew as the deploying user."
        );

    internal static DeploymentException NoFile(string path) =>
        Refused(
            $"'{path}' is no regular file, though a deployment keeps one there. Nothing was changed. Look at it with ls -ld "
                + $"{Quoted(path)} and move it away."
        );

    internal static DeploymentException Names(string path, uint count) =>
        Refused(
            $"'{path}' is one of {Id(count)} names of the same file, so that writing it would change another place. Nothing was changed. "
                + $"Find the others with find / -xdev -samefile {Quoted(path)}, and give it a copy of its own: cp -p {Quoted(path)} "
                + $"{Quoted(path + ".own")} && mv {Quoted(path + ".own")} {Quoted(path)}"
        );

    internal static DeploymentException Foreign(string path, uint? owner) =>
        Refused(
            $"'{path}' belongs to {(owner is { } user ? "user " + Id(user) : "another user")}, while this process acts as user "
                + $"{Id(LibC.EffectiveUser())}: what another user may write can't be trusted, "
                + "and what this one writes would be closed to them. Nothing was changed. "
                + $"Run the command as its owner{Sudo(owner)}, hand it over with sudo chown -R {Id(LibC.EffectiveUser())} "
                + $"{Quoted(path)}, or name another folder with the setting Deployment:Directory."
        );

    internal static DeploymentException Closed(string path, string folder)
    {
        var owner = LibC.FactsOf(folder, follow: true)?.Owner;
        return Refused(
            $"'{path}' can't be opened: what a deployment keeps is open to its owner alone, and this process acts as user "
                + $"{Id(LibC.EffectiveUser())}. Nothing was changed. "
                + $"Deploy and run the app as one user{Sudo(owner)}, or name another folder with the setting Deployment:Directory."
        );
    }

    internal static DeploymentException Writable(string folder, UnixFileMode mode) =>
        Refused(
            $"Folder '{folder}' may be written by others than its owner (mode {Convert.ToString((int)mode, 8)}), so that what lies in "
                + $"it can't be trusted. Nothing was changed. "
                + $"Look at what is in it, then run chmod 700 {Quoted(folder)}, or name a folder of its own with the setting "
                + $"Deployment:Directory."
        );

    private static DeploymentException Refused(string text) => DeploymentException.Refused(Codes.DeploymentFolderUnsafe, text);

    private static string Id(uint number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Sudo(uint? owner) => owner is { } user ? $" (sudo -u '#{Id(user)}' …)" : "";

    private static string Quoted(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
