using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Toolkit.Settings;

/// <summary>
/// Tells whether files may have changed, by names, times, lengths and where links lead. Looked at every few seconds and not watched: an
/// orchestrator swaps a link above the files, and over some mounts the system tells nobody.
/// </summary>
internal static class FolderStamp
{
    private const int MostEntries = 10_000;

    /// <summary>The stamp of a file, or of a folder with what stands in it; another one when something changed.</summary>
    internal static string Of(IEnumerable<string> paths, bool isDeep = false)
    {
        var text = new StringBuilder();
        var left = MostEntries;
        foreach (var path in paths)
            Add(text, path, isDeep, ref left);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Add(StringBuilder text, string path, bool isDeep, ref int left)
    {
        try
        {
            if (File.Exists(path))
                Add(text, new FileInfo(path));
            if (!Directory.Exists(path))
                return;

            var options = new EnumerationOptions
            {
                RecurseSubdirectories = isDeep,
                MaxRecursionDepth = MountedFiles.DeepestFolder,
                AttributesToSkip = FileAttributes.None,
                IgnoreInaccessible = true,
            };
            foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos("*", options))
            {
                if (left-- <= 0)
                    return;

                Add(text, entry);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Between two looks it may be gone; that is a change of its own.
            text.Append(path).Append(e.GetType().Name);
        }
    }

    private static void Add(StringBuilder text, FileSystemInfo entry)
    {
        text.Append(
            CultureInfo.InvariantCulture,
            $"{entry.FullName}|{entry.LastWriteTimeUtc.Ticks}|{(entry as FileInfo)?.Length}|{entry.LinkTarget}\n"
        );
    }
}
