using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace Deployment.Toolkit.Settings;

/// <summary>Takes what every provider of a configuration holds, weakest first.</summary>
internal static class LayerReader
{
    // Another thread may set a value while a foreign provider's table is walked; the walk then starts again.
    private const int Attempts = 10;

    internal static IReadOnlyList<ConfigurationLayer> Read(IConfiguration configuration)
    {
        var layers = new List<ConfigurationLayer>();
        Add(configuration, layers);
        return layers;
    }

    /// <summary>What is wrong with the sources themselves, of providers that can tell.</summary>
    internal static IReadOnlyList<DeploymentMessage> Faults(IConfiguration configuration)
    {
        var faults = new List<DeploymentMessage>();
        foreach (var provider in (configuration as IConfigurationRoot)?.Providers ?? [])
        {
            if (provider is FileTableProvider table)
                faults.AddRange(table.Rejected.Concat(table.Current.Faults).Distinct());
            else if (provider is PinnedConfigurationProvider pinned)
                faults.AddRange(pinned.Faults);
            else if (provider is MountedFilesProvider mounted)
                faults.AddRange(mounted.Rejected);
            else if (provider is TableProvider known)
                faults.AddRange(known.Current.Faults);
            else if (provider is KeptProvider)
                continue;
            else if (provider is ChainedConfigurationProvider chained)
                faults.AddRange(Faults(chained.Configuration));
        }

        return faults;
    }

    private static void Add(IConfiguration configuration, List<ConfigurationLayer> layers)
    {
        if (configuration is not IConfigurationRoot root)
        {
            layers.Add(
                Layer(
                    SourceKind.Other,
                    configuration.GetType().Name,
                    configuration.AsEnumerable().Where(static pair => pair.Value is not null)
                )
            );
            return;
        }

        // What code sets is set on every provider; it came from none of the others.
        var byCode = root.Providers.OfType<MemoryConfigurationProvider>().FirstOrDefault();
        foreach (var provider in root.Providers.Select(static provider => provider is KeptProvider kept ? kept.Inner : provider))
        {
            switch (provider)
            {
                case ChainedConfigurationProvider chained:
                    Add(chained.Configuration, layers);
                    break;
                case FileTableProvider table:
                    layers.Add(new ConfigurationLayer(table.Kind, table.Current.Source, table.Current));
                    if (table.SetByCode.Count > 0)
                        layers.Add(Layer(SourceKind.Other, "code", table.SetByCode));
                    break;
                case TableProvider known:
                    layers.Add(new ConfigurationLayer(known.Kind, known.Current.Source, known.Current));
                    break;
                case EnvironmentVariablesConfigurationProvider
                or CommandLineConfigurationProvider
                or PinnedConfigurationProvider when byCode is not null:
                    var own = (ConfigurationProvider)provider;
                    layers.Add(Retry(() => Layer(KindOf(own), NameOf(own), Data(own), except: byCode)));
                    break;
                case ConfigurationProvider perFile when KeyPerFile.FolderOf(perFile) is { } folder:
                    layers.Add(Retry(() => Layer(SourceKind.MountedFiles, folder, Data(perFile), KeyPerFile.In(folder))));
                    break;
                case ConfigurationProvider known:
                    layers.Add(Retry(() => Layer(KindOf(known), NameOf(known), Data(known))));
                    break;
                default:
                    layers.Add(Layer(SourceKind.Other, provider.ToString() ?? provider.GetType().Name, Walk(provider, null)));
                    break;
            }
        }
    }

    // Protected, so it is API and will not move; asking for child keys level by level takes a pass over all keys for every one of them.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Data")]
    private static extern IDictionary<string, string?> Data(ConfigurationProvider provider);

    private static SourceKind KindOf(ConfigurationProvider provider) =>
        provider switch
        {
            EnvironmentVariablesConfigurationProvider => SourceKind.EnvironmentVariables,
            CommandLineConfigurationProvider => SourceKind.CommandLine,
            PinnedConfigurationProvider => SourceKind.Pinned,
            _ => SourceKind.Other,
        };

    private static string NameOf(ConfigurationProvider provider) =>
        provider switch
        {
            EnvironmentVariablesConfigurationProvider => "environment variables",
            CommandLineConfigurationProvider => "command line",
            FileConfigurationProvider { Source.Path: { } path } => path,
            MemoryConfigurationProvider => "code",
            PinnedConfigurationProvider pinned => pinned.Source,
            _ => provider.GetType().Name,
        };

    private static ConfigurationLayer Layer(
        SourceKind kind,
        string source,
        IEnumerable<KeyValuePair<string, string?>> pairs,
        Func<string, string?>? fileOf = null,
        MemoryConfigurationProvider? except = null
    )
    {
        var values = new Dictionary<string, TableValue>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in pairs)
        {
            if (except is null || !except.TryGet(key, out var other) || other != value)
                values[key] = new TableValue(key, value, 0, 0) { File = fileOf?.Invoke(key) };
        }

        return new ConfigurationLayer(kind, source, new ConfigurationTable(source, values, new Dictionary<string, TableContainer>(), []));
    }

    private static ConfigurationLayer Retry(Func<ConfigurationLayer> read)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return read();
            }
            catch (InvalidOperationException) when (attempt < Attempts) { }
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> Walk(IConfigurationProvider provider, string? parent, int depth = 0)
    {
        // A provider may answer for ever; one level below what counts is enough to say that it is too deep.
        if (depth > ConfigurationTable.MostParts)
            yield break;

        foreach (var child in provider.GetChildKeys([], parent).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var key = parent is null ? child : ConfigurationPath.Combine(parent, child);
            if (provider.TryGet(key, out var value))
                yield return KeyValuePair.Create(key, value);
            foreach (var below in Walk(provider, key, depth + 1))
                yield return below;
        }
    }
}
