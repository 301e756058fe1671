using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>What git calls: the result goes where our version lay.</summary>
internal static class SealedMergeDriver
{
    /// <param name="originPath">Git's <c>%O</c>: the common ancestor.</param>
    /// <param name="oursPath">Git's <c>%A</c>: our version, and the result.</param>
    /// <param name="theirsPath">Git's <c>%B</c>: their version.</param>
    /// <param name="name">Git's <c>%P</c>: the file's name in the repository; a development key is looked for beside it.</param>
    /// <param name="keys">What opens the three.</param>
    /// <param name="trust">What is known of our side.</param>
    /// <param name="cancellationToken">Cancels until the result is written.</param>
    /// <returns>A message for each name that both sides changed, of which our version stands in the result, and for each change of who can
    /// open the file.</returns>
    /// <exception cref="DeploymentException">One of the three does not open, or does not follow from the ancestor. Nothing was
    /// written.</exception>
    internal static async Task<IReadOnlyList<DeploymentMessage>> RunAsync(
        string originPath,
        string oursPath,
        string theirsPath,
        string? name,
        KeyRing keys,
        RootTrust trust,
        CancellationToken cancellationToken
    )
    {
        name ??= oursPath;
        using var sides = MergeSides.Open(originPath, oursPath, theirsPath, name, keys, trust, cancellationToken);
        var merge = new SealedMerge(sides.Origin, sides.Ours, sides.Theirs);
        var merged = merge.Merge();
        await new SealedStore(oursPath).WriteAsync(merged, cancellationToken).ConfigureAwait(false);
        return
        [
            .. trust.IsKnown(sides.Ours.File, name) ? (IEnumerable<DeploymentMessage>)[] : [RootTrust.Warn(sides.Ours.File, name)],
            .. merge.Conflicts.Select(conflict => new DeploymentMessage(
                Codes.MergeConflict,
                $"Sealed file '{name}': both sides changed '{conflict}', and ours was kept. Look at theirs with 'git show "
                    + $"MERGE_HEAD:{name}', settle it with 'deploy secrets set {conflict}' if theirs is right, then 'git add' the file."
            )),
            .. Changes(sides.Ours.File, merged)
                .Select(change => new DeploymentMessage(
                    Codes.RecipientsMerged,
                    $"Sealed file '{name}': by this merge {change}. Look whether that is meant.",
                    MessageSeverity.Information
                )),
        ];
    }

    private static IEnumerable<string> Changes(SealedFile ours, SealedFile merged)
    {
        foreach (var recipient in merged.Recipients.Where(recipient => !ours.Recipients.Any(recipient.IsSameAs)))
            yield return $"'{recipient.Name}' can open it, signed by '{SignerOf(merged, recipient)}'";
        foreach (var recipient in ours.Recipients.Where(recipient => !merged.Recipients.Any(recipient.IsSameAs)))
            yield return $"'{recipient.Name}' cannot open it any more";
        foreach (
            var proposer in merged.Header.Proposers.Where(proposer =>
                ours.Header.Proposers.All(other => !other.SigningKey.AsSpan().SequenceEqual(proposer.SigningKey))
            )
        )
            yield return $"proposals of '{proposer.Name}' count by themselves";
    }

    private static string SignerOf(SealedFile file, Recipient recipient) =>
        file.Chain.States.First(state => state.Header.Added.Any(recipient.IsSameAs)).Header.By;
}
