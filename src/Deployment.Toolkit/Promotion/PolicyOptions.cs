using Deployment.Toolkit.Promotion;

namespace Deployment.Toolkit;

/// <summary>Where a policy counts, how much, and for what it is waived.</summary>
public sealed class PolicyOptions
{
    internal PolicyOptions() { }

    internal HashSet<string> Kept { get; } = new(StringComparer.OrdinalIgnoreCase);

    internal HashSet<string> Warned { get; } = new(StringComparer.OrdinalIgnoreCase);

    internal List<PolicyWaiver> Waivers { get; } = [];

    internal PromotionGateOptions Gate { get; } = new();

    /// <summary>How long it may take to answer. Default 30 seconds.</summary>
    public TimeSpan Timeout
    {
        get => Gate.Timeout;
        set => Gate.Timeout = value;
    }

    /// <summary>Has it keep releases out of these environments alone. Default: of all that <see cref="WarnIn"/> doesn't name.</summary>
    /// <param name="environments">Their names.</param>
    /// <returns>These options.</returns>
    public PolicyOptions KeepOutOf(params IEnumerable<string> environments)
    {
        ArgumentNullException.ThrowIfNull(environments);
        Kept.UnionWith(environments);
        return this;
    }

    /// <summary>Has it only say so in these environments.</summary>
    /// <param name="environments">Their names.</param>
    /// <returns>These options.</returns>
    public PolicyOptions WarnIn(params IEnumerable<string> environments)
    {
        ArgumentNullException.ThrowIfNull(environments);
        Warned.UnionWith(environments);
        return this;
    }

    /// <summary>Lets an environment off for a while, on somebody's word. Once it is over, the policy counts again.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="until">The last day (UTC), 90 days ahead at most; a later one does not count until then.</param>
    /// <param name="by">Who answers for it.</param>
    /// <param name="reason">Why.</param>
    /// <returns>These options.</returns>
    public PolicyOptions Waive(string environment, DateOnly until, string by, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(environment);
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        Waivers.Add(new PolicyWaiver(environment, until, by, reason));
        return this;
    }
}
