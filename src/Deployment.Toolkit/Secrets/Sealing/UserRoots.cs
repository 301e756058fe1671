using System.Globalization;
using System.Text;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// What a user's own folder remembers of the sealed files that this user made, changed or said to trust: a small file each.
/// </summary>
internal sealed class UserRoots(string folder)
{
    private const int Longest = 4096;

    /// <summary>Beside the folder of keys; null where the user has none.</summary>
    internal static UserRoots? OfProcess() =>
        KeyRing.UserFolder() is { } keys ? new UserRoots(Path.Combine(Path.GetDirectoryName(keys)!, "roots")) : null;

    /// <returns>What is remembered; null when nothing is, or what stands there cannot be read: then nothing is written without a word
    /// either.</returns>
    internal KnownRoot? Recall(string file)
    {
        try
        {
            var path = PathOf(file);
            if (new FileInfo(path) is not { Exists: true, Length: <= Longest })
                return null;

            return
                File.ReadAllText(path).TrimEnd('\n').Split(' ') is [var root, var number, .. var headers]
                && headers.Length > 0
                && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
                ? new KnownRoot(root, epoch, headers)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <returns>Whether it could be written.</returns>
    internal async Task<bool> TryRememberAsync(SealedFile file, CancellationToken cancellationToken)
    {
        var before = Recall(file.Id);
        var known = KnownRoot.Of(file, before);
        if (known == before)
            return true;

        try
        {
            DurableFile.CreateDirectory(folder);
            await DurableFile
                .WriteAsync(
                    PathOf(file.Id),
                    Encoding.UTF8.GetBytes(
                        $"{known.Root} {known.Epoch.ToString(CultureInfo.InvariantCulture)} {string.Join(' ', known.Headers)}\n"
                    ),
                    cancellationToken,
                    KeyFile.Private
                )
                .ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that is read-only, as in containers: the pin in code and the journal are there for that.
            return false;
        }
    }

    // The id is 32 hexadecimal digits, checked when the file was read.
    private string PathOf(string file) => Path.Combine(folder, file);
}

/// <summary>
/// The root of a file, and the headers that began the newest epoch that was seen of it, one for each branch; hashes as hexadecimal.
/// </summary>
internal sealed record KnownRoot(string Root, long Epoch, IReadOnlyList<string> Headers)
{
    private const int MostBranches = 32;

    /// <returns>What is known after a file was seen; what was known before when it adds nothing to that.</returns>
    internal static KnownRoot Of(SealedFile file, KnownRoot? before)
    {
        var (root, header) = (Convert.ToHexStringLower(file.Chain.Root.Hash), Convert.ToHexStringLower(file.Chain.EpochBegin.Hash));
        if (before is null || before.Root != root || before.Epoch < file.Epoch)
            return new KnownRoot(root, file.Epoch, [header]);
        return before.Epoch > file.Epoch || before.Headers.Contains(header, StringComparer.Ordinal)
            ? before
            : before with
            {
                Headers = [.. before.Headers.TakeLast(MostBranches - 1), header],
            };
    }

    /// <summary>Whether a file has that root, and continues what was seen on some branch unless it is older.</summary>
    internal bool Matches(SealedFile file) =>
        Convert.ToHexStringLower(file.Chain.Root.Hash) == Root
        && (
            file.Epoch < Epoch
            || file.Chain.States.Any(state => Headers.Contains(Convert.ToHexStringLower(state.Hash), StringComparer.Ordinal))
        );
}
