using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Deployment.Toolkit.Configuration;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Hosting;
using Deployment.Toolkit.Planning;
using Deployment.Toolkit.Planning.Steps;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit;

/// <summary>Says what a deployment of this app consists of. Calls may come in any order; registering the same thing twice registers it once.</summary>
public sealed class DeploymentBuilder
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
        ConfigurationLayers.Apply(Host, _model.Environments);
        return this;
    }

    /// <summary>
    /// Binds options to a section, validates data annotations at start, and refuses keys in the section that the type does not have.
    /// </summary>
    /// <typeparam name="TOptions">The options type.</typeparam>
    /// <param name="section">The section, for example <c>Content</c>.</param>
    /// <returns>This builder.</returns>
    [RequiresUnreferencedCode("Binds by reflection. In a trimmed app bind with the configuration binder's source generator and call ValidateOnStart.")]
    [RequiresDynamicCode("Binds by reflection. In a native app bind with the configuration binder's source generator and call ValidateOnStart.")]
    public DeploymentBuilder AddValidatedOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TOptions>(string section)
        where TOptions : class
    {
        ArgumentException.ThrowIfNullOrEmpty(section);
        Host.Services.AddOptions<TOptions>().BindConfiguration(section, static binder => binder.ErrorOnUnknownConfiguration = true).ValidateDataAnnotations().ValidateOnStart();
        return this;
    }

    /// <summary>Uses the SQLite database of a connection string for migrations and backups.</summary>
    /// <param name="factory">Your driver's factory, for example <c>SqliteFactory.Instance</c>.</param>
    /// <param name="connectionStringName">The name below <c>ConnectionStrings</c>.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder UseSqlite(DbProviderFactory factory, string connectionStringName)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentException.ThrowIfNullOrEmpty(connectionStringName);
        _model.Database = configuration =>
        {
            if (configuration.GetConnectionString(connectionStringName) is not { Length: > 0 } connectionString)
            {
                throw DeploymentException.Refused(
                    Codes.ConnectionStringMissing,
                    $"Connection string '{connectionStringName}' is not set in this environment. Set ConnectionStrings:{connectionStringName} in its appsettings file or the variable ConnectionStrings__{connectionStringName}.");
            }

            var connection = factory.CreateConnection() ?? throw new NotSupportedException($"{factory.GetType().Name} makes no connections.");
            connection.ConnectionString = connectionString;
            return connection;
        };
        return this;
    }

    /// <summary>Uses a SQLite database that the app has a data source for.</summary>
    /// <param name="dataSource">The data source; only connections are made from it, and its connection string must name a file.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder UseSqlite(DbDataSource dataSource)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        _model.Database = _ => dataSource.CreateConnection();
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

    /// <summary>Adds one of the app's own steps, made with the app's services. Registered twice, it is one step.</summary>
    /// <typeparam name="TStep">The step.</typeparam>
    /// <param name="configure">Says where it stands and how patient to be; by default before <see cref="DeploymentSteps.VerifyHealth"/>.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddStep<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStep>(Action<StepOptions>? configure = null)
        where TStep : DeploymentStep
    {
        var options = new StepOptions();
        configure?.Invoke(options);
        return Add("type:" + typeof(TStep).FullName, static services => ActivatorUtilities.CreateInstance<TStep>(services), options);
    }

    /// <summary>Adds an external command as a step. It runs without a shell, in a process group of its own.</summary>
    /// <param name="name">The step's name.</param>
    /// <param name="fileName">The program; without a slash it is looked for on PATH.</param>
    /// <param name="arguments">The arguments; each reaches the program as it is.</param>
    /// <param name="configure">Says the way back, the probe, where it stands and how patient to be.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddCommandStep(string name, string fileName, IEnumerable<string> arguments, Action<CommandStepOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        string[] command = [fileName, .. arguments];
        var options = new CommandStepOptions();
        configure?.Invoke(options);
        return Add(
            "command:" + name + "\0" + string.Join('\0', command),
            services => new CommandStep(name, command, options, services.GetRequiredService<IHostEnvironment>().ContentRootPath, services.GetRequiredService<TimeProvider>()),
            options);
    }

    /// <summary>Puts releases live by a class of your own. Without an activator the platform starts the binary and nothing is done.</summary>
    /// <typeparam name="TActivator">The activator, made with the app's services.</typeparam>
    /// <returns>This builder.</returns>
    public DeploymentBuilder UseActivator<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TActivator>()
        where TActivator : ReleaseActivator
    {
        _model.Activator = static services => ActivatorUtilities.CreateInstance<TActivator>(services);
        return this;
    }

    /// <summary>Puts releases live by an external command, which finds the version in <c>DEPLOYMENT_RELEASE</c>.</summary>
    /// <param name="fileName">The program; without a slash it is looked for on PATH.</param>
    /// <param name="arguments">The arguments; each reaches the program as it is.</param>
    /// <param name="configure">Says how to ask which release is live, and what the command is given.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder UseCommandActivator(string fileName, IEnumerable<string> arguments, Action<CommandActivatorOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        string[] command = [fileName, .. arguments];
        var options = new CommandActivatorOptions();
        configure?.Invoke(options);
        _model.Activator = services => new CommandActivator(
            command, options, services.GetRequiredService<IHostEnvironment>().ContentRootPath, services.GetRequiredService<TimeProvider>());
        return this;
    }

    private DeploymentBuilder Add(string key, Func<IServiceProvider, DeploymentStep> create, StepOptions options)
    {
        if (_model.StepKeys.Add(key)) _model.Steps.Add(new StepRegistration(create, options));
        return this;
    }
}
