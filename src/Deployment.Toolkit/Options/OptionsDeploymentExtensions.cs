using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Settings;
using Deployment.Toolkit.Settings.Layers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit;

/// <summary>Options that are bound strictly.</summary>
public static class OptionsDeploymentExtensions
{
    /// <summary>
    /// Binds options to a section that the app owns, strictly: an unknown key, a value that doesn't convert and a missing required member
    /// are faults, each with its place. Data annotations (at every depth), <c>IValidateOptions</c>, <see cref="IOptionsRule{TOptions}"/>
    /// and the rules given here run at start, before any hosted service is made, and in <c>deploy check</c>; all faults stand in one
    /// report. The options are ordinary <c>IOptions</c>, <c>IOptionsMonitor</c> and <c>IOptionsSnapshot</c>; a change of the configuration
    /// is taken into use only when all of it is good (see <see cref="ConfigurationState"/>; the health check <c>configuration</c> is
    /// degraded while one is refused). Registering the same options again adds its rules to those that are there.
    /// </summary>
    /// <typeparam name="TOptions">The options type: a class or record, bound through its properties or its one constructor.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="section">The section, for example <c>Content</c> or <c>Content:Provider</c>.</param>
    /// <param name="configure">Adds rules.</param>
    /// <param name="name">The options' name, for types that are bound more than once; by default the unnamed ones.</param>
    /// <returns>The builder.</returns>
    [RequiresUnreferencedCode(
        "Binds by reflection. In a trimmed app bind with the configuration binder's source generator and call ValidateOnStart."
    )]
    [RequiresDynamicCode(
        "Binds by reflection. In a native app bind with the configuration binder's source generator and call ValidateOnStart."
    )]
    public static DeploymentBuilder AddValidatedOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TOptions>(
        this DeploymentBuilder builder,
        string section,
        Action<ValidatedOptionsBuilder<TOptions>>? configure = null,
        string? name = null
    )
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(section);
        var owned = builder.Registrations.Of<OwnedSections>();
        if (owned.Find(typeof(TOptions), name ?? "") is { } earlier)
        {
            // A library and its app may each have rules for the same options: all of them hold.
            ((OptionsRegistration<TOptions>)earlier).AddRules(configure);
            if (!string.Equals(earlier.Section, section, StringComparison.OrdinalIgnoreCase))
            {
                builder.Declarations.Refuse(
                    $"Options {typeof(TOptions).Name} are bound to section '{earlier.Section}' and to '{section}'. Give one of them a "
                        + $"name: .AddValidatedOptions<{typeof(TOptions).Name}>(\"{section}\", name: \"…\")."
                );
            }

            return builder;
        }

        var registration = new OptionsRegistration<TOptions>(section, name ?? "", owned.Registrations.Count);
        registration.AddRules(configure);
        owned.Add(registration);
        builder.Host.Services.AddOptions();
        builder.Registrations.Tell<OwnedSections>();
        builder.Host.Services.TryAddSingleton<IOptions<TOptions>>(static services => new StrictOptions<TOptions>(
            services.GetRequiredService<ConfigurationStore>()
        ));
        builder.Host.Services.TryAddSingleton<IOptionsMonitor<TOptions>>(static services => new StrictOptionsMonitor<TOptions>(
            services.GetRequiredService<ConfigurationStore>()
        ));
        builder.Host.Services.TryAddScoped<IOptionsSnapshot<TOptions>>(static services => new StrictOptionsSnapshot<TOptions>(
            services.GetRequiredService<ConfigurationStore>(),
            services.GetRequiredService<ScopeSnapshot>()
        ));
        return builder;
    }

    /// <summary>
    /// Takes environment variables in the spelling of other platforms for keys of the app's options: <c>CONTENT_MAX_ITEMS</c> sets
    /// <c>Content:MaxItems</c>. Only keys of single values that <c>AddValidatedOptions</c> knows are set, and those with an exact variable
    /// by that; a variable that could mean two keys sets neither and is reported (DTK7049). Think of foreign variables before: Kubernetes
    /// sets <c>CONTENT_PORT</c> for a service named content.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddRelaxedVariables(this DeploymentBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Host.Configuration.Sources.OfType<RelaxedVariables>().Any())
            return builder;

        ConfigurationLayers.Insert(
            builder.Host.Configuration,
            new RelaxedVariables(builder.Registrations.Of<OwnedSections>()),
            static source => source is MountedFilesSource
        );
        return builder;
    }
}
