namespace Deployment.Toolkit.Platform;

/// <summary>
/// Tells without writing anything whether a place can be written to. Unix asks the kernel (access(2), which knows read-only mounts too); on
/// Windows only the read-only attribute and what stands in the way by name can be told, its access lists show when the place is written.
/// </summary>
internal static class WriteAccess
{
    private const int Write = 2,
        Search = 1;

    /// <summary>Why no file can be made in a folder, which need not be there yet; <see langword="null"/> when one can.</summary>
    internal static string? WhyNotIn(string folder)
    {
        for (var path = Path.GetFullPath(folder); ; path = Path.GetDirectoryName(path)!)
        {
            if (Directory.Exists(path))
                return Denied(path, Write | Search);
            if (File.Exists(path))
                return $"'{path}' is a file, not a folder.";
            // A link that leads nowhere is there, and no folder can be made in its place.
            if (new FileInfo(path).LinkTarget is { } target)
                return $"'{path}' is a link to '{target}', which does not exist.";
            if (Path.GetDirectoryName(path) is null)
                return $"'{path}' does not exist.";
        }
    }

    /// <summary>Why a file cannot be written; <see langword="null"/> when it can or is not there yet.</summary>
    internal static string? WhyNotTo(string file) =>
        Directory.Exists(file) ? $"'{file}' is a folder, not a file."
        : !File.Exists(file) ? null
        : OperatingSystem.IsWindows()
            ? File.GetAttributes(file).HasFlag(FileAttributes.ReadOnly) ? $"'{file}' is read-only."
                : null
        : Denied(file, Write);

    private static string? Denied(string path, int mode) =>
        OperatingSystem.IsWindows() || LibC.Access(path, mode) == 0
            ? null
            : $"'{path}' is not writable for user '{Environment.UserName}': {LibC.Describe(LibC.LastError)}.";
}
