using System.Text;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>Files that hold a private key: theirs alone to read who owns them.</summary>
internal static class KeyFile
{
    internal const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int Longest = 16 * 1024;

    /// <param name="path">The file.</param>
    /// <param name="isPublished">Whether it lies in the repository on purpose: a development key.</param>
    /// <exception cref="DeploymentException">Others can read it, or it is no key.</exception>
    internal static SealedKey Read(string path, bool isPublished = false)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (
                !isPublished
                && !OperatingSystem.IsWindows()
                && KeyFileAccess.Defect(path, File.GetUnixFileMode(stream.SafeFileHandle)) is { } defect
            )
                throw DeploymentException.Refused(Codes.SecretsKeyUnsafe, defect);

            if (stream.Length > Longest)
                throw DeploymentException.Refused(
                    Codes.SecretsKeyUnsafe,
                    $"Key file '{path}' has {stream.Length} bytes and so holds more than a key. Name the right file."
                );
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return SealedKey.Parse(new Secret(reader.ReadToEnd()), $"Key file '{path}'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DeploymentException.Refused(
                Codes.SecretsKeyMissing,
                $"Key file '{path}' can't be read: {Sentence.Of(e)} Name one that is there, or give the key in {KeyRing.KeyVariable}."
            );
        }
    }

    /// <exception cref="DeploymentException">There is a file already: it may be the only key to something.</exception>
    internal static async Task WriteAsync(string path, Secret key, bool isPublished, CancellationToken cancellationToken)
    {
        if (!await TryWriteAsync(path, key, isPublished, cancellationToken).ConfigureAwait(false))
            throw DeploymentException.Refused(
                Codes.SecretsKeyUnsafe,
                $"Key file '{path}' is there already and is not replaced: it may be the only key to something. Name another file, or "
                    + $"move that one away."
            );
    }

    /// <summary>
    /// The key in a file, or a new one that was put there. Of several processes that find none at once, one makes it and all take that.
    /// </summary>
    /// <exception cref="DeploymentException">Others can read the file, or it is no key.</exception>
    internal static async Task<FiledKey> GetOrMakeAsync(
        string path,
        Func<SealedKey> make,
        bool isPublished,
        CancellationToken cancellationToken
    )
    {
        if (!File.Exists(path))
        {
            var key = make();
            if (await TryWriteAsync(path, key.Export(), isPublished, cancellationToken).ConfigureAwait(false))
                return new FiledKey(key, path, IsNew: true);
            key.Dispose();
        }

        return new FiledKey(Read(path, isPublished), path, IsNew: false);
    }

    private static Task<bool> TryWriteAsync(string path, Secret key, bool isPublished, CancellationToken cancellationToken) =>
        FileRefusal.MakeAsync(
            path,
            () =>
            {
                DurableFile.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
                return DurableFile.TryCreateAsync(
                    path,
                    Encoding.UTF8.GetBytes(key.Reveal() + "\n"),
                    cancellationToken,
                    isPublished ? null : Private
                );
            }
        );
}
