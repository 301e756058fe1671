using System.Text;
using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Settings;

/// <summary>
/// Reads a tree of files as settings, one file a value: <c>Content/MaxItems</c> and <c>Content__MaxItems</c> set <c>Content:MaxItems</c>.
/// Names that begin with a dot are left alone: orchestrators keep the files themselves there and link to them.
/// </summary>
internal static class MountedFiles
{
    internal const int DeepestFolder = 16;

    // No setting is longer; a file that is was mounted by mistake and must not fill the memory.
    private const int LongestFile = 1 << 20;
    private const int MostFiles = 10_000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static ConfigurationTable Read(string folder)
    {
        var values = new Dictionary<string, TableValue>(StringComparer.OrdinalIgnoreCase);
        var faults = new List<DeploymentMessage>();
        foreach (var path in Files(folder))
        {
            if (values.Count >= MostFiles)
            {
                faults.Add(Fault(folder, $"{folder} holds more than {MostFiles} files, which no settings do. Mount the right folder."));
                break;
            }

            var key = string.Join(ConfigurationPath.KeyDelimiter, Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar))
                .Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
            if (ReadFile(path, faults) is not { } text)
                continue;

            if (values.TryGetValue(key, out var earlier))
                faults.Add(
                    new DeploymentMessage(
                        Codes.KeyDuplicate,
                        $"{key} is set by {earlier.File} and {path}; keys compare without case. Remove one."
                    )
                    {
                        Key = key,
                        File = path,
                    }
                );
            else
                values[key] = new TableValue(key, text, 0, 0) { File = path };
        }

        return new ConfigurationTable(folder, values, new Dictionary<string, TableContainer>(StringComparer.OrdinalIgnoreCase), faults);
    }

    private static IEnumerable<string> Files(string folder)
    {
        var open = new Stack<(string Path, int Depth)>([(folder, 0)]);
        while (open.TryPop(out var at))
        {
            if (!Directory.Exists(at.Path))
                continue;

            foreach (
                var file in Directory
                    .EnumerateFiles(at.Path)
                    .Where(static path => Path.GetFileName(path)[0] != '.')
                    .Order(StringComparer.Ordinal)
            )
                yield return file;
            if (at.Depth >= DeepestFolder)
                continue;

            foreach (
                var inner in Directory
                    .EnumerateDirectories(at.Path)
                    .Where(static path => Path.GetFileName(path)[0] != '.')
                    .OrderDescending(StringComparer.Ordinal)
            )
                open.Push((inner, at.Depth + 1));
        }
    }

    private static string? ReadFile(string path, List<DeploymentMessage> faults)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // A pipe or device has no length, and reading it might never end.
            if (!stream.CanSeek || stream.Length > LongestFile)
            {
                faults.Add(
                    Fault(
                        path,
                        $"{path} is {(stream.CanSeek ? $"longer than {LongestFile >> 20} MiB" : "no regular file")}, which no setting "
                            + $"is. Mount the right file."
                    )
                );
                return null;
            }

            var content = new byte[stream.Length];
            var length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            var text = Utf8.GetString(content, 0, length);
            // Editors and echo end a file with a line break that is no part of the value.
            return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2]
                : text.EndsWith('\n') ? text[..^1]
                : text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            var reason = e is DecoderFallbackException ? "holds bytes that are no UTF-8" : $"cannot be read: {e.Message.TrimEnd('.')}";
            faults.Add(Fault(path, $"{path} {reason}. Save it as UTF-8, or give the app the right to read it."));
            return null;
        }
    }

    private static DeploymentMessage Fault(string path, string text) => new(Codes.ConfigurationMalformed, text) { File = path };
}
