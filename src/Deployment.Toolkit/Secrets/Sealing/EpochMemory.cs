using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>The host's memory of the sealed file that an environment used last. The engine backs it with the journal.</summary>
/// <param name="Recall">What is remembered of an environment; <see langword="null"/> when nothing is.</param>
internal sealed record EpochMemory(Func<string, SecretsEpoch?> Recall)
{
    internal static EpochMemory None { get; } = new(static _ => null);

    /// <summary>What is to be remembered of a file.</summary>
    internal static SecretsEpoch Of(SealedFile file) => new(file.Id, file.Epoch, Convert.ToHexStringLower(file.Chain.EpochBegin.Hash));

    /// <returns>Whether anything is remembered.</returns>
    /// <exception cref="DeploymentException">The file is older than the one that was used last, or does not descend from it.</exception>
    internal bool Check(SealedFile file, string path)
    {
        if (Recall(file.Environment) is not { } known)
            return false;

        if (known.File != file.Id)
        {
            throw DeploymentException.Refused(
                Codes.SealedFileForeign,
                $"Sealed file '{path}' is another file ({file.Id}) than the one that '{file.Environment}' used last ({known.File}). "
                    + $"Bring that one back; if it was made anew on purpose, run 'deploy secrets verify --trust'."
            );
        }

        if (file.Epoch < known.Epoch)
        {
            throw DeploymentException.Refused(
                Codes.SealedFileOutdated,
                $"Sealed file '{path}' is of epoch {file.Epoch}, while '{file.Environment}' used epoch {known.Epoch} already. Deploy "
                    + $"the newer file: an older one may hold what was taken back since."
            );
        }

        if (file.Chain.States.Any(state => Convert.ToHexStringLower(state.Hash) == known.Header))
            return true;

        throw DeploymentException.Refused(
            Codes.SealedFileForeign,
            $"Sealed file '{path}' does not descend from epoch {known.Epoch} that '{file.Environment}' used last: no recipient of that "
                + $"epoch signed it. Take the file from version control again; if it was made anew on purpose, run 'deploy secrets "
                + $"verify --trust'."
        );
    }
}
