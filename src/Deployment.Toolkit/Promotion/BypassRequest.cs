namespace Deployment.Toolkit.Promotion;

/// <summary>What somebody wants to skip.</summary>
/// <param name="IsHotfix">What the environment's policy lets a hotfix skip.</param>
/// <param name="IsBreakGlass">Approvals, with the glass key.</param>
/// <param name="Reason">Why.</param>
/// <param name="ApprovedBy">Who they say approved the hotfix.</param>
internal sealed record BypassRequest(bool IsHotfix, bool IsBreakGlass, string Reason, IReadOnlyList<string> ApprovedBy);
