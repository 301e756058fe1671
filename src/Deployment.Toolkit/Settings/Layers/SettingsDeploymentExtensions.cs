using Deployment.Toolkit.Settings;
using Deployment.Toolkit.Settings.DotEnv;
using Deployment.Toolkit.Settings.Layers;

namespace Deployment.Toolkit;

/// <summary>More places that settings come from.</summary>
public static class SettingsDeploymentExtensions
{
    private static readonly TimeSpan MountPeriod = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Reads <c>.env</c>, <c>.env.{environment}</c> of each inherited environment and of the host's own from the content root. They lie
    /// above the settings files and below environment variables and the command line; <c>Content__MaxItems=5</c> sets
    /// <c>Content:MaxItems</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Says how strictly they are read.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddDotEnv(this DeploymentBuilder builder, Action<DotEnvOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Registrations.Of<DotEnvChoice>().Options ??= new DotEnvOptions();
        configure?.Invoke(options);
        ConfigurationLayers.Apply(builder);
        return builder;
    }

    /// <summary>
    /// Takes settings from a tree of files, one a value, as containers get them mounted: <c>Content/MaxItems</c> and
    /// <c>Content__MaxItems</c> set <c>Content:MaxItems</c>. They lie above the settings files and below environment variables; each is
    /// named by its own file in reports. A changed file is taken up within seconds, also where an orchestrator swaps a link above it.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="folder">The folder, from the content root; nothing is set while it is not there. Names that begin with a dot are left
    /// alone.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddMountedSettings(this DeploymentBuilder builder, string folder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.GetFullPath(folder, builder.Host.Environment.ContentRootPath);
        var sources = builder.Host.Configuration.Sources;
        if (!sources.OfType<MountedFilesSource>().Any(source => source.Folder == path))
            ConfigurationLayers.Insert(
                builder.Host.Configuration,
                new MountedFilesSource(path, MountPeriod),
                static source => source is MountedFilesSource
            );
        return builder;
    }
}
