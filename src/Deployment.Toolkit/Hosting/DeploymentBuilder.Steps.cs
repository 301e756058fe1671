using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Activation;
using Deployment.Toolkit.Dependencies;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Steps;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit;

/// <content>What a deployment does beside the built-in steps, and what it needs from outside.</content>
public sealed partial class DeploymentBuilder
{
    /// <summary>
    /// Declares a database that the app needs beside its own: <c>deploy check --online</c> opens it and asks it one thing. The database of
    /// <see cref="UseSqlite(DbProviderFactory, string)"/> is tried without being declared.
    /// </summary>
    /// <param name="name">What reports call it.</param>
    /// <param name="factory">Your driver's factory, for example <c>NpgsqlFactory.Instance</c>.</param>
    /// <param name="connectionStringName">The name below <c>ConnectionStrings</c>. The value may be a reference, <c>secret://name</c>.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddDatabaseDependency(string name, DbProviderFactory factory, string connectionStringName)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentException.ThrowIfNullOrEmpty(connectionStringName);
        return Add(DatabaseDependency.Of(name, factory, connectionStringName), new Declared("connection string", $"'{connectionStringName}'", connectionStringName), new Declared("factory", factory.GetType().Name, factory));
    }

    /// <summary>Declares a URL that the app needs: <c>deploy check --online</c> asks it, with the key that it wants. No redirect is followed.</summary>
    /// <param name="name">What reports call it.</param>
    /// <param name="endpointKey">The setting that holds the URL, for example <c>Content:Provider:Endpoint</c>.</param>
    /// <param name="configure">Says which key goes into which header, and which path to ask.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddHttpDependency(string name, string endpointKey, Action<HttpDependencyOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(endpointKey);
        var options = new HttpDependencyOptions();
        configure?.Invoke(options);
        return Add(HttpDependency.Of(name, endpointKey, options), [Declared.Of("endpoint", endpointKey), .. options.Declared]);
    }

    /// <summary>Declares anything else that the app needs, tried by <c>deploy check --online</c> alone.</summary>
    /// <param name="name">What reports call it; there can be one of a name.</param>
    /// <param name="check">
    /// Uses it for real, and throws when that does not work. A <see cref="DeploymentException"/> is reported in its own words. One that ignores its token is
    /// left behind at the time limit and reported.
    /// </param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddDependency(string name, Func<IServiceProvider, CancellationToken, Task> check)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(check);
        return Add(new Dependency(name, check), new Declared("check", null, check.Method));
    }

    /// <summary>Adds one of the app's own steps. Registered twice with the same options, it is one step.</summary>
    /// <typeparam name="TStep">The step, made with the app's services in a scope of its own: once while a plan is made, and anew for each attempt, way back and probe, after which it is disposed.</typeparam>
    /// <param name="configure">Says where it stands and how patient to be; by default before <see cref="DeploymentSteps.VerifyHealth"/>.</param>
    /// <returns>This builder.</returns>
    public DeploymentBuilder AddStep<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStep>(Action<StepOptions>? configure = null)
        where TStep : DeploymentStep
    {
        var options = new StepOptions();
        configure?.Invoke(options);
        var what = $"Step {typeof(TStep).Name}";
        if (_model.Declarations.Add("step:" + typeof(TStep).AssemblyQualifiedName, what, $"AddStep<{typeof(TStep).Name}>", options.Declared))
            _model.Steps.Add(new StepRegistration(what, static services => ActivatorUtilities.CreateInstance<TStep>(services), options));
        return this;
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
        var what = $"Step '{name}'";
        if (_model.Declarations.Add("command:" + name, what, nameof(AddCommandStep), [new Declared("command", null, string.Join('\0', command)), .. options.Declared]))
        {
            _model.Steps.Add(new StepRegistration(
                what, services => new CommandStep(name, command, options, services.GetRequiredService<IHostEnvironment>().ContentRootPath, services.GetRequiredService<TimeProvider>()), options));
        }

        return this;
    }

    /// <summary>Puts releases live by a class of your own. Without an activator the platform starts the binary and nothing is done.</summary>
    /// <typeparam name="TActivator">The activator, made with the app's services in a scope of its own for each call, and disposed after it.</typeparam>
    /// <returns>This builder.</returns>
    public DeploymentBuilder UseActivator<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TActivator>()
        where TActivator : ReleaseActivator
    {
        var type = typeof(TActivator);
        return Use(new ActivatorRegistration($"Activator {type.Name}", static services => ActivatorUtilities.CreateInstance<TActivator>(services)), new Declared("it", type.Name, type));
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
        return Use(
            new ActivatorRegistration("Activator", services => new CommandActivator(
                command, options, services.GetRequiredService<IHostEnvironment>().ContentRootPath, services.GetRequiredService<TimeProvider>())),
            [new Declared("it", $"command '{fileName}'", string.Join('\0', command)), .. options.ToStepOptions().Declared, new Declared(nameof(options.Current), null, string.Join('\0', options.Current))]);
    }

    private DeploymentBuilder Use(ActivatorRegistration registration, params IReadOnlyList<Declared> said)
    {
        if (_model.Declarations.Add("activator", "What puts releases live", $"{nameof(UseActivator)} and {nameof(UseCommandActivator)}", said)) _model.Activator = registration;
        return this;
    }

    private DeploymentBuilder Add(Dependency dependency, params IReadOnlyList<Declared> said)
    {
        var kind = new Declared("kind", string.Join(" and ", said.Select(static one => one.What)), string.Join(' ', said.Select(static one => one.What)));
        if (_model.Declarations.Add("dependency:" + dependency.Name, $"Dependency '{dependency.Name}'", "AddDependency, AddHttpDependency and AddDatabaseDependency", [kind, .. said])) _model.Dependencies.Add(dependency);
        return this;
    }
}
