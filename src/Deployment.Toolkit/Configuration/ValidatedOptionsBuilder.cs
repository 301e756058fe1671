using System.Linq.Expressions;
using Deployment.Toolkit.Configuration.Validation;

namespace Deployment.Toolkit;

/// <summary>Says what must hold of options, everywhere or in some environments, from the start or only when a release is deployed.</summary>
/// <typeparam name="TOptions">The options type.</typeparam>
public sealed class ValidatedOptionsBuilder<TOptions>
    where TOptions : class
{
    private readonly List<OptionsRule<TOptions>> _rules;
    private readonly List<string> _names;
    private readonly Func<DeploymentEnvironment, bool> _holdsIn;
    private readonly ConfigurationPhase _phase;

    internal ValidatedOptionsBuilder()
        : this([], [], static _ => true, ConfigurationPhase.Start)
    {
    }

    private ValidatedOptionsBuilder(List<OptionsRule<TOptions>> rules, List<string> names, Func<DeploymentEnvironment, bool> holdsIn, ConfigurationPhase phase) =>
        (_rules, _names, _holdsIn, _phase) = (rules, names, holdsIn, phase);

    internal IReadOnlyList<OptionsRule<TOptions>> Rules => _rules;

    /// <summary>The environments that rules name, so that one that is not declared can be refused.</summary>
    internal IReadOnlyList<string> EnvironmentNames => _names;

    /// <summary>Adds a rule.</summary>
    /// <param name="holds">Whether the options are right.</param>
    /// <param name="text">What is wrong when they are not, in one sentence.</param>
    /// <param name="member">The member to report it at, as <c>o => o.Provider.Url</c>; the section when it is left out.</param>
    /// <returns>This builder.</returns>
    public ValidatedOptionsBuilder<TOptions> Must(Func<TOptions, bool> holds, string text, Expression<Func<TOptions, object?>>? member = null)
    {
        ArgumentNullException.ThrowIfNull(holds);
        ArgumentException.ThrowIfNullOrEmpty(text);
        var path = member is null ? "" : MemberExpressions.PathOf(member);
        return Add(context =>
        {
            if (!holds(context.Options)) context.Report(path, text);
        });
    }

    /// <summary>Adds a rule that a member is set: not <see langword="null"/>, not an empty text, secret or collection.</summary>
    /// <param name="member">The member, as <c>o => o.Provider.ApiKey</c>.</param>
    /// <returns>This builder.</returns>
    public ValidatedOptionsBuilder<TOptions> Require(Expression<Func<TOptions, object?>> member)
    {
        ArgumentNullException.ThrowIfNull(member);
        var path = MemberExpressions.PathOf(member);
        var read = MemberExpressions.ReaderOf(member);
        return Add(context =>
        {
            if (MemberExpressions.IsEmpty(read(context.Options))) context.Report(path, $"{path} must be set here");
        });
    }

    /// <summary>Adds a rule that reports for itself.</summary>
    /// <param name="check">Looks at the options and reports.</param>
    /// <returns>This builder.</returns>
    public ValidatedOptionsBuilder<TOptions> Check(Action<OptionsRuleContext<TOptions>> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return Add(check);
    }

    /// <summary>Adds rules that hold in some environments only.</summary>
    /// <param name="environment">A declared environment; names compare without case.</param>
    /// <param name="configure">Adds the rules.</param>
    /// <returns>This builder.</returns>
    public ValidatedOptionsBuilder<TOptions> InEnvironment(string environment, Action<ValidatedOptionsBuilder<TOptions>> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(environment);
        _names.Add(environment);
        return Nested(configure, e => string.Equals(e.Name, environment, StringComparison.OrdinalIgnoreCase), _phase);
    }

    /// <summary>Adds rules that hold in protected environments only.</summary>
    /// <param name="configure">Adds the rules.</param>
    /// <returns>This builder.</returns>
    public ValidatedOptionsBuilder<TOptions> WhenProtected(Action<ValidatedOptionsBuilder<TOptions>> configure) => Nested(configure, static e => e.IsProtected, _phase);

    /// <summary>Adds rules of another phase than <see cref="ConfigurationPhase.Start"/>.</summary>
    /// <param name="phase">From when on they hold.</param>
    /// <param name="configure">Adds the rules.</param>
    /// <returns>This builder.</returns>
    public ValidatedOptionsBuilder<TOptions> From(ConfigurationPhase phase, Action<ValidatedOptionsBuilder<TOptions>> configure) => Nested(configure, static _ => true, phase);

    private ValidatedOptionsBuilder<TOptions> Nested(Action<ValidatedOptionsBuilder<TOptions>> configure, Func<DeploymentEnvironment, bool> holdsIn, ConfigurationPhase phase)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(new ValidatedOptionsBuilder<TOptions>(_rules, _names, environment => _holdsIn(environment) && holdsIn(environment), phase));
        return this;
    }

    private ValidatedOptionsBuilder<TOptions> Add(Action<OptionsRuleContext<TOptions>> check)
    {
        _rules.Add(new OptionsRule<TOptions>(check, _holdsIn, _phase));
        return this;
    }
}
