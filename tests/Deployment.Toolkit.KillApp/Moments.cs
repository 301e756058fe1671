using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.KillApp;

/// <summary>Counts the moments that the engine passes, keeps what lies on disk at each if asked to, and dies at the one that it is told.</summary>
internal static class Moments
{
    private static readonly List<string> Passed = [];

    // Many moments lie next to each other with nothing written between them; one copy of what they have in common is enough.
    private static readonly HashSet<string> Seen = new(StringComparer.Ordinal);

    internal static IReadOnlyList<string> All => Passed;

    internal static void Watch(string folder, int killAt, string? snapshots) => Boundary.Observer = moment =>
    {
        lock (Passed)
        {
            Passed.Add(moment);
            if (snapshots is not null && Bytes(folder) is var bytes && Seen.Add(bytes)) Copy(folder, Path.Combine(snapshots, Passed.Count.ToString(CultureInfo.InvariantCulture)));
            if (Passed.Count != killAt) return;

            // SIGKILL on Unix: nothing of this process runs any more, no finally, no flush, no handler.
            Process.GetCurrentProcess().Kill();
            while (true) Thread.Yield();
        }
    };

    private static string Bytes(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Files(folder).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file + "\0"));
            try
            {
                hash.AppendData(File.ReadAllBytes(file));
            }
            catch (IOException)
            {
                // The command of a step runs meanwhile and may have removed it: then it is not there at this moment. Or it is a temporary file that is
                // being written, whose name is what counts.
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    // The lock file is empty and held: .NET would not open it.
    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(static file => Path.GetFileName(file) != "lock" && !file.EndsWith(".sql", StringComparison.Ordinal));

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Files(from).Concat(Directory.EnumerateFiles(from, "*.sql", SearchOption.AllDirectories)))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            try
            {
                File.Copy(file, target, overwrite: true);
            }
            catch (FileNotFoundException)
            {
                // As above.
            }
            catch (IOException)
            {
                File.WriteAllBytes(target, []);
            }
        }
    }
}
