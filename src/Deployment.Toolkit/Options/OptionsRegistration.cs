using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Options.Validation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Options;

/// <summary>Options that are bound to a section that the app owns.</summary>
internal abstract class OptionsRegistration(Type type, string section, string name, int index)
{
    internal Type Type { get; } = type;

    internal string Section { get; } = section;

    internal string Name { get; } = name;

    /// <summary>Where the snapshot keeps them.</summary>
    internal int Index { get; } = index;

    internal abstract IReadOnlyList<string> EnvironmentNames { get; }

    /// <summary>
    /// How a list that the registration itself allows to be one value is read, by its key; members of the type say it by an attribute.
    /// </summary>
    internal abstract SingleOrManyAttribute? SingleOrMany(string key);

    /// <summary>
    /// Whether a call of .NET's own binds the same options too: <c>Configure&lt;T&gt;(section)</c>, <c>Bind</c> or
    /// <c>BindConfiguration</c>.
    /// </summary>
    internal virtual bool IsBoundTwice(IServiceProvider services) => false;

    /// <summary>What the app's own <c>Configure</c> and <c>PostConfigure</c> calls do to them.</summary>
    internal abstract void Configure(object options, IServiceProvider services);

    /// <summary>Runs every validator but data annotations.</summary>
    internal abstract void Validate(object options, OptionsValidation validation);
}

/// <inheritdoc/>
[RequiresUnreferencedCode("Looks at the members of options types.")]
internal sealed class OptionsRegistration<TOptions>(string section, string name, int index)
    : OptionsRegistration(typeof(TOptions), section, name, index)
    where TOptions : class
{
    private readonly ValidatedOptionsBuilder<TOptions> _rules = new();
    private readonly HashSet<Action<ValidatedOptionsBuilder<TOptions>>> _added = [];
    private readonly Dictionary<string, SingleOrManyAttribute> _lists = new(StringComparer.OrdinalIgnoreCase);

    internal override IReadOnlyList<string> EnvironmentNames => _rules.EnvironmentNames;

    internal override SingleOrManyAttribute? SingleOrMany(string key) => _lists.GetValueOrDefault(key);

    /// <summary>Adds the rules of one registration; those of a call that is only repeated are there already.</summary>
    internal void AddRules(Action<ValidatedOptionsBuilder<TOptions>>? configure)
    {
        if (configure is null || !_added.Add(configure))
            return;

        configure(_rules);
        foreach (var (path, list) in _rules.Lists)
            _lists[MemberPath.KeyOf(Type, Section, path)] = list;
    }

    // All ways of binding register what tells the options of a change, the source generator's too.
    internal override bool IsBoundTwice(IServiceProvider services) =>
        services
            .GetServices<IOptionsChangeTokenSource<TOptions>>()
            .Any(source => source is ConfigurationChangeTokenSource<TOptions> && (source.Name ?? "") == Name);

    internal override void Configure(object options, IServiceProvider services)
    {
        var typed = (TOptions)options;
        foreach (var setup in services.GetServices<IConfigureOptions<TOptions>>())
        {
            // A second binding would put every element of a list there again; it is a fault of its own.
            if (setup is NamedConfigureFromConfigurationOptions<TOptions>)
                continue;

            if (setup is IConfigureNamedOptions<TOptions> named)
                named.Configure(Name, typed);
            else if (Name.Length == 0)
                setup.Configure(typed);
        }

        foreach (var setup in services.GetServices<IPostConfigureOptions<TOptions>>())
            setup.PostConfigure(Name, typed);
    }

    internal override void Validate(object options, OptionsValidation validation)
    {
        var typed = (TOptions)options;
        var context = new OptionsRuleContext<TOptions>(
            typed,
            Section,
            validation.Environment,
            validation.Phase,
            (member, text, severity) => validation.Report(MemberPath.KeyOf(Type, Section, member), text, severity)
        );
        foreach (var rule in _rules.Rules)
            validation.Run(() => rule.Check(context), Section);
        foreach (var rule in validation.Services.GetServices<IOptionsRule<TOptions>>())
            validation.Run(() => rule.Check(context), Section);
        foreach (var validator in validation.Services.GetServices<IValidateOptions<TOptions>>())
        {
            // Data annotations have run, deeper than this one looks.
            if (validator is DataAnnotationValidateOptions<TOptions>)
                continue;

            validation.Run(() => Ask(validator, typed, validation), Section);
        }
    }

    private void Ask(IValidateOptions<TOptions> validator, TOptions options, OptionsValidation validation)
    {
        var result = validator.Validate(Name, options);
        if (!result.Failed)
            return;

        foreach (var failure in result.Failures)
            validation.Report(OptionsValidation.KeyNamedIn(failure, Type, Section), failure, MessageSeverity.Error);
    }
}
