using Deployment.Toolkit.Environments;
using Deployment.Toolkit.Platform;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Configuration;

/// <summary>
/// Brings the host's environment to its declared spelling and puts inherited environments' files below its own. The host builder has
/// added its sources by then, under the name as it was typed: on a file system that minds case that file is silently not there.
/// </summary>
internal static class ConfigurationLayers
{
    internal static void Apply(IHostApplicationBuilder builder, EnvironmentGraph graph)
    {
        var typed = builder.Environment.EnvironmentName;
        var wanted = ProcessEnvironment.EnvironmentOfVerb(System.Environment.GetCommandLineArgs()) ?? typed;
        var environment = graph.Find(wanted);
        // One that isn't declared (yet) keeps its name as it was typed, so that it is refused by that name.
        var name = environment?.Name ?? wanted;
        if (typed != name)
        {
            builder.Environment.EnvironmentName = name;
            // A web application's builder shows another object than the one that the app's services are given.
            foreach (var registered in builder.Services.Select(static service => service.IsKeyedService ? null : service.ImplementationInstance).OfType<IHostEnvironment>()) registered.EnvironmentName = name;
            Rename(builder.Configuration.Sources, FileOf(typed), FileOf(name));
        }

        if (environment is null) return;

        foreach (var ancestor in graph.Ancestors(environment)) InsertBelow(builder.Configuration.Sources, FileOf(ancestor.Name), FileOf(environment.Name));
    }

    private static string FileOf(string environment) => $"appsettings.{environment}.json";

    private static void Rename(IList<IConfigurationSource> sources, string from, string to)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            if (sources[i] is JsonConfigurationSource source && source.Path == from) sources[i] = Copy(source, to);
        }
    }

    private static void InsertBelow(IList<IConfigurationSource> sources, string file, string own)
    {
        if (sources.OfType<JsonConfigurationSource>().Any(source => source.Path == file)) return;

        for (var i = 0; i < sources.Count; i++)
        {
            if (sources[i] is not JsonConfigurationSource source || source.Path != own) continue;

            sources.Insert(i, Copy(source, file));
            return;
        }
    }

    private static JsonConfigurationSource Copy(JsonConfigurationSource source, string path) => new()
    {
        FileProvider = source.FileProvider,
        Path = path,
        Optional = source.Optional,
        ReloadOnChange = source.ReloadOnChange,
        ReloadDelay = source.ReloadDelay,
        OnLoadException = source.OnLoadException,
    };
}
