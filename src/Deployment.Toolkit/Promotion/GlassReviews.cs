using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Promotion;

/// <summary>Tells what was done behind the glass and nobody else has looked at.</summary>
internal static class GlassReviews
{
    /// <param name="ledger">The environment's journal.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="isSigned">Whether only what a listed key signed counts there.</param>
    internal static IEnumerable<Glass> Open(EnvironmentLedger ledger, string environment, bool isSigned)
    {
        // Who leaves the list later has looked at it nevertheless.
        return ledger.Promotion.Glass.Where(glass =>
            !glass.Reviews.Exists(review =>
                Counts(
                    glass.Broken,
                    review.Review,
                    review.Record.PreviousHash,
                    ApproverList.Of(ledger, environment, review.Record.Sequence),
                    environment,
                    isSigned
                )
            )
        );
    }

    /// <summary>
    /// Whether what it was broken for may be there: not when the run was taken back, or never began because its process died before.
    /// </summary>
    internal static bool MayHaveEntered(EnvironmentLedger ledger, Glass glass) =>
        ledger.Find(glass.Broken.Run) is { } run
            ? run.State is not (RunState.RolledBack or RunState.Failed)
            : ledger.Archives.Any(archived => archived.Part.To > glass.Record.Sequence);

    /// <summary>
    /// Whether who reviews may be who broke it. Where both have a listed key these tell, whatever account they came from.
    /// </summary>
    /// <param name="broken">What was done.</param>
    /// <param name="account">On whose behalf it is reviewed.</param>
    /// <param name="claimed">The name that whoever reviews gives for themselves.</param>
    /// <param name="reviewer">Whose key is there, or signed the review.</param>
    /// <param name="approvers">The environment's list.</param>
    internal static bool IsOwn(GlassBroken broken, string account, string? claimed, ListedApprover? reviewer, ApproverList approvers) =>
        (reviewer, approvers.Find(broken.Approver)) is ({ } one, { } other)
            ? one.MayBe(other)
            : PersonNames.MayBeSame(account, broken.Account)
                || PersonNames.MayBeSame(account, broken.Claimed)
                || PersonNames.MayBeSame(claimed, broken.Account)
                || PersonNames.MayBeSame(claimed, broken.Claimed)
                || reviewer is { } listed && (listed.MayBe(broken.Account) || listed.MayBe(broken.Claimed))
                || approvers.Find(broken.Approver) is { } breaker && (breaker.MayBe(account) || breaker.MayBe(claimed));

    private static bool Counts(
        GlassBroken broken,
        GlassReviewed review,
        string after,
        ApproverList approvers,
        string environment,
        bool isSigned
    )
    {
        var signer =
            approvers.Find(review.Approver) is { } listed
            && SignedWords.Fits(listed.Added.Key, review.Signature, SignedWords.Of(review, environment, after))
                ? listed
                : null;
        return (signer is not null || !isSigned) && !IsOwn(broken, review.Account, review.Claimed, signer, approvers);
    }
}
