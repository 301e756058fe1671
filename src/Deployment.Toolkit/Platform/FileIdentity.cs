using System.Globalization;

namespace Deployment.Toolkit.Platform;

/// <summary>Which file a path leads to, whatever it is called.</summary>
internal static class FileIdentity
{
    /// <summary>
    /// By device and inode on Linux, where every name of a file has the same; elsewhere by the path behind links, under which a second
    /// name of the same file is another. <see langword="null"/> when there is no such file.
    /// </summary>
    internal static string? Of(string path)
    {
        if (!File.Exists(path))
            return null;
        // Device numbers and inodes are one machine's.
        if (LibC.PlaceOf(path) is var (major, minor, inode))
            return string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName} {major}:{minor} {inode}");

        var file = new FileInfo(path);
        return $"{Environment.MachineName} {(file.ResolveLinkTarget(returnFinalTarget: true) ?? file).FullName}";
    }
}
