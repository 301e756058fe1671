namespace Deployment.Toolkit.Journal;

/// <summary>
/// Somebody approved a release as one plan brings it. <paramref name="Plan"/> is the hash of what that does: another plan, or another
/// build,
/// has no approval by it.
/// </summary>
/// <param name="Id">Names it.</param>
/// <param name="Release">What may enter.</param>
/// <param name="Plan">The hash of what is to be done.</param>
/// <param name="Account">On whose behalf the process ran: the build server's user, who called sudo, else the operating system's.</param>
/// <param name="By">All names, for people.</param>
/// <param name="Expires">Until when it counts.</param>
internal sealed record ReleaseApproved(string Id, Release Release, string Plan, string Account, string By, DateTimeOffset Expires)
{
    /// <summary>The name that somebody gave for themselves; nothing proves it.</summary>
    public string? Claimed { get; init; }

    /// <summary>What they had to say.</summary>
    public string? Note { get; init; }

    /// <summary>The listed approver whose key signed it.</summary>
    public string? Approver { get; init; }

    /// <summary>Over everything it says, and the record that stands before it: the same words count in no other place.</summary>
    public string? Signature { get; init; }
}

/// <summary>Approvals that count no more from here on.</summary>
internal sealed record ApprovalRevoked(IReadOnlyList<string> Ids, string Reason, string By);

/// <summary>
/// Somebody may approve from here on. <paramref name="Names"/> are what accounts and commits call them besides; with <see cref="Key"/>,
/// what
/// they sign is theirs.
/// </summary>
internal sealed record ApproverAdded(string Name, IReadOnlyList<string> Roles, IReadOnlyList<string> Names, string By)
{
    /// <summary>The point by which their signatures are known, in Base64.</summary>
    public string? Key { get; init; }

    /// <summary>Whose key signed this; <see langword="null"/> where the list held no key.</summary>
    public string? SignedBy { get; init; }

    /// <summary>Over everything it says, and the record that stands before it.</summary>
    public string? Signature { get; init; }
}

/// <summary>Somebody approves nothing from here on, and what they have approved counts no more.</summary>
internal sealed record ApproverRemoved(string Name, string Reason, string By)
{
    /// <inheritdoc cref="ApproverAdded.SignedBy"/>
    public string? SignedBy { get; init; }

    /// <inheritdoc cref="ApproverAdded.Signature"/>
    public string? Signature { get; init; }
}

/// <summary>Somebody has done an item of the checklist for a release, or found that it wasn't.</summary>
internal sealed record ChecklistTicked(Release Release, string Item, bool IsDone, string By)
{
    /// <summary>What they had to say.</summary>
    public string? Note { get; init; }
}

/// <summary>A release is live by a hotfix: what it skipped has to follow. <paramref name="By"/> brought it.</summary>
internal sealed record HotfixDue(
    string Run,
    Release Release,
    string Reason,
    IReadOnlyList<string> ApprovedBy,
    IReadOnlyList<string> Bypassed,
    string MustFollow,
    DateTimeOffset Until,
    string By
);

/// <summary>What hotfixes skipped has followed, by a run that skipped nothing; or they were left by a rollback.</summary>
internal sealed record HotfixPaid(IReadOnlyList<string> Runs, Release Release, string By);

/// <summary>
/// Somebody took the glass key to skip approvals: nothing enters any more until somebody else has reviewed it. Signed with that key.
/// </summary>
internal sealed record GlassBroken(string Run, Release Release, string Reason, string Account, string By, string Signature)
{
    /// <summary>The name that they gave for themselves.</summary>
    public string? Claimed { get; init; }

    /// <summary>Of whose key in the list of approvers there was one.</summary>
    public string? Approver { get; init; }
}

/// <summary>Somebody has looked at what was done behind the glass.</summary>
internal sealed record GlassReviewed(string Run, string Reason, string Account, string By)
{
    /// <summary>The name that they gave for themselves.</summary>
    public string? Claimed { get; init; }

    /// <summary>The listed approver whose key signed it.</summary>
    public string? Approver { get; init; }

    /// <inheritdoc cref="ReleaseApproved.Signature"/>
    public string? Signature { get; init; }
}
