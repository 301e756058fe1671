using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Settings.DotEnv;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Settings.Layers;

/// <summary>Puts <c>.env</c> files between the settings files and the environment variables.</summary>
internal static class DotEnvLayers
{
    private const string File = ".env";

    /// <param name="builder">The host's builder.</param>
    /// <param name="sources">Where they are put.</param>
    /// <param name="environments">The environments whose files count, the inherited ones first.</param>
    /// <param name="options">How to read them.</param>
    internal static void Apply(
        IHostApplicationBuilder builder,
        List<IConfigurationSource> sources,
        IReadOnlyList<string> environments,
        DotEnvOptions options
    )
    {
        // The environment may have been declared anew since the last call.
        for (var i = sources.Count - 1; i >= 0; i--)
        {
            if (sources[i] is FileTableSource { Kind: SourceKind.DotEnvFile })
                sources.RemoveAt(i);
        }

        // Files that begin with a dot are left out by the default provider.
        var files = new PhysicalFileProvider(builder.Environment.ContentRootPath, ExclusionFilters.None);
        var at = PlaceIn(sources, static _ => false);
        foreach (
            var path in (string[])[File, .. environments.Select(environment => NameFor(builder.Environment.ContentRootPath, environment))]
        )
        {
            sources.Insert(
                at++,
                new FileTableSource
                {
                    Files = files,
                    Path = path,
                    Kind = SourceKind.DotEnvFile,
                    Reader = (source, content) => DotEnvTable.Read(source, content, options.Strict, ProcessEnvironment.Lookup()),
                }
            );
        }
    }

    // .NET names environments with a capital, the people who write .env files mostly don't.
    private static string NameFor(string root, string environment)
    {
        var declared = $"{File}.{environment}";
        var lower = $"{File}.{environment.ToLowerInvariant()}";
        return !Path.Exists(Path.Combine(root, declared)) && Path.Exists(Path.Combine(root, lower)) ? lower : declared;
    }

    // Above the files, but a file that the app added above the variables doesn't lift these over the variables.
    internal static int PlaceIn(List<IConfigurationSource> sources, Func<IConfigurationSource, bool> isBelow)
    {
        var at = -1;
        for (var i = 0; i < sources.Count; i++)
        {
            if (sources[i] is FileTableSource or FileConfigurationSource || isBelow(sources[i]))
                at = i + 1;
            else if (at >= 0 && IsVariables(sources[i]))
                return at;
        }

        if (at >= 0)
            return at;

        for (var i = 0; i < sources.Count; i++)
        {
            if (IsVariables(sources[i]))
                return i;
        }

        return sources.Count;
    }

    private static bool IsVariables(IConfigurationSource source) =>
        source is EnvironmentVariablesConfigurationSource { Prefix: null or "" };
}
