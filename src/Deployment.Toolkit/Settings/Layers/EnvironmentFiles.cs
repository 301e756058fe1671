using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Settings.Effective;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Settings.Layers;

/// <summary>
/// Reads the settings files of any environment in the order in which a host of it would. What belongs to a machine counts for none:
/// variables, the command line, user secrets, values set by code.
/// </summary>
internal sealed class EnvironmentFiles(IConfiguration configuration, EnvironmentGraph graph, string host)
{
    /// <summary>The files' values.</summary>
    /// <exception cref="DeploymentException">A file cannot be read: every fault at once.</exception>
    internal EffectiveConfiguration Read(DeploymentEnvironment environment)
    {
        var faults = new List<DeploymentMessage>();
        var layers = new List<ConfigurationLayer>();
        foreach (var source in Sources())
        {
            foreach (var path in PathsOf(source.Path, environment))
            {
                var file = source.Files.GetFileInfo(path);
                // .env files may be named in lower case.
                if (!file.Exists && source.Kind == SourceKind.DotEnvFile)
                    file = source.Files.GetFileInfo(path.ToLowerInvariant());
                if (!file.Exists)
                    continue;

                using var stream = file.CreateReadStream();
                using var content = new MemoryStream();
                stream.CopyTo(content);
                var table = source.Reader(path, content.ToArray());
                if (!table.IsWhole)
                    faults.AddRange(table.Faults);
                layers.Add(new ConfigurationLayer(source.Kind, table.Source, table));
            }
        }

        return faults.Count == 0 ? EffectiveConfiguration.Of(layers) : throw new DeploymentException(DeploymentOutcome.Refused, faults);
    }

    /// <summary>Whether a file is the environment's own, and not one that others read too.</summary>
    internal static bool IsOwn(string path, DeploymentEnvironment environment) =>
        Segments(path).Contains(environment.Name, StringComparer.OrdinalIgnoreCase);

    private IEnumerable<FileTableSource> Sources() =>
        ((configuration as IConfigurationRoot)?.Providers ?? [])
            .OfType<FileTableProvider>()
            .Select(static provider => provider.Source)
            .Where(static source => source.Kind != SourceKind.UserSecrets);

    private IEnumerable<string> PathsOf(string path, DeploymentEnvironment environment)
    {
        var segments = Segments(path);
        var own = Array.FindIndex(segments, segment => string.Equals(segment, host, StringComparison.OrdinalIgnoreCase));
        if (own >= 0)
            return graph
                .Ancestors(environment)
                .Append(environment)
                .Select(e => string.Join('.', [.. segments[..own], e.Name, .. segments[(own + 1)..]]));

        // Files of the environments that the host's inherits from stand beside its own, and are named anew there.
        return graph.Find(host) is { } hosts && graph.Ancestors(hosts).Any(ancestor => IsOwn(path, ancestor)) ? [] : [path];
    }

    private static string[] Segments(string path) => path.Split('.');
}
