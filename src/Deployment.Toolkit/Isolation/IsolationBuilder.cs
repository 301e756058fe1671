using Deployment.Toolkit.Isolation;

namespace Deployment.Toolkit;

/// <summary>Says how an app's environments are kept apart.</summary>
public sealed class IsolationBuilder
{
    private readonly DeclaredIsolation _declared;

    internal IsolationBuilder(DeclaredIsolation declared) => _declared = declared;

    /// <summary>
    /// Names the setting with the key under which environments on machines that share nothing are compared: the same secret in each of
    /// them, 24 characters at least. What travels in bundles is fingerprints under it, from which no value can be guessed without the
    /// key. Without it, bundles carry none.
    /// </summary>
    /// <param name="setting">The setting, for example <c>Deployment:IsolationKey</c>.</param>
    /// <returns>The builder.</returns>
    public IsolationBuilder KeyFrom(string setting)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(setting);
        _declared.KeySetting = setting;
        return this;
    }

    /// <summary>
    /// Denies an environment a host in whatever setting it stands: in an address, in a connection string. Nothing outranks it: no
    /// <see cref="Share"/> and no <see cref="Waive"/>.
    /// </summary>
    /// <param name="environment">The environment.</param>
    /// <param name="talksTo">The host; <c>*</c> stands for any characters: <c>*.prod.example.org</c>.</param>
    /// <returns>The builder.</returns>
    public IsolationBuilder Never(string environment, string talksTo)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(environment);
        ArgumentException.ThrowIfNullOrWhiteSpace(talksTo);
        _declared.Denied.Add(new DeniedHost(environment, talksTo));
        return this;
    }

    /// <summary>Declares that environments share something on purpose.</summary>
    /// <param name="subject">A key of the configuration, with all below it, or <c>database</c>, or <c>database:NAME</c> of several.</param>
    /// <param name="reason">Why; reports show it.</param>
    /// <returns>The builder.</returns>
    public IsolationBuilder Share(string subject, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(subject);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        _declared.Shared.Add((subject, reason));
        return this;
    }

    /// <summary>
    /// Says what a setting names where its name does not: hosts, accounts, buckets and queues are known by names such as <c>Host</c>,
    /// <c>AccountId</c>, <c>BucketName</c> and <c>Queue</c>.
    /// </summary>
    /// <param name="kind">What it names; not <see cref="IsolationKind.Database"/>.</param>
    /// <param name="key">The key of the configuration.</param>
    /// <returns>The builder.</returns>
    public IsolationBuilder Counts(IsolationKind kind, string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        ArgumentOutOfRangeException.ThrowIfEqual(kind, IsolationKind.Database);
        _declared.Counted.Add((kind, key));
        return this;
    }

    /// <summary>
    /// Lets something that a rule finds pass for a while, on somebody's word. Reports show it; once it is over it counts again.
    /// </summary>
    /// <param name="rule">The rule, as reports call it: <c>shared-host</c>. Not <c>never</c> and not <c>foreign-stamp</c>.</param>
    /// <param name="subject">What of the environment, as reports call it.</param>
    /// <param name="until">The last day (UTC), 90 days ahead at most; a later one does not count until then.</param>
    /// <param name="by">Who answers for it.</param>
    /// <param name="reason">Why.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">There is no such rule, or none that can be waived.</exception>
    public IsolationBuilder Waive(string rule, string subject, DateOnly until, string by, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(subject);
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (!IsolationRules.Waivable.Contains(rule, StringComparer.Ordinal))
            throw new ArgumentException(
                $"Rule '{rule}' can't be waived. These can: {string.Join(", ", IsolationRules.Waivable)}. Name one of them.",
                nameof(rule)
            );

        _declared.Waivers.Add(new DeclaredWaiver(rule, subject, until, by, reason));
        return this;
    }
}
