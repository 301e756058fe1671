using System.Security.Cryptography;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Activation;

/// <summary>Releases in folders of their own, a link that names the live one, and a note of which was made to run.</summary>
/// <remarks>Windows can't put one link in the place of another: there the link is missing for a moment.</remarks>
internal sealed class ReleaseFolders(string root)
{
    private const string Releases = "releases";

    internal string Link { get; } = Path.Combine(root, "current");

    // The link alone doesn't tell: a process may have died between it and the restart.
    private string Running { get; } = Path.Combine(root, ".running");

    private string Folder => Path.Combine(root, Releases);

    /// <summary>The folder of a release: by version and commit where there is one, else by version.</summary>
    /// <exception cref="DeploymentException">The release's name is none of a folder.</exception>
    internal string Of(Release release)
    {
        var full = $"{release.Version}+{release.Commit}";
        return release.Commit is not null && IsName(full) && Directory.Exists(Path.Combine(Folder, full)) ? Path.Combine(Folder, full)
            : IsName(release.Version) ? Path.Combine(Folder, release.Version)
            : throw DeploymentException.Refused(
                Codes.ReleaseInvalid,
                $"Release {release} can't have a folder of its name in '{Folder}'. Give --release a version of letters, digits, dots and dashes."
            );
    }

    /// <summary>The folder that a release gets which is copied: two builds of one version are told by their commits.</summary>
    internal string NewOf(Release release) =>
        release.Commit is not null && IsName(release.ToFullString()) ? Path.Combine(Folder, release.ToFullString()) : Of(release);

    /// <summary>Whether one is the other, by whatever links.</summary>
    internal static bool AreSame(string one, string other) => Real(one) == Real(other);

    /// <summary>
    /// Whether two folders hold the same assemblies. Other files an app may have changed where it ran.
    /// </summary>
    internal static bool HaveSameCode(string one, string other)
    {
        var (own, others) = (Assemblies(one), Assemblies(other));
        return own.SequenceEqual(others, StringComparer.Ordinal)
            && own.TrueForAll(name => Hash(Path.Combine(one, name)).AsSpan().SequenceEqual(Hash(Path.Combine(other, name))));
    }

    private static byte[] Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return SHA256.HashData(stream);
    }

    private static List<string> Assemblies(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(static file => Path.GetExtension(file) is ".dll" or ".exe")
                .Select(file => Path.GetRelativePath(folder, file))
                .Order(StringComparer.Ordinal),
        ];

    private static string Real(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
    }

    /// <summary>The release that was made to run last, if the link still names it.</summary>
    internal async Task<string?> CurrentAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Running) || Target() is not { } target)
            return null;

        var running = (await File.ReadAllTextAsync(Running, cancellationToken).ConfigureAwait(false)).Trim();
        return running == target && Directory.Exists(Path.Combine(Folder, running)) ? running : null;
    }

    internal async Task NoteRunningAsync(string folder, CancellationToken cancellationToken) =>
        await DurableFile
            .WriteAsync(Running, System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(folder) + "\n"), cancellationToken)
            .ConfigureAwait(false);

    /// <summary>Makes a release's folder whole, or not at all.</summary>
    internal void Copy(string source, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        Sweep();
        var half = Half(Path.GetFileName(folder));
        string? aside = null;
        try
        {
            Directory.CreateDirectory(half);
            foreach (var directory in Directory.GetDirectories(source, "*", SearchOption.AllDirectories))
                Directory.CreateDirectory(Path.Combine(half, Path.GetRelativePath(source, directory)));
            foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var copy = Path.Combine(half, Path.GetRelativePath(source, file));
                File.Copy(file, copy);
                using var written = new FileStream(copy, FileMode.Open, FileAccess.ReadWrite);
                RandomAccess.FlushToDisk(written.SafeFileHandle);
            }

            Boundary.Reached("release directory: copied");
            if (Directory.Exists(folder))
                aside = SetAside(Path.GetFileName(folder));
            Directory.Move(half, folder);
            DurableFile.FlushDirectory(Folder);
        }
        finally
        {
            // Half a copy under a name that no later run uses would keep a full disk full.
            foreach (var gone in (string?[])[half, aside])
            {
                if (Directory.Exists(gone))
                    Directory.Delete(gone, recursive: true);
            }
        }
    }

    /// <summary>Lets the link name a release, of which it can't be told any more whether it runs.</summary>
    /// <exception cref="DeploymentException">Something else is where the link should be.</exception>
    internal void Point(string folder)
    {
        if (Directory.Exists(Link) && new DirectoryInfo(Link).LinkTarget is null)
            throw DeploymentException.Failed(
                Codes.StepFailed,
                $"'{Link}' is a folder and no link, so no release can be put in its place. Move it to '{Folder}' under its version."
            );

        // What was made to run is told again once it is: a link that comes back to what the note still names would pass for restarted.
        File.Delete(Running);
        DurableFile.FlushDirectory(root);
        Boundary.Reached("release directory: note removed");
        var next = Path.Combine(root, ".current.next");
        File.Delete(next);
        Directory.CreateSymbolicLink(next, Path.Combine(Releases, Path.GetFileName(folder)));
        Boundary.Reached("release directory: link made");
        if (OperatingSystem.IsWindows())
        {
            if (Directory.Exists(Link))
                Directory.Delete(Link);
            Directory.Move(next, Link);
        }
        else if (LibC.Rename(next, Link) != 0)
        {
            throw LibC.Failed($"'{Link}' can't be changed", LibC.LastError);
        }

        DurableFile.FlushDirectory(root);
        Boundary.Reached("release directory: link changed");
    }

    /// <summary>Removes releases that the journal knows, but for those that stay.</summary>
    /// <returns>The names of those that went.</returns>
    internal IReadOnlyList<string> Prune(IEnumerable<Release> known, IEnumerable<Release> stay)
    {
        var kept = stay.Select(release => Path.GetFileName(Of(release))).Append(Target()).ToHashSet(StringComparer.Ordinal);
        var gone = known
            .Select(release => Path.GetFileName(Of(release)))
            .Distinct(StringComparer.Ordinal)
            .Where(name => !kept.Contains(name) && Directory.Exists(Path.Combine(Folder, name)))
            .ToList();
        Sweep();
        foreach (var name in gone)
        {
            Directory.Delete(SetAside(name), recursive: true);
            Boundary.Reached("release directory: removed");
        }

        return gone;
    }

    // Out of its name at once: a folder that is there counts as a whole release, for a rollback too.
    private string SetAside(string name)
    {
        var aside = Half(name);
        Directory.Move(Path.Combine(Folder, name), aside);
        DurableFile.FlushDirectory(Folder);
        Boundary.Reached("release directory: set aside");
        return aside;
    }

    private string Half(string name) => Path.Combine(Folder, $".{name}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp");

    // What killed processes left of copies and removals.
    private void Sweep()
    {
        foreach (var half in Directory.GetDirectories(Folder, ".*.tmp"))
            Directory.Delete(half, recursive: true);
    }

    private string? Target() => new DirectoryInfo(Link).LinkTarget is { } target ? Path.GetFileName(target) : null;

    private static bool IsName(string text) =>
        text is not ("." or "..")
        && text[0] != '.'
        && text.IndexOfAny(Path.GetInvalidFileNameChars()) < 0
        && Path.GetFileName(text) == text;
}
