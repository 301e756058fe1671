using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Settings;
using Deployment.Toolkit.Settings.Layers;


namespace Deployment.Toolkit;

/// <summary>More places that settings come from.</summary>
public static class DeploymentConfigurationExtensions
{
    private static readonly TimeSpan MountPeriod = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Takes settings from a tree of files, one a value, as containers get them mounted: <c>Content/MaxItems</c> and <c>Content__MaxItems</c> set
    /// <c>Content:MaxItems</c>. They lie above the settings files and below environment variables; each is named by its own file in reports.
    /// A changed file is taken up within seconds, also where an orchestrator swaps a link above it.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="folder">The folder, from the content root; nothing is set while it is not there. Names that begin with a dot are left alone.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddMountedSettings(this DeploymentBuilder builder, string folder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.GetFullPath(folder, builder.Host.Environment.ContentRootPath);
        var sources = builder.Host.Configuration.Sources;
        if (!sources.OfType<MountedFilesSource>().Any(source => source.Folder == path)) ConfigurationLayers.Insert(builder.Host.Configuration, new MountedFilesSource(path, MountPeriod), static source => source is MountedFilesSource);
        return builder;
    }

    /// <summary>
    /// Takes environment variables in the spelling of other platforms for keys of the app's options: <c>CONTENT_MAX_ITEMS</c> sets <c>Content:MaxItems</c>.
    /// Only keys of single values that <c>AddValidatedOptions</c> knows are set, and those with an exact variable by that; a variable that could mean
    /// two keys sets neither and is reported (DTK7049). Think of foreign variables before: Kubernetes sets <c>CONTENT_PORT</c> for a service named content.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddRelaxedVariables(this DeploymentBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Host.Configuration.Sources.OfType<RelaxedVariables>().Any()) return builder;

        var model = builder.Host.Services.Select(static service => service.IsKeyedService ? null : service.ImplementationInstance).OfType<DeploymentModel>().First();
        ConfigurationLayers.Insert(builder.Host.Configuration, new RelaxedVariables(model.Options), static source => source is MountedFilesSource);
        return builder;
    }
}
