using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Settings.DotEnv;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Settings.Layers;

/// <summary>
/// Brings the host's environment to its declared spelling and puts inherited environments' files below its own. The host builder has
/// added its sources by then, under the name as it was typed: on a file system that minds case that file is silently not there.
/// </summary>
internal static class ConfigurationLayers
{
    internal const string DirectoryKey = "Deployment:Directory";

    internal static void Apply(DeploymentBuilder deployment) =>
        Apply(
            deployment.Host,
            deployment.Registrations.Of<DeclaredEnvironments>().Graph,
            deployment.Registrations.Of<DotEnvChoice>().Options
        );

    private static void Apply(IHostApplicationBuilder builder, EnvironmentGraph graph, DotEnvOptions? dotEnv)
    {
        var typed = builder.Environment.EnvironmentName;
        var setByCode = SetByCode(builder.Configuration);
        var sources = builder.Configuration.Sources.ToList();
        var wanted = ProcessEnvironment.EnvironmentOfVerb(System.Environment.GetCommandLineArgs()) ?? typed;
        var environment = graph.Find(wanted);
        ReplaceJson(builder.Configuration, sources);
        // One that isn't declared (yet) keeps its name as it was typed, so that it is refused by that name.
        var name = environment?.Name ?? wanted;
        if (typed != name)
        {
            builder.Environment.EnvironmentName = name;
            // A web application's builder shows another object than the one that the app's services are given.
            foreach (
                var registered in builder
                    .Services.Select(static service => service.IsKeyedService ? null : service.ImplementationInstance)
                    .OfType<IHostEnvironment>()
            )
                registered.EnvironmentName = name;
            Rename(sources, FileOf(typed), FileOf(name));
        }

        if (dotEnv is not null)
            DotEnvLayers.Apply(
                builder,
                sources,
                environment is null ? [name] : [.. graph.Ancestors(environment).Select(static ancestor => ancestor.Name), name],
                dotEnv
            );
        foreach (var ancestor in environment is null ? [] : graph.Ancestors(environment))
            InsertBelow(sources, FileOf(ancestor.Name), FileOf(environment!.Name));
        SourceList.Replace(builder.Configuration, sources);
        foreach (var (key, value) in setByCode)
        {
            if (builder.Configuration[key] != value)
                builder.Configuration[key] = value;
        }

        // Last, so that it lies above everything, what code has set included.
        if (environment is not null && !builder.Configuration.Sources.OfType<PinnedConfigurationSource>().Any())
            builder.Configuration.Sources.Add(
                new PinnedConfigurationSource(
                    new JournalPaths(JournalRoot(builder.Configuration, builder.Environment.ContentRootPath), name).Pinned
                )
            );
    }

    /// <summary>Puts a source below the variables, above the files and what is given to lie below it.</summary>
    internal static void Insert(IConfigurationManager configuration, IConfigurationSource source, Func<IConfigurationSource, bool> isBelow)
    {
        var setByCode = SetByCode(configuration);
        var sources = configuration.Sources.ToList();
        sources.Insert(DotEnvLayers.PlaceIn(sources, isBelow), source);
        SourceList.Replace(configuration, sources);
        foreach (var (key, value) in setByCode.Where(pair => configuration[pair.Key] != pair.Value))
            configuration[key] = value;
    }

    /// <summary>The folder of all journals: <c>.deployment</c> in the content root unless the setting names another.</summary>
    internal static string JournalRoot(IConfiguration configuration, string contentRoot) =>
        Path.GetFullPath(configuration[DirectoryKey] is { Length: > 0 } path ? path : JournalPaths.RootName, contentRoot);

    // A changed list of sources makes the host's configuration read all of them anew, and what code has set so far would be gone.
    private static List<KeyValuePair<string, string?>> SetByCode(IConfiguration configuration)
    {
        var set = new List<KeyValuePair<string, string?>>();
        foreach (var provider in ((configuration as IConfigurationRoot)?.Providers ?? []).OfType<MemoryConfigurationProvider>())
        {
            foreach (var pair in provider)
            {
                if (configuration[pair.Key] == pair.Value)
                    set.Add(pair);
            }
        }

        return set;
    }

    private const string UserSecretsFile = "secrets.json";

    private static string FileOf(string environment) => $"appsettings.{environment}.json";

    // .NET's own reader keeps no places and forgets everything when it meets a file half written.
    private static void ReplaceJson(IConfigurationBuilder builder, List<IConfigurationSource> sources)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            if (
                sources[i] is not JsonConfigurationSource { OnLoadException: null, Path: { } path } json
                || json.GetType() != typeof(JsonConfigurationSource)
            )
                continue;

            json.EnsureDefaults(builder);
            sources[i] = new FileTableSource
            {
                Files = json.FileProvider!,
                Path = path,
                Kind = path == UserSecretsFile ? SourceKind.UserSecrets : SourceKind.JsonFile,
                Reader = JsonTable.Read,
                Optional = json.Optional,
                ReloadOnChange = json.ReloadOnChange,
                ReloadDelay = TimeSpan.FromMilliseconds(json.ReloadDelay),
            };
        }
    }

    private static void Rename(List<IConfigurationSource> sources, string from, string to)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            if (sources[i] is FileTableSource source && source.Path == from)
                sources[i] = source.At(to);
        }
    }

    private static void InsertBelow(List<IConfigurationSource> sources, string file, string own)
    {
        if (sources.OfType<FileTableSource>().Any(source => source.Path == file))
            return;

        for (var i = 0; i < sources.Count; i++)
        {
            if (sources[i] is not FileTableSource source || source.Path != own)
                continue;

            sources.Insert(i, source.At(file));
            return;
        }
    }
}
