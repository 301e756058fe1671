using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Options.Binding;
using Deployment.Toolkit.Options.Validation;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Settings;
using Deployment.Toolkit.Settings.Effective;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Options;

/// <summary>
/// Binds and judges all owned options. While validators run they may ask for other options: those come from the same state.
/// </summary>
[RequiresUnreferencedCode("Binds by reflection.")]
[RequiresDynamicCode("Makes collections by reflection.")]
internal sealed class SnapshotBuilder
{
    private readonly OwnedSections _owned;
    private readonly EffectiveConfiguration _configuration;
    private readonly IServiceProvider _services;
    private readonly DeploymentEnvironment _environment;
    private readonly ConfigurationPhase _phase;
    private readonly Func<SecretReference, string, SecretLookup> _secrets;
    private readonly Action<Secret> _issue;
    private readonly object?[] _options;
    private readonly BindingFaults?[] _faults;

    internal SnapshotBuilder(
        OwnedSections owned,
        IReadOnlyList<ConfigurationLayer> layers,
        IServiceProvider services,
        DeploymentEnvironment environment,
        ConfigurationPhase phase,
        SecretReading secrets
    )
    {
        _owned = owned;
        _configuration = EffectiveConfiguration.Of(layers);
        _services = services;
        _environment = environment;
        _phase = phase;
        _secrets = phase == ConfigurationPhase.Build ? static (_, _) => default : secrets.LookUp;
        _issue = secrets.Issue;
        _options = new object?[owned.Registrations.Count];
        _faults = new BindingFaults?[owned.Registrations.Count];
    }

    /// <summary>Whether it binds what a source of secrets needs.</summary>
    internal bool IsForSource { get; init; }

    /// <summary>Whether it is done with; what was started meanwhile gets the snapshot in use from then on.</summary>
    internal bool IsOver { get; set; }

    /// <summary>The secrets that the owned sections refer to.</summary>
    internal IReadOnlyCollection<SecretReference> References()
    {
        var found = new List<SecretReference>();
        foreach (var registration in _owned.Registrations)
        {
            if ((registration.Section.Length == 0 ? _configuration.Root : _configuration.Root.Find(registration.Section)) is { } section)
                Collect(section);
        }

        return found;

        void Collect(ConfigurationNode node)
        {
            if (node.Top(LayerMask.All)?.Value.Value is { } value)
                found.AddRange(SecretText.ReferencesIn(value));
            foreach (var child in node.Children)
                Collect(child);
        }
    }

    internal IReadOnlyList<DeploymentMessage> FaultsOf(OptionsRegistration registration) => _faults[registration.Index]?.Messages ?? [];

    internal ConfigurationSnapshot Build(IConfiguration configuration, EnvironmentGraph graph, DateTimeOffset now)
    {
        foreach (var registration in _owned.Registrations)
            Get(registration);
        foreach (var registration in _owned.Registrations)
            Judge(registration);

        IReadOnlyList<DeploymentMessage>[] judged = [.. _faults.Select(static faults => faults!.Messages)];
        var faults = judged
            .SelectMany(static faults => faults)
            .Concat(LayerReader.Faults(configuration))
            .Concat(_configuration.TooDeep(_owned.Owns))
            .Concat(_owned.Features.SelectMany(features => features.Run(_configuration, _environment.Name)))
            .Concat(_owned.Misnamed(_configuration))
            .Concat(ToolkitSettings.Misspelled(_configuration, _owned))
            .Concat(_owned.Ambiguous(_configuration))
            .Concat(_owned.Undeclared(name => graph.Find(name) is null ? graph.Unknown(name) : null));
        return new ConfigurationSnapshot(_configuration, _options, judged, FaultLimit.Bound(Sorted(faults)), now);
    }

    internal object? Get(OptionsRegistration registration)
    {
        if (_faults[registration.Index] is not null)
            return _options[registration.Index];

        var faults = _faults[registration.Index] = new BindingFaults(_configuration, _environment.Name);
        var options = Bind(registration, faults);
        _options[registration.Index] = options;
        if (options is not null)
            Configure(registration, options, faults);
        return options;
    }

    private object? Bind(OptionsRegistration registration, BindingFaults faults)
    {
        try
        {
            return new StrictBinder(
                _configuration,
                faults,
                _secrets,
                _issue,
                key => _owned.KnowsElsewhere(key, registration),
                registration.SingleOrMany
            ).Bind(registration.Type, registration.Section);
        }
        // Types can do anything in a constructor, a setter, an operator; none of it may hide the other faults.
        catch (Exception e) when (e is not OutOfMemoryException and not DeploymentException)
        {
            faults.Failed(registration.Section, $"binding {TypeName.Of(registration.Type)}", e);
            return null;
        }
    }

    private void Configure(OptionsRegistration registration, object options, BindingFaults faults)
    {
        try
        {
            if (registration.IsBoundTwice(_services))
            {
                faults.Add(
                    new DeploymentMessage(
                        Codes.OptionsBoundTwice,
                        $"Options {TypeName.Of(registration.Type)} are bound to section '{registration.Section}' by AddValidatedOptions "
                            + $"and once more by Configure, Bind or BindConfiguration, which adds every element of a list again. Remove "
                            + $"the second call."
                    )
                    {
                        Key = registration.Section,
                    }
                );
            }

            registration.Configure(options, _services);
        }
        catch (Exception e) when (e is not OutOfMemoryException and not DeploymentException)
        {
            faults.Failed(registration.Section, $"a Configure or PostConfigure call of {TypeName.Of(registration.Type)}", e);
        }
    }

    internal void Judge(OptionsRegistration registration)
    {
        if (_options[registration.Index] is not { } options)
            return;

        var faults = _faults[registration.Index]!;
        new AnnotationRules(_configuration, faults, _services, IsExempt).Check(options, registration.Section);
        registration.Validate(options, new OptionsValidation(_configuration, faults, _services, _environment, _phase, IsExempt));
    }

    // While an image is built nobody has the secrets; what depends on them is looked at when the app starts.
    private bool IsExempt(string key) =>
        _phase == ConfigurationPhase.Build
        && (SecretNames.Match(key) || SecretText.HasReference(_configuration.Root.Find(key)?.Top(LayerMask.All)?.Value.Value));

    private static List<DeploymentMessage> Sorted(IEnumerable<DeploymentMessage> faults) =>
        [
            .. faults
                .Distinct()
                .OrderBy(static fault => fault.File is null)
                .ThenBy(static fault => fault.File, StringComparer.Ordinal)
                .ThenBy(static fault => fault.Line)
                .ThenBy(static fault => fault.Column)
                .ThenBy(static fault => fault.Key, StringComparer.OrdinalIgnoreCase)
                .ThenBy(static fault => fault.Text, StringComparer.Ordinal),
        ];
}
