namespace Deployment.Toolkit;

/// <summary>Which approvals of a release count in an environment that asks for some.</summary>
public sealed class ApprovalOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>
    /// The role that whoever approves has in the environment's list (<c>deploy approvers add</c>). Default <see langword="null"/>: anybody
    /// counts.
    /// </summary>
    public string? Role { get; set; }

    /// <summary>
    /// Whether an approval counts only with a signature (ECDSA on P-256) by a key in the environment's list, and makes the person whose
    /// key it
    /// is. Default <see langword="false"/>: the process's surroundings say who somebody is.
    /// </summary>
    public bool MustBeSigned { get; set; }

    /// <summary>
    /// For how long an approval counts. Default 7 days; above zero, at most 90 days.
    /// </summary>
    public TimeSpan ExpireAfter
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest);
            field = value;
        }
    } = TimeSpan.FromDays(7);

    /// <summary>
    /// Whether a name that somebody only gives for themselves (<c>--as</c>) makes another person of them. Default <see langword="false"/>:
    /// what is given from one account is one person's, because nothing proves more. Meant for a shared account of a team that trusts each
    /// other.
    /// </summary>
    public bool TrustClaimedNames { get; set; }

    /// <summary>
    /// Whether the author of the release's commit counts. Default <see langword="false"/>; then a release whose author can't be found out
    /// doesn't enter.
    /// </summary>
    public bool AuthorMayApprove { get; set; }
}
