using System.Globalization;
using System.Numerics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// A version that nobody else gets: it is kept by a file of its own until the migration's files are there. Dispose it then.
/// </summary>
internal sealed class NewVersion : IDisposable
{
    private const string Stamp = "yyyyMMddHHmmss";

    private readonly string _file;

    private NewVersion(string text, string file) => (Text, _file) = (text, file);

    internal string Text { get; }

    internal static NewVersion Reserve(string folder, IEnumerable<string> known, DateTimeOffset now)
    {
        var elsewhere = known.ToList();
        var next = First(Last(folder, elsewhere), now);
        while (true)
        {
            var file = Path.Combine(folder, $".{next}.adding");
            if (!TryCreate(file))
            {
                next = Above(next);
                continue;
            }

            // Whoever had reserved it before has written its files by now.
            var last = Last(folder, elsewhere);
            if (MigrationVersion.Compare(last, next) < 0)
                return new NewVersion(next, file);

            File.Delete(file);
            next = First(last, now);
        }
    }

    public void Dispose() => File.Delete(_file);

    private static string? Last(string folder, List<string> elsewhere) =>
        Directory
            .EnumerateFiles(folder)
            .Select(static file => MigrationVersion.ParseFileName(Path.GetFileName(file))?.Version)
            .OfType<string>()
            .Concat(elsewhere)
            .Max(MigrationVersion.Order);

    private static string First(string? last, DateTimeOffset now)
    {
        if (last is null)
            return "0001";
        if (last.Length <= 8)
            return Above(last);

        var stamp = now.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture);
        return MigrationVersion.Compare(stamp, last) > 0 ? stamp : Above(last);
    }

    private static string Above(string version) =>
        DateTime.TryParseExact(version, Stamp, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time.AddSeconds(1).ToString(Stamp, CultureInfo.InvariantCulture)
            : (BigInteger.Parse(version, CultureInfo.InvariantCulture) + 1).ToString(
                "D" + version.Length.ToString(CultureInfo.InvariantCulture),
                CultureInfo.InvariantCulture
            );

    private static bool TryCreate(string file)
    {
        try
        {
            new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete).Dispose();
            return true;
        }
        catch (IOException e) when (NameTaken.Is(e))
        {
            return false;
        }
    }
}
