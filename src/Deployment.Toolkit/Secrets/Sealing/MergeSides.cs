using System.Security.Cryptography;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>The three versions of a merge, opened and verified: nothing of a side is looked at before all of it holds.</summary>
internal sealed class MergeSides : IDisposable
{
    private MergeSides(OpenedFile origin, OpenedFile ours, OpenedFile theirs) => (Origin, Ours, Theirs) = (origin, ours, theirs);

    internal OpenedFile Origin { get; }

    internal OpenedFile Ours { get; }

    internal OpenedFile Theirs { get; }

    /// <exception cref="DeploymentException">A side does not open, or is no successor of the origin. It ends with exit code 1, as a
    /// conflict does for git.</exception>
    internal static MergeSides Open(
        string originPath,
        string oursPath,
        string theirsPath,
        string name,
        KeyRing keys,
        RootTrust trust,
        CancellationToken cancellationToken
    )
    {
        if (new FileInfo(originPath) is not { Exists: true, Length: > 0 })
            throw Unverified(
                name,
                "both sides made it anew, so that neither can be verified by the other. Keep the one that is yours, and put the other's "
                    + "secrets in with 'deploy secrets set NAME'"
            );

        var opened = new List<OpenedFile>(3);
        try
        {
            foreach (
                var (path, side) in ((string, string)[])
                    [(originPath, "the common ancestor"), (oursPath, "our side"), (theirsPath, "their side")]
            )
            {
                opened.Add(Open(path, side, name, opened.Count == 0 ? null : opened[0].File, keys, cancellationToken));
            }

            trust.IsKnown(opened[1].File, name);
            return new MergeSides(opened[0], opened[1], opened[2]);
        }
        catch (DeploymentException refusal)
        {
            foreach (var side in opened)
                side.Dispose();
            throw new DeploymentException(DeploymentOutcome.Failed, refusal.Messages);
        }
    }

    public void Dispose()
    {
        Origin.Dispose();
        Ours.Dispose();
        Theirs.Dispose();
    }

    private static OpenedFile Open(
        string path,
        string side,
        string name,
        SealedFile? origin,
        KeyRing keys,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var file = new SealedStore(path).Read();
            if (origin is not null && (file.Id != origin.Id || file.Environment != origin.Environment))
                throw Unverified(
                    name,
                    $"{side} is another file ({file.Id}) than the common ancestor ({origin.Id}). Keep the one that is yours, and put "
                        + $"the other's secrets in with 'deploy secrets set NAME'"
                );
            // Whoever could not open the origin cannot have signed what follows it, whatever data key and recipients they put there.
            if (origin is not null && !file.Chain.Has(origin.Chain.Head.Hash))
                throw Unverified(
                    name,
                    $"the headers of {side} do not lead back to those of the common ancestor, so no recipient of that one signed them. "
                        + $"Do not take anything over from it; look who changed the file"
                );

            return OpenAll(file, side, name, keys, cancellationToken);
        }
        catch (DeploymentException refusal)
            when (refusal.Messages[0].Code is not (Codes.MergeUnverified or Codes.SecretsKeyMissing or Codes.SecretsKeyUnsafe))
        {
            throw Unverified(name, $"{side} does not hold: {refusal.Messages[0].Text.TrimEnd('.')}");
        }
    }

    private static OpenedFile OpenAll(SealedFile file, string side, string name, KeyRing keys, CancellationToken cancellationToken)
    {
        var opened = OpenedFile.Open(file, name, file.Environment, keys, cancellationToken);
        foreach (var entry in file.Entries)
        {
            try
            {
                opened.Reveal(entry);
            }
            catch (CryptographicException)
            {
                opened.Dispose();
                throw Unverified(
                    name,
                    $"secret '{entry.Name}' version {entry.Version} of {side} does not open under that side's own key: its line was "
                        + $"copied from another file. Do not take anything over from it; look who changed the file"
                );
            }
        }

        return opened;
    }

    private static DeploymentException Unverified(string name, string why) =>
        new(
            DeploymentOutcome.Failed,
            [new DeploymentMessage(Codes.MergeUnverified, $"Sealed file '{name}' can't be merged: {why}. Nothing was written.")]
        );
}
