namespace Deployment.Toolkit.Platform;

/// <summary>Finds a command's program before anything is started, so that a missing one is told from one that failed.</summary>
internal static class CommandLookup
{
    private const int ExecutePermission = 1;
    private static readonly string[] UnixEndings = [""];

    // Not .cmd and .bat: Windows runs them through cmd.exe, which reads arguments as its own language.
    private static readonly string[] WindowsEndings = ["", ".exe", ".com"];

    internal static string Resolve(CommandLaunch launch)
    {
        var name = launch.FileName;
        var hasFolder =
            name.Contains('/', StringComparison.Ordinal) || (OperatingSystem.IsWindows() && name.AsSpan().ContainsAny('\\', ':'));
        if (!hasFolder)
            return Resolve(name, SearchPath());

        var path = Path.Combine(Path.GetFullPath(launch.WorkingDirectory ?? "."), name);
        return Find(path)
            ?? throw (
                File.Exists(path)
                    ? NotExecutable(name, path)
                    : new CommandNotStartedException($"The command '{name}' was not found: there is no file '{path}'. Correct the path.")
            );
    }

    internal static string Resolve(string name, string searchPath)
    {
        string? notExecutable = null;
        foreach (var folder in searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var path = Path.Combine(folder, name);
            if (Find(path) is { } found)
                return Path.GetFullPath(found);
            if (File.Exists(path))
                notExecutable ??= path;
        }

        throw notExecutable is not null
            ? NotExecutable(name, notExecutable)
            : new CommandNotStartedException(
                $"The command '{name}' was not found on PATH ({(searchPath.Length == 0 ? "which is empty" : searchPath)}). Install it, "
                    + $"or give its full path."
            );
    }

    private static string? Find(string path)
    {
        foreach (var ending in OperatingSystem.IsWindows() ? WindowsEndings : UnixEndings)
        {
            var file = path + ending;
            if (File.Exists(file) && IsExecutable(file))
                return file;
        }

        return null;
    }

    private static bool IsExecutable(string file) =>
        OperatingSystem.IsWindows()
            ? Path.GetExtension(file).ToUpperInvariant() is not (".BAT" or ".CMD")
            : LibC.Access(file, ExecutePermission) == 0;

    private static CommandNotStartedException NotExecutable(string name, string path) =>
        new(
            OperatingSystem.IsWindows()
                ? $"The command '{name}' is the batch file '{path}', which only a shell can run. Run cmd.exe with it as an argument."
                : $"The command '{name}' is the file '{path}', which this user may not execute. Run chmod +x on it or correct the name."
        );

    // The command's own variables are exact and may hold no PATH; where its program is found is this process's matter.
#pragma warning disable RS0030
    private static string SearchPath() => Environment.GetEnvironmentVariable("PATH") ?? "";
#pragma warning restore RS0030
}
