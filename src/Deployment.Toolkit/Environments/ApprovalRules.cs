namespace Deployment.Toolkit.Environments;

/// <summary>Who has to approve what enters an environment.</summary>
/// <param name="Count">How many people.</param>
/// <param name="Role">The role that they have in the environment's list of approvers; <see langword="null"/> for anybody.</param>
/// <param name="Signed">Whether only what a listed key signed counts.</param>
/// <param name="ExpireAfter">For how long an approval counts.</param>
/// <param name="TrustClaimedNames">Whether a name that was only claimed makes another person.</param>
/// <param name="AuthorMayApprove">Whether the commit's author counts.</param>
internal sealed record ApprovalRules(
    int Count,
    string? Role,
    bool Signed,
    TimeSpan ExpireAfter,
    bool TrustClaimedNames,
    bool AuthorMayApprove
)
{
    /// <summary>What counts where an environment says nothing of it.</summary>
    internal static readonly ApprovalRules Usual = new(1, null, false, new ApprovalOptions().ExpireAfter, false, false);
}
