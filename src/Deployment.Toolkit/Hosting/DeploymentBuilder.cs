using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Dependencies;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Health;
using Deployment.Toolkit.Monitoring;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Options.Features;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Masking;
using Deployment.Toolkit.Secrets.Rotation;
using Deployment.Toolkit.Secrets.Sealing;
using Deployment.Toolkit.Settings.Layers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit;

/// <summary>Says what a deployment of this app consists of. Calls may come in any order; registering the same thing twice registers it once.</summary>
public sealed partial class DeploymentBuilder
{
    private readonly DeploymentModel _model;

    internal DeploymentBuilder(IHostApplicationBuilder host, DeploymentModel model) => (Host, _model) = (host, model);

    /// <summary>The host's builder.</summary>
    public IHostApplicationBuilder Host { get; }

    /// <summary>Declares the environments. Without it they are Development → Staging → Production, the last protected.</summary>
    /// <param name="configure">Adds the environments.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddEnvironments(Action<EnvironmentsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (!_model.Environments.IsDeclared) _model.Environments = new EnvironmentGraph();
        configure(new EnvironmentsBuilder(_model.Environments));
        ConfigurationLayers.Apply(Host, _model.Environments, _model.DotEnv);
        return this;
    }

    /// <summary>
    /// Binds options to a section that the app owns, strictly: an unknown key, a value that doesn't convert and a missing required member
    /// are faults, each with its place. Data annotations (at every depth), <c>IValidateOptions</c>, <see cref="IOptionsRule{TOptions}"/> and the
    /// rules given here run at start, before any hosted service is made, and in <c>deploy check</c>; all faults stand in one report.
    /// The options are ordinary <c>IOptions</c>, <c>IOptionsMonitor</c> and <c>IOptionsSnapshot</c>; a change of the configuration is taken
    /// into use only when all of it is good (see <see cref="ConfigurationState"/>; the health check <c>configuration</c> is degraded while
    /// one is refused). Registering the same options again adds its rules to those that are there.
    /// </summary>
    /// <typeparam name="TOptions">The options type: a class or record, bound through its properties or its one constructor.</typeparam>
    /// <param name="section">The section, for example <c>Content</c> or <c>Content:Provider</c>.</param>
    /// <param name="configure">Adds rules.</param>
    /// <param name="name">The options' name, for types that are bound more than once; by default the unnamed ones.</param>
    /// <returns>This builder.</returns>
    [RequiresUnreferencedCode("Binds by reflection. In a trimmed app bind with the configuration binder's source generator and call ValidateOnStart.")]
    [RequiresDynamicCode("Binds by reflection. In a native app bind with the configuration binder's source generator and call ValidateOnStart.")]
    public DeploymentBuilder AddValidatedOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TOptions>(
        string section, Action<ValidatedOptionsBuilder<TOptions>>? configure = null, string? name = null)
        where TOptions : class
    {
        ArgumentException.ThrowIfNullOrEmpty(section);
        if (_model.Options.Find(typeof(TOptions), name ?? "") is { } earlier)
        {
            // A library and its app may each have rules for the same options: all of them hold.
            ((OptionsRegistration<TOptions>)earlier).AddRules(configure);
            if (!string.Equals(earlier.Section, section, StringComparison.OrdinalIgnoreCase))
            {
                _model.Declarations.Refuse(
                    $"Options {typeof(TOptions).Name} are bound to section '{earlier.Section}' and to '{section}'. Give one of them a name: .AddValidatedOptions<{typeof(TOptions).Name}>(\"{section}\", name: \"…\").");
            }

            return this;
        }

        var registration = new OptionsRegistration<TOptions>(section, name ?? "", _model.Options.Registrations.Count);
        registration.AddRules(configure);
        _model.Options.Add(registration);
        Host.Services.AddOptions();
        if (_model.Options.Registrations.Count == 1)
        {
            Host.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                ConfigurationHealthCheck.Name,
                static services => new ConfigurationHealthCheck(services.GetRequiredService<ConfigurationStore>(), services.GetRequiredService<SecretResolver>(), services.GetRequiredService<SecretRedactor>()),
                HealthStatus.Degraded,
                ["configuration"],
                TimeSpan.FromSeconds(5)));
        }

        Host.Services.TryAddSingleton<IOptions<TOptions>>(static services => new StrictOptions<TOptions>(services.GetRequiredService<ConfigurationStore>()));
        Host.Services.TryAddSingleton<IOptionsMonitor<TOptions>>(static services => new StrictOptionsMonitor<TOptions>(services.GetRequiredService<ConfigurationStore>()));
        Host.Services.TryAddScoped<IOptionsSnapshot<TOptions>>(static services => new StrictOptionsSnapshot<TOptions>(services.GetRequiredService<ConfigurationStore>(), services.GetRequiredService<ScopeSnapshot>()));
        return this;
    }

    /// <summary>
    /// Holds the feature flags of a section against those that the code knows: one that an environment does not define and one that the code
    /// does not know are faults of the configuration, like those of <c>AddValidatedOptions</c>. Reading flags stays what it was.
    /// </summary>
    /// <typeparam name="TFlags">An enum of flags, a class of constant names, or a class of <see langword="bool"/> properties.</typeparam>
    /// <param name="section">The section; by default the one of Microsoft.FeatureManagement.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddFeatureFlags<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)] TFlags>(string section = "FeatureManagement") =>
        AddFeatureFlags(typeof(TFlags), section);

    /// <summary>The same for a static class of constant names, which cannot be a type argument.</summary>
    /// <param name="flags">The type.</param>
    /// <param name="section">The section; by default the one of Microsoft.FeatureManagement.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddFeatureFlags(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.PublicProperties)] Type flags, string section = "FeatureManagement")
    {
        ArgumentNullException.ThrowIfNull(flags);
        ArgumentException.ThrowIfNullOrEmpty(section);
        // Modules of an app may each have an enum of their own: the code knows the flags of all of them.
        var known = _model.Options.Features.Find(check => string.Equals(check.Section, section, StringComparison.OrdinalIgnoreCase));
        if (known is not null) _model.Options.Features.Remove(known);
        _model.Options.Features.Add(new FeatureFlagCheck(section, [.. (known?.Flags ?? []).Union(FeatureFlagNames.Of(flags), StringComparer.OrdinalIgnoreCase)]));
        return this;
    }

    /// <summary>
    /// Declares keys, with everything below them, that are meant to differ from environment to environment or to be set in some only, so
    /// that <c>deploy config parity</c> stays quiet about them. Members of options carry <see cref="DiffersByEnvironmentAttribute"/> instead.
    /// </summary>
    /// <param name="keys">The keys, for example <c>Logging</c>.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder DiffersByEnvironment(params IEnumerable<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys) _model.Differences.Add(key);
        return this;
    }

    /// <summary>
    /// Adds the health check <c>configuration-drift</c>: degraded while the host's configuration is another than the one that its release
    /// was verified with. While a deployment is under way it is healthy.
    /// </summary>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddConfigurationDriftCheck()
    {
        if (_model.HasDriftCheck) return this;

        _model.HasDriftCheck = true;
        Host.Services.AddSingleton<ConfigurationDriftCheck>();
        Host.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            ConfigurationDriftCheck.Name, static services => services.GetRequiredService<ConfigurationDriftCheck>(), HealthStatus.Degraded, ["configuration"], TimeSpan.FromSeconds(5)));
        return this;
    }

    /// <summary>
    /// Takes secrets from the sealed file <c>secrets.{environment}.json</c> in the content root, encrypted and made to be committed. It is
    /// written with <c>deploy secrets</c> and opened with the key that the process finds; see docs/secrets.md. The health check <c>secrets</c> is
    /// degraded while one of them expires within 14 days.
    /// </summary>
    /// <param name="configure">Pins the files' roots, one an environment: <c>s => s.Root("dtk1:…")</c>, the line that <c>deploy secrets init</c> prints.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">A root is no fingerprint.</exception>
    public DeploymentBuilder AddSealedSecrets(Action<SealedSecretsOptions>? configure = null)
    {
        configure?.Invoke(_model.Sealed);
        Host.Services.TryAddSingleton(static services => new SealedSecretSource(
            services.GetRequiredService<SealedSecrets>(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<SealedSecrets>>()));
        if (_model.WatchesSecrets) return this;

        _model.WatchesSecrets = true;
        Host.Services.AddSingleton<SecretsDueCheck>();
        Host.Services.AddHostedService<SecretsMeter>();
        Host.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            SecretsDueCheck.Name, static services => services.GetRequiredService<SecretsDueCheck>(), HealthStatus.Degraded, ["configuration"], TimeSpan.FromSeconds(5)));
        return this;
    }

    /// <summary>
    /// Says how a secret of the sealed file is renewed at its issuer, so that <c>deploy secrets renew</c> can do it, and how often. When it is due,
    /// <c>deploy status</c>, the health check <c>secrets</c> and the gauge <c>deployment.secret.remaining</c> say so. Implies <see cref="AddSealedSecrets"/>.
    /// </summary>
    /// <typeparam name="TRotator">The rotator, made with the app's services when a renewal needs it.</typeparam>
    /// <param name="secret">The secret's name, as after <c>secret://</c>.</param>
    /// <param name="rotateEvery">How long after one renewal the next is due; at most ten years.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name is none, or the time is not above zero and to ten years at most.</exception>
    public DeploymentBuilder AddSecretRotator<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TRotator>(string secret, TimeSpan rotateEvery)
        where TRotator : class, ISecretRotator
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        SecretRotators.EnsureValid(secret, rotateEvery);
        if (_model.Declarations.Add("rotator:" + secret, $"The rotator of secret '{secret}'", nameof(AddSecretRotator), new Declared("it", typeof(TRotator).Name, typeof(TRotator)), Declared.Of("its schedule", rotateEvery)))
            _model.Rotators.Add(new RotatorRegistration(secret, rotateEvery, typeof(TRotator), static services => ActivatorUtilities.CreateInstance<TRotator>(services)));
        return AddSealedSecrets();
    }

    /// <summary>Adds a source of secrets of your own, such as a vault; it is asked after the built-in ones.</summary>
    /// <typeparam name="TSource">
    /// The source, made with the app's services once for the host, in a scope of its own, when it is first asked. It may take options: those are bound before any
    /// source is asked, so what they refer to must be in a built-in one.
    /// </typeparam>
    /// <param name="configure">Says what happens while it does not answer.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddSecretSource<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSource>(Action<SecretSourceOptions>? configure = null)
        where TSource : class, ISecretSource
    {
        var options = new SecretSourceOptions();
        configure?.Invoke(options);
        var type = typeof(TSource);
        if (_model.Declarations.Add("source:" + type.AssemblyQualifiedName, $"Secret source {type.Name}", $"AddSecretSource<{type.Name}>", Declared.Of(nameof(options.AllowFallback), options.AllowFallback)))
            _model.SecretSources.Add(new SecretSourceRegistration(type, static services => ActivatorUtilities.CreateInstance<TSource>(services), options));
        return this;
    }

    /// <summary>
    /// Reads <c>.env</c>, <c>.env.{environment}</c> of each inherited environment and of the host's own from the content root. They lie above the
    /// settings files and below environment variables and the command line; <c>Content__MaxItems=5</c> sets <c>Content:MaxItems</c>.
    /// </summary>
    /// <param name="configure">Says how strictly they are read.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddDotEnv(Action<DotEnvOptions>? configure = null)
    {
        _model.DotEnv ??= new DotEnvOptions();
        configure?.Invoke(_model.DotEnv);
        ConfigurationLayers.Apply(Host, _model.Environments, _model.DotEnv);
        return this;
    }

    /// <summary>Uses the SQLite database of a connection string for migrations and backups.</summary>
    /// <param name="factory">Your driver's factory, for example <c>SqliteFactory.Instance</c>.</param>
    /// <param name="connectionStringName">The name below <c>ConnectionStrings</c>. The value may be a reference, <c>secret://name</c>.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder UseSqlite(DbProviderFactory factory, string connectionStringName)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentException.ThrowIfNullOrEmpty(connectionStringName);
        if (!_model.Declarations.Add("database", "The database", nameof(UseSqlite), new Declared("connection string", $"'{connectionStringName}'", connectionStringName), new Declared("factory", factory.GetType().Name, factory))) return this;

        _model.Database = services => ConnectionStringReader.Connect(services, factory, connectionStringName);
        return this;
    }

    /// <summary>Uses a SQLite database that the app has a data source for.</summary>
    /// <param name="dataSource">The data source; only connections are made from it, and its connection string must name a file.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder UseSqlite(DbDataSource dataSource)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        if (_model.Declarations.Add("database", "The database", nameof(UseSqlite), new Declared("connection string", "that of a data source", dataSource))) _model.Database = _ => dataSource.CreateConnection();
        return this;
    }

    /// <summary>
    /// Adds the calling assembly's migrations: scripts embedded under <c>Migrations/</c> (or, when none is, on disk in that folder of the
    /// content root) and classes that carry <see cref="Migrations.MigrationAttribute"/>.
    /// </summary>
    /// <returns>This builder.</returns>
    [RequiresUnreferencedCode("Looks for migration classes by reflection. In a trimmed app use AddMigrations(m => m.FromAssembly(…).Add<TMigration>()).")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public DeploymentBuilder AddMigrations()
    {
        var assembly = Assembly.GetCallingAssembly();
        new MigrationsBuilder(_model.Migrations).FromAssembly(assembly).AddClassesFrom(assembly);
        return this;
    }

    /// <summary>Adds migrations from places that you name.</summary>
    /// <param name="configure">Names them.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddMigrations(Action<MigrationsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(new MigrationsBuilder(_model.Migrations));
        return this;
    }

    /// <summary>Says which health checks a deployment waits for. Without it: all that the app registered.</summary>
    /// <param name="configure">Says it.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddHealthGate(Action<HealthGateOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(_model.Health);
        return this;
    }
}
