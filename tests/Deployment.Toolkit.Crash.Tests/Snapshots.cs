using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Toolkit.KillApp;
using Deployment.Toolkit.Platform;
using Microsoft.Win32.SafeHandles;

namespace Deployment.Toolkit.Crash.Tests;

/// <summary>Copies of a folder at the moments of a deployment: what the operating system would still have if the process died there.</summary>
internal sealed class Snapshots
{
    private readonly CrashFolder _source;
    private readonly CrashFolder _target;
    private readonly Func<string, bool>? _isKnown;

    // Many moments lie next to each other with nothing written between them; one copy of what they have in common is enough.
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly List<int> _first = [];
    private readonly List<int> _kept = [];

    /// <param name="source">What is copied.</param>
    /// <param name="target">Where to.</param>
    /// <param name="isKnown">Given a state's digest, whether it need not be kept; without it all are.</param>
    internal Snapshots(CrashFolder source, CrashFolder target, Func<string, bool>? isKnown = null)
    {
        (_source, _target, _isKnown) = (source, target, isKnown);
        Moments = Moments.Watch(passed: Take);
    }

    internal Moments Moments { get; }

    /// <summary>What was kept, with the moment of each.</summary>
    internal IEnumerable<(CrashFolder State, int Moment)> Kept => _kept.Select(moment => (At(moment), moment));

    /// <summary>What lay on disk at a moment; the first is 1.</summary>
    internal CrashFolder At(int moment) => CrashFolder.At(Path.Combine(_target.Path, _first[moment - 1].ToString(CultureInfo.InvariantCulture)));

    internal string NameOf(int moment) => Moments.Names[moment - 1];

    private void Take(int moment)
    {
        var files = Read();
        var bytes = Digest(files);
        _first.Add(_seen.TryGetValue(bytes, out var earlier) ? earlier : moment);
        if (!_seen.TryAdd(bytes, moment) || _isKnown?.Invoke(_source.Digest()) == true) return;

        Write(files, At(moment).Path);
        _kept.Add(moment);
    }

    // The command of a step runs meanwhile and may have removed a file since it was listed: then it is not there at this moment.
    private List<KeptFile> Read() =>
        [.. CrashFolder.EntriesOf(_source.Path).Order(StringComparer.Ordinal).Select(Keep).OfType<KeptFile>()];

    /// <summary>Reads also what .NET holds under locks of its own: a temporary file that is half written.</summary>
    private KeptFile? Keep(string file)
    {
        if (new FileInfo(file).LinkTarget is { } named) return new KeptFile(Path.GetRelativePath(_source.Path, file), [], UnixFileMode.None, named);

        try
        {
            using var stream = OperatingSystem.IsWindows()
                ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
                : new FileStream(Open(file), FileAccess.Read);
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(stream.SafeFileHandle);
            return new KeptFile(Path.GetRelativePath(_source.Path, file), content, mode);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static SafeFileHandle Open(string file) =>
        LibC.OpenExisting(file, write: false) is >= 0 and var handle ? new SafeFileHandle(handle, ownsHandle: true) : throw new FileNotFoundException(file);

    private static string Digest(List<KeptFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Name}\0{file.Mode}\0{file.Content.Length}\0{file.Named}\0"));
            hash.AppendData(file.Content);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static void Write(List<KeptFile> files, string folder)
    {
        foreach (var kept in files)
        {
            var file = Path.Combine(folder, kept.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            if (kept.Named is not null)
            {
                Directory.CreateSymbolicLink(file, kept.Named);
                continue;
            }

            File.WriteAllBytes(file, kept.Content);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, kept.Mode);
        }
    }

    /// <param name="Name">Its path.</param>
    /// <param name="Content">What it holds.</param>
    /// <param name="Mode">Who may do what with it.</param>
    /// <param name="Named">What a link names; <see langword="null"/> for a file.</param>
    private sealed record KeptFile(string Name, byte[] Content, UnixFileMode Mode, string? Named = null);
}
