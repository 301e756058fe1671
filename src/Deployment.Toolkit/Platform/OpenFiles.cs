using System.Globalization;

namespace Deployment.Toolkit.Platform;

/// <summary>Which processes have a file open. Only Linux tells without help, and of other users' processes only to root.</summary>
internal static class OpenFiles
{
    private const string ThisProcess = "this process";

    /// <summary>The same without this process.</summary>
    internal static IReadOnlyList<string> OtherHolders(string path) => [.. Holders(path).Where(static holder => holder != ThisProcess)];

    /// <summary>For people, for example <c>process 4711 (dotnet)</c>; this process's own as <c>this process</c>.</summary>
    internal static IReadOnlyList<string> Holders(string path)
    {
        if (!OperatingSystem.IsLinux())
            return [];

        var holders = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (
                !int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                || !HasOpen(process, path)
            )
                continue;
            holders.Add(
                id == Environment.ProcessId ? ThisProcess : $"process {id.ToString(CultureInfo.InvariantCulture)} ({NameOf(process)})"
            );
        }

        return holders;
    }

    private static bool HasOpen(string process, string path)
    {
        try
        {
            return Directory.EnumerateFiles(process + "/fd").Any(descriptor => TargetOf(descriptor) == path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is somebody else's.
            return false;
        }
    }

    private static string? TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string NameOf(string process)
    {
        try
        {
            // A name may hold anything that its program likes.
            return new string([.. File.ReadAllText(process + "/comm").Trim().Where(static c => !char.IsControl(c))]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "ended meanwhile";
        }
    }
}
