using System.Diagnostics;
using System.Globalization;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.KillApp;

/// <summary>Counts the moments that the engine passes, keeps what lies on disk at each if asked to, and dies at the one that it is told.</summary>
internal static class Moments
{
    private static readonly List<string> Passed = [];

    internal static IReadOnlyList<string> All => Passed;

    internal static void Watch(string folder, int killAt, string? snapshots) => Boundary.Observer = moment =>
    {
        lock (Passed)
        {
            Passed.Add(moment);
            if (snapshots is not null) Copy(folder, Path.Combine(snapshots, Passed.Count.ToString(CultureInfo.InvariantCulture)));
            if (Passed.Count != killAt) return;

            // SIGKILL on Unix: nothing of this process runs any more, no finally, no flush, no handler.
            Process.GetCurrentProcess().Kill();
            while (true) Thread.Yield();
        }
    };

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        // The lock file is empty and held: .NET would not open it to copy it.
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(static file => Path.GetFileName(file) != "lock"))
        {
            try
            {
                File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)), overwrite: true);
            }
            catch (FileNotFoundException)
            {
                // The command of a step runs meanwhile and may have removed it: then it is not there at this moment.
            }
        }
    }
}
