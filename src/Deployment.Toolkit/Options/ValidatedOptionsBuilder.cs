using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Deployment.Toolkit.Options.Binding;
using Deployment.Toolkit.Options.Validation;

namespace Deployment.Toolkit;

/// <summary>
/// Says what must hold of options, everywhere or in some environments, from the start or only when a release is deployed.
/// </summary>
/// <typeparam name="TOptions">The options type.</typeparam>
public sealed class ValidatedOptionsBuilder<TOptions>
    where TOptions : class
{
    private readonly List<OptionsRule<TOptions>> _rules;
    private readonly List<string> _names;
    private readonly Func<DeploymentEnvironment, bool> _holdsIn;
    private readonly ConfigurationPhase _phase;
    private readonly Dictionary<string, SingleOrManyAttribute>? _lists;

    internal ValidatedOptionsBuilder()
        : this([], [], static _ => true, ConfigurationPhase.Start) => _lists = [];

    private ValidatedOptionsBuilder(
        List<OptionsRule<TOptions>> rules,
        List<string> names,
        Func<DeploymentEnvironment, bool> holdsIn,
        ConfigurationPhase phase
    ) => (_rules, _names, _holdsIn, _phase) = (rules, names, holdsIn, phase);

    internal IReadOnlyList<OptionsRule<TOptions>> Rules => _rules;

    /// <summary>The environments that rules name, so that one that is not declared can be refused.</summary>
    internal IReadOnlyList<string> EnvironmentNames => _names;

    /// <summary>The lists that may be written as a single value, by their paths in code.</summary>
    internal IReadOnlyDictionary<string, SingleOrManyAttribute> Lists => _lists ?? [];

    /// <summary>Adds a rule.</summary>
    /// <param name="holds">Whether the options are right.</param>
    /// <param name="text">What is wrong when they are not, in one sentence.</param>
    /// <param name="member">The member to report it at, as <c>o => o.Provider.Url</c>; the section when it is left out.</param>
    /// <returns>This builder.</returns>
    public ValidatedOptionsBuilder<TOptions> Must(
        Func<TOptions, bool> holds,
        string text,
        Expression<Func<TOptions, object?>>? member = null
    )
    {
        ArgumentNullException.ThrowIfNull(holds);
        ArgumentException.ThrowIfNullOrEmpty(text);
        var path = member is null ? "" : MemberExpressions.PathOf(member);
        return Add(context =>
        {
            if (!holds(context.Options))
                context.Report(path, text);
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
            if (MemberExpressions.IsEmpty(read(context.Options)))
                context.Report(path, $"{path} must be set here");
        });
    }

    /// <summary>
    /// Says that a list may be written as a single value too, as <see cref="SingleOrManyAttribute"/> does on a member of a type that you
    /// can change. It stands before the rules, outside <c>InEnvironment</c>, <c>WhenProtected</c> and <c>From</c>: a section is read in one
    /// way everywhere.
    /// </summary>
    /// <param name="member">The list, as <c>o => o.Provider.Hosts</c>.</param>
    /// <param name="separator">What stands between elements, for example <c>,</c>; blanks around an element are dropped. By default the
    /// value is the list's one element.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The member is no list, or was given another separator.</exception>
    /// <exception cref="InvalidOperationException">It is called where rules of some environments or of another phase are added.</exception>
    [UnconditionalSuppressMessage(
        "Trimming",
        "IL2026",
        Justification = "Only AddValidatedOptions makes a builder, and it carries the warning."
    )]
    public ValidatedOptionsBuilder<TOptions> SingleOrMany(Expression<Func<TOptions, object?>> member, string? separator = null)
    {
        ArgumentNullException.ThrowIfNull(member);
        if (separator is not null)
            ArgumentException.ThrowIfNullOrEmpty(separator);
        if (_lists is null)
            throw new InvalidOperationException(
                "SingleOrMany says how a section is read, which is the same everywhere. Call it on the builder of AddValidatedOptions "
                    + "itself."
            );

        var path = MemberExpressions.PathOf(member);
        if (CollectionShape.Of(MemberExpressions.TypeOf(member)) is not { Key: null })
            throw new ArgumentException(
                $"{path} is no list, so it has no elements that one value could stand for. Name a member such as a string[] or List<T>.",
                nameof(member)
            );
        if (_lists.TryGetValue(path, out var earlier) && earlier.Separator != separator)
            throw new ArgumentException(
                $"{path} is cut at {SaidOf(earlier.Separator)} already, and here at {SaidOf(separator)}. Remove one of the calls.",
                nameof(separator)
            );

        _lists[path] = separator is null ? new SingleOrManyAttribute() : new SingleOrManyAttribute(separator);
        return this;
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
    public ValidatedOptionsBuilder<TOptions> WhenProtected(Action<ValidatedOptionsBuilder<TOptions>> configure) =>
        Nested(configure, static e => e.IsProtected, _phase);

    /// <summary>Adds rules of another phase than <see cref="ConfigurationPhase.Start"/>.</summary>
    /// <param name="phase">From when on they hold.</param>
    /// <param name="configure">Adds the rules.</param>
    /// <returns>This builder.</returns>
    public ValidatedOptionsBuilder<TOptions> From(ConfigurationPhase phase, Action<ValidatedOptionsBuilder<TOptions>> configure) =>
        Nested(configure, static _ => true, phase);

    private static string SaidOf(string? separator) => separator is null ? "nothing" : $"'{separator}'";

    private ValidatedOptionsBuilder<TOptions> Nested(
        Action<ValidatedOptionsBuilder<TOptions>> configure,
        Func<DeploymentEnvironment, bool> holdsIn,
        ConfigurationPhase phase
    )
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(
            new ValidatedOptionsBuilder<TOptions>(_rules, _names, environment => _holdsIn(environment) && holdsIn(environment), phase)
        );
        return this;
    }

    private ValidatedOptionsBuilder<TOptions> Add(Action<OptionsRuleContext<TOptions>> check)
    {
        _rules.Add(new OptionsRule<TOptions>(check, _holdsIn, _phase));
        return this;
    }
}
