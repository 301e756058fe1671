using Deployment.Toolkit.Registration;

namespace Deployment.Toolkit;

/// <summary>How patient a deployment is with a gate of the app's own.</summary>
public sealed class PromotionGateOptions
{
    // A timer of .NET takes 49 days; what is longer would fail in the middle of a command.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>
    /// How long it may take to answer. It is enforced: a gate that ignores its token is left behind, counts as errored, and is not asked
    /// again while it still runs. Default 30 seconds; above zero, at most 30 days.
    /// </summary>
    public TimeSpan Timeout
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest);
            field = value;
        }
    } = TimeSpan.FromSeconds(30);

    internal IReadOnlyList<Declared> Declared => [Registration.Declared.Of(nameof(Timeout), Timeout)];
}
