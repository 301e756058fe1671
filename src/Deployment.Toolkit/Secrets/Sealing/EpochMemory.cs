using System.Security.Cryptography;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>The host's memory of the sealed file that an environment used last. The engine backs it with the journal.</summary>
/// <param name="Recall">What is remembered of an environment; <see langword="null"/> when nothing is.</param>
internal sealed record EpochMemory(Func<string, SecretsEpoch?> Recall)
{
    internal static EpochMemory None { get; } = new(static _ => null);

    /// <summary>What is to be remembered of an opened file.</summary>
    internal static SecretsEpoch Of(OpenedFile opened) => new(opened.File.Id, opened.File.Epoch, HashOf(opened.Key.Link(opened.File)));

    /// <exception cref="DeploymentException">The file is older than the one that was used last, or does not descend from it.</exception>
    internal void Check(OpenedFile opened, string path)
    {
        var file = opened.File;
        if (Recall(file.Environment) is not { } known) return;

        if (known.File != file.Id)
        {
            throw DeploymentException.Refused(
                Codes.SealedFileForeign, $"Sealed file '{path}' is another file ({file.Id}) than the one that '{file.Environment}' used last ({known.File}). Bring that one back; if it was made anew on purpose, run 'deploy secrets verify --trust'.");
        }

        if (file.Epoch < known.Epoch)
        {
            throw DeploymentException.Refused(
                Codes.SealedFileOutdated, $"Sealed file '{path}' is of epoch {file.Epoch}, while '{file.Environment}' used epoch {known.Epoch} already. Deploy the newer file: an older one may hold what was taken back since.");
        }

        var descends = file.Epoch == known.Epoch
            ? HashOf(opened.Key.Link(file)) == known.Link
            : Descends(opened, known);
        if (descends) return;

        throw DeploymentException.Refused(
            Codes.SealedFileForeign, $"Sealed file '{path}' does not descend from epoch {known.Epoch} that '{file.Environment}' used last: whoever made it could not open that one. Take the file from version control again; if it was made anew on purpose, run 'deploy secrets verify --trust'.");
    }

    private static bool Descends(OpenedFile opened, SecretsEpoch known)
    {
        try
        {
            return Lineage.Open(opened.File, opened.Key).Exists(link => link.Epoch == known.Epoch && HashOf(link.Link) == known.Link);
        }
        catch (CryptographicException)
        {
            // Whoever forges a file can put anything there.
            return false;
        }
    }

    private static string HashOf(byte[] link) => Convert.ToHexStringLower(SHA256.HashData(link));
}
