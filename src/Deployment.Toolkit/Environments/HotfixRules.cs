namespace Deployment.Toolkit.Environments;

/// <summary>What a hotfix may skip in an environment.</summary>
/// <param name="Skip">The gates.</param>
/// <param name="Approvals">How many people have to approve it.</param>
/// <param name="Within">Until when what was skipped has to follow.</param>
internal sealed record HotfixRules(EqualList<string> Skip, int Approvals, TimeSpan Within)
{
    /// <summary>What nothing skips: what is held, broken or without a way back is made worse by it.</summary>
    internal static readonly string[] Never = ["hold", "health", "backup", "hotfix", "break-glass", "glass review", "approvals"];

    internal static readonly string[] Usual = ["promotion order", "soak", "window"];
}
