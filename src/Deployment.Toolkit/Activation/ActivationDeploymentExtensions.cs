using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Activation;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Registration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit;

/// <summary>How a release is put live.</summary>
public static class ActivationDeploymentExtensions
{
    /// <summary>
    /// Puts releases live by a class of your own. Without an activator the platform starts the binary and nothing is done.
    /// </summary>
    /// <typeparam name="TActivator">The activator, made with the app's services in a scope of its own for each call, and disposed after
    /// it.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder UseActivator<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TActivator
    >(this DeploymentBuilder builder)
        where TActivator : ReleaseActivator
    {
        ArgumentNullException.ThrowIfNull(builder);
        var type = typeof(TActivator);
        return Use(
            builder,
            new ActivatorRegistration($"Activator {type.Name}", static services => ActivatorUtilities.CreateInstance<TActivator>(services)),
            new Declared("it", type.Name, type)
        );
    }

    /// <summary>Puts releases live by an external command, which finds the version in <c>DEPLOYMENT_RELEASE</c>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="fileName">The program; without a slash it is looked for on PATH.</param>
    /// <param name="arguments">The arguments; each reaches the program as it is.</param>
    /// <param name="configure">Says how to ask which release is live, and what the command is given.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder UseCommandActivator(
        this DeploymentBuilder builder,
        string fileName,
        IEnumerable<string> arguments,
        Action<CommandActivatorOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        string[] command = [fileName, .. arguments];
        var options = new CommandActivatorOptions();
        configure?.Invoke(options);
        return Use(
            builder,
            new ActivatorRegistration(
                "Activator",
                services => new CommandActivator(
                    command,
                    options,
                    services.GetRequiredService<IHostEnvironment>().ContentRootPath,
                    services.GetRequiredService<TimeProvider>()
                )
            ),
            [
                new Declared("it", $"command '{fileName}'", string.Join('\0', command)),
                .. options.ToStepOptions().Declared,
                new Declared(nameof(options.Current), null, string.Join('\0', options.Current)),
            ]
        );
    }

    /// <summary>
    /// Puts releases live by a link: each lies in a folder of its own, <c>releases/1.4.0</c>, and <c>current</c> names the live one, in one
    /// step from one to the other.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="root">The folder of both; a relative path is taken from the content root.</param>
    /// <param name="configure">Says what makes the live one run, and how many stay.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder UseReleaseDirectory(
        this DeploymentBuilder builder,
        string root,
        Action<ReleaseDirectoryOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        var options = new ReleaseDirectoryOptions();
        configure?.Invoke(options);
        return Use(
            builder,
            new ActivatorRegistration(
                "Activator",
                services =>
                {
                    var contentRoot = services.GetRequiredService<IHostEnvironment>().ContentRootPath;
                    return new ReleaseDirectoryActivator(
                        new ReleaseFolders(Path.GetFullPath(root, contentRoot)),
                        options,
                        contentRoot,
                        services.GetRequiredService<TimeProvider>(),
                        services.GetRequiredService<LedgerReader>()
                    );
                }
            ),
            new Declared("it", $"release directory '{root}'", root),
            new Declared(nameof(options.Restart), null, string.Join('\0', options.Restart)),
            new Declared(nameof(options.PassEnvironment), null, string.Join('\0', options.PassEnvironment)),
            new Declared(nameof(options.CopyFrom), options.CopyFrom, options.CopyFrom ?? ""),
            new Declared(nameof(options.Keep), $"{options.Keep}", options.Keep)
        );
    }

    private static DeploymentBuilder Use(
        this DeploymentBuilder builder,
        ActivatorRegistration registration,
        params IReadOnlyList<Declared> said
    )
    {
        if (
            builder.Declarations.Add(
                "activator",
                "What puts releases live",
                $"{nameof(UseActivator)}, {nameof(UseCommandActivator)} and {nameof(UseReleaseDirectory)}",
                said
            )
        )
            builder.Registrations.Of<ChosenActivator>().Registration = registration;
        return builder;
    }
}
