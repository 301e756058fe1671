using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Steps;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit;

/// <summary>What a deployment does beside the built-in steps.</summary>
public static class StepDeploymentExtensions
{
    /// <summary>Adds one of the app's own steps. Registered twice with the same options, it is one step.</summary>
    /// <typeparam name="TStep">The step, made with the app's services in a scope of its own: once while a plan is made, and anew for each
    /// attempt, way back and probe, after which it is disposed.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Says where it stands and how patient to be; by default before
    /// <see cref="DeploymentSteps.VerifyHealth"/>.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddStep<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStep>(
        this DeploymentBuilder builder,
        Action<StepOptions>? configure = null
    )
        where TStep : DeploymentStep
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Add(
            builder,
            "step:" + typeof(TStep).AssemblyQualifiedName,
            typeof(TStep),
            static services => ActivatorUtilities.CreateInstance<TStep>(services),
            configure
        );
    }

    /// <summary>
    /// Adds a step that you make yourself, so that there can be several of a class. Two different functions are two steps, each with its
    /// name.
    /// </summary>
    /// <typeparam name="TStep">The step.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="create">
    /// Makes it from the services of a scope of its own: once while a plan is made, and anew for each attempt, way back and probe, after
    /// which it is disposed.
    /// </param>
    /// <param name="configure">Says where it stands and how patient to be; by default before
    /// <see cref="DeploymentSteps.VerifyHealth"/>.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddStep<TStep>(
        this DeploymentBuilder builder,
        Func<IServiceProvider, TStep> create,
        Action<StepOptions>? configure = null
    )
        where TStep : DeploymentStep
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(create);
        return Add(builder, create, typeof(TStep), create, configure);
    }

    /// <summary>
    /// Adds a step that is there already. It is used for every plan, attempt, way back and probe, from any thread, and never disposed.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="step">The step.</param>
    /// <param name="configure">Says where it stands and how patient to be; by default before
    /// <see cref="DeploymentSteps.VerifyHealth"/>.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddStep(this DeploymentBuilder builder, DeploymentStep step, Action<StepOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(step);
        return Add(builder, step, step.GetType(), _ => step, configure, isShared: true);
    }

    /// <summary>Adds an external command as a step. It runs without a shell, in a process group of its own.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The step's name.</param>
    /// <param name="fileName">The program; without a slash it is looked for on PATH.</param>
    /// <param name="arguments">The arguments; each reaches the program as it is.</param>
    /// <param name="configure">Says the way back, the probe, where it stands and how patient to be.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddCommandStep(
        this DeploymentBuilder builder,
        string name,
        string fileName,
        IEnumerable<string> arguments,
        Action<CommandStepOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        string[] command = [fileName, .. arguments];
        var options = new CommandStepOptions();
        configure?.Invoke(options);
        var what = $"Step '{name}'";
        if (
            builder.Declarations.Add(
                "command:" + name,
                what,
                nameof(AddCommandStep),
                [new Declared("command", null, string.Join('\0', command)), .. options.Declared]
            )
        )
        {
            builder
                .Registrations.Of<List<StepRegistration>>()
                .Add(
                    new StepRegistration(
                        what,
                        services => new CommandStep(
                            name,
                            command,
                            options,
                            services.GetRequiredService<IHostEnvironment>().ContentRootPath,
                            services.GetRequiredService<TimeProvider>()
                        ),
                        options
                    )
                );
        }

        return builder;
    }

    private static DeploymentBuilder Add(
        DeploymentBuilder builder,
        object key,
        Type type,
        Func<IServiceProvider, DeploymentStep> create,
        Action<StepOptions>? configure,
        bool isShared = false
    )
    {
        var options = new StepOptions();
        configure?.Invoke(options);
        var what = $"Step {type.Name}";
        if (builder.Declarations.Add(key, what, $"AddStep<{type.Name}>", options.Declared))
            builder.Registrations.Of<List<StepRegistration>>().Add(new StepRegistration(what, create, options) { IsShared = isShared });
        return builder;
    }
}
