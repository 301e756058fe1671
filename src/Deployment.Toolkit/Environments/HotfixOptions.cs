namespace Deployment.Toolkit;

/// <summary>What a hotfix may skip, and what has to follow.</summary>
public sealed class HotfixOptions
{
    private const int MostPeople = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>
    /// The gates that it may skip, by their names. Never <c>hold</c>, <c>health</c> and <c>backup</c>. Default: <c>promotion order</c>,
    /// <c>soak</c>, <c>window</c>.
    /// </summary>
    public IReadOnlyList<string> MaySkip { get; set; } = Environments.HotfixRules.Usual;

    /// <summary>How many people have to approve it, in the place of what the environment asks for otherwise. Default 1; at most
    /// 20.</summary>
    public int Approvals
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MostPeople);
            field = value;
        }
    } = 1;

    /// <summary>
    /// Within which time a promotion that skips nothing has to follow; past it no further hotfix enters. Default 3 days; at most 90.
    /// </summary>
    public TimeSpan Within
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest);
            field = value;
        }
    } = TimeSpan.FromDays(3);
}
