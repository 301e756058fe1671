using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>
/// Whose file it is. That headers lead back to a root says nothing of the root: anybody can make one. What says it is a pin in the code,
/// the journal, the user's own folder, or a person who names the fingerprint.
/// </summary>
internal sealed record RootTrust
{
    /// <summary>From code, of any environments.</summary>
    internal IReadOnlyList<RootFingerprint> Pins { get; init; } = [];

    /// <summary>What the journal remembers.</summary>
    internal EpochMemory Journal { get; init; } = EpochMemory.None;

    internal UserRoots? User { get; init; }

    /// <summary>Given with <c>--trust-root</c> for one command.</summary>
    internal RootFingerprint? Named { get; init; }

    /// <returns>Whether anything says that the file is the one that it should be.</returns>
    /// <exception cref="DeploymentException">Something says that it is another one.</exception>
    internal bool IsKnown(SealedFile file, string path)
    {
        var pins = Pins.Where(pin => pin.IsOf(file.Environment)).ToList();
        if (pins.Find(pin => !pin.IsIn(file)) is { } missed)
        {
            throw DeploymentException.Refused(
                Codes.RootForeign,
                $"Sealed file '{path}' does not lead back to the pinned {missed}: its root is "
                    + $"{RootFingerprint.Of(file, file.Chain.Root)}. Do not write into it. Take the file from version control again; if "
                    + $"it was made anew on purpose, put its root into AddSealedSecrets(s => s.Root(…))."
            );
        }

        if (Named is { } named && !named.IsIn(file))
        {
            throw DeploymentException.Refused(
                Codes.RootForeign,
                $"Sealed file '{path}' does not lead back to {named}, which --trust-root names: its root is "
                    + $"{RootFingerprint.Of(file, file.Chain.Root)}. Ask whoever made the file for its fingerprint, and take the file "
                    + $"from version control again."
            );
        }

        var isJournalled = Journal.Check(file, path);
        var known = User?.Recall(file.Id);
        if (Named is null && pins.Count == 0 && known?.Matches(file) == false)
        {
            throw DeploymentException.Refused(
                Codes.RootForeign,
                $"Sealed file '{path}' does not continue the one of the same id that you used before: its root is "
                    + $"{RootFingerprint.Of(file, file.Chain.Root)}. Somebody who cannot open that one may have made it. Take the file "
                    + $"from version control again; if it is right, name its root with --trust-root."
            );
        }

        return pins.Count > 0 || isJournalled || Named is not null || known is not null;
    }

    /// <exception cref="DeploymentException">Nothing says that the file is the one that it should be, so what is sealed in it may go to
    /// anybody.</exception>
    internal void EnsureKnown(SealedFile file, string path)
    {
        if (IsKnown(file, path))
            return;

        var root = RootFingerprint.Of(file, file.Chain.Root);
        throw DeploymentException.Refused(
            Codes.RootUnknown,
            $"Nothing here says that sealed file '{path}' is yours: its root {root} is pinned nowhere, and neither the journal nor you "
                + $"have used it before. Nothing was written: what is sealed into somebody else's file is theirs to read. "
                + $"When whoever made it confirms the fingerprint, pin it with .AddSealedSecrets(s => s.Root(\"{root}\")), or name it "
                + $"once with --trust-root."
        );
    }

    /// <summary>What to say where a file is read of which nothing is known.</summary>
    internal static DeploymentMessage Warn(SealedFile file, string path)
    {
        var root = RootFingerprint.Of(file, file.Chain.Root);
        return new DeploymentMessage(
            Codes.RootUnknown,
            $"Nothing here says that sealed file '{path}' is yours: its root {root} is pinned nowhere, and neither the journal nor you "
                + $"have used it before. "
                + $"When whoever made it confirms the fingerprint, pin it with .AddSealedSecrets(s => s.Root(\"{root}\")), or name it "
                + $"once with --trust-root.",
            MessageSeverity.Warning
        );
    }
}
