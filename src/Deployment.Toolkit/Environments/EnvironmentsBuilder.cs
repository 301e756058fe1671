using Deployment.Toolkit.Environments;

namespace Deployment.Toolkit;

/// <summary>
/// Declares the environments of an app. The first <see cref="Add"/> replaces .NET's own Development, Staging and Production.
/// </summary>
public sealed class EnvironmentsBuilder
{
    private readonly EnvironmentGraph _graph;

    internal EnvironmentsBuilder(EnvironmentGraph graph) => _graph = graph;

    /// <summary>Declares an environment.</summary>
    /// <param name="name">Letters, digits, <c>.</c>, <c>-</c>, <c>_</c>. This spelling is the one that files are looked for with; names
    /// compare without case.</param>
    /// <param name="configure">Says what it is promoted from, inherits from, and whether it is protected.</param>
    /// <returns>This builder.</returns>
    public EnvironmentsBuilder Add(string name, Action<EnvironmentBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var builder = new EnvironmentBuilder(name);
        configure?.Invoke(builder);
        _graph.Declare(builder.Environment, builder.Rules);
        return this;
    }
}

/// <summary>
/// Says what one environment is. What is wrong with the graph is reported all at once when the host starts or a verb runs.
/// </summary>
public sealed partial class EnvironmentBuilder
{
    internal EnvironmentBuilder(string name) => Environment = new DeploymentEnvironment(name);

    internal DeploymentEnvironment Environment { get; private set; }

    internal EnvironmentRules Rules { get; private set; } = EnvironmentRules.None;

    /// <summary>
    /// A release enters only when it is verified in <paramref name="environment"/>. Without this call, anything may enter.
    /// </summary>
    /// <param name="environment">A declared environment, declared before or after this one.</param>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder PromotedFrom(string environment)
    {
        Environment = Environment with { PromotedFrom = environment };
        return this;
    }

    /// <summary>
    /// A release enters only when it has been live in the environment that it is promoted from for that long without a break: another
    /// release there, or a run that failed there, begins the time anew.
    /// </summary>
    /// <param name="time">How long; above zero, at most 365 days.</param>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder Soak(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, TimeSpan.FromDays(365));
        Rules = Rules with { Soak = time };
        return this;
    }

    /// <summary>
    /// Migrations enter only once <c>deploy rehearse</c> has proven them on a copy of this environment's database, exactly as the plan has
    /// them: other contents, another release, or others that are applied before them, need a rehearsal of their own.
    /// </summary>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder RequireRehearsal()
    {
        Rules = Rules with { RequiresRehearsal = true };
        return this;
    }

    /// <summary>
    /// A release enters only when suites of tests passed on its commit, as <c>deploy evidence add</c> recorded it in this environment or
    /// one that the release comes from. A run in which a test failed, or none ran, is no pass. Called again, it adds.
    /// </summary>
    /// <param name="suites">What they are called, for example <c>unit</c>: letters, digits, <c>.</c>, <c>-</c>, <c>_</c>.</param>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder RequireTests(params string[] suites)
    {
        ArgumentNullException.ThrowIfNull(suites);
        if (suites.Length == 0 || Array.Find(suites, static suite => !RequiredSuites.IsName(suite)) is not null)
            throw new ArgumentException(
                "Name suites of tests with letters, digits, '.', '-' and '_', for example RequireTests(\"unit\").",
                nameof(suites)
            );
        Rules = Rules with { Tests = RequiredSuites.Of([.. Rules.Tests?.Names ?? [], .. suites]) };
        return this;
    }

    /// <summary>
    /// Releases enter only at some times. A rollback, and a run that was begun in time, go on outside of them.
    /// </summary>
    /// <param name="timeZone">By whose clocks, an IANA name like <c>Europe/Berlin</c>.</param>
    /// <param name="configure">Says when.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="TimeZoneNotFoundException">The operating system knows no such zone.</exception>
    public EnvironmentBuilder Window(string timeZone, Action<DeploymentWindowBuilder> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(timeZone);
        ArgumentNullException.ThrowIfNull(configure);
        var window = new DeploymentWindowBuilder(TimeZoneInfo.FindSystemTimeZoneById(timeZone));
        configure(window);
        Rules = Rules with { Window = window.Window };
        return this;
    }

    /// <summary>The configuration files of <paramref name="environment"/> lie below this one's own.</summary>
    /// <param name="environment">A declared environment, declared before or after this one.</param>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder InheritsFrom(string environment)
    {
        Environment = Environment with { InheritsFrom = environment };
        return this;
    }

    /// <summary>Verbs that change it want it named with <c>--environment</c>, and out-of-order migrations are refused.</summary>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder Protected()
    {
        Environment = Environment with { IsProtected = true };
        return this;
    }

    /// <summary>Says what kind of place it is, for people and reports.</summary>
    /// <param name="tier">For example <c>production</c>.</param>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder Tier(string tier)
    {
        Environment = Environment with { Tier = tier };
        return this;
    }
}
