using Deployment.Toolkit.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Tests.Configuration;

/// <summary>A host over real settings files in a folder of its own, with .NET's own default sources.</summary>
internal sealed class SettingsApp : IDisposable
{
    private readonly List<IHost> _hosts = [];

    internal string Folder { get; } = Directory.CreateTempSubdirectory("dtk-settings-").FullName;

    internal string Environment { get; set; } = "Production";

    internal string[] Arguments { get; set; } = [];

    internal Action<IServiceCollection> Services { get; set; } = static _ => { };

    internal void Write(string file, string text) => File.WriteAllText(Path.Combine(Folder, file), text);

    internal IHost Build(Action<DeploymentBuilder> configure)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = Folder, EnvironmentName = Environment, Args = Arguments });
        builder.Logging.ClearProviders();
        Services(builder.Services);
        configure(builder.AddDeployment());
        var host = builder.Build();
        _hosts.Add(host);
        return host;
    }

    /// <summary>The report of a check, and the options however faulty.</summary>
    internal IReadOnlyList<DeploymentMessage> Faults(Action<DeploymentBuilder> configure) =>
        Build(configure).Services.GetRequiredService<ConfigurationStore>().Check(ConfigurationPhase.Start);

    internal IReadOnlyList<DeploymentMessage> Faults<TOptions>(string section)
        where TOptions : class =>
        Faults(deployment => deployment.AddValidatedOptions<TOptions>(section));

    internal TOptions Bind<TOptions>(string section)
        where TOptions : class =>
        Build(deployment => deployment.AddValidatedOptions<TOptions>(section)).Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<TOptions>>().Value;

    /// <summary>What .NET's own binder makes of the same files.</summary>
    internal TOptions? BindPlainly<TOptions>(string section)
    {
        // A builder that never becomes a host leaves its watcher to the garbage collector, and a system has few of them: nothing is watched here.
        var unwatched = new ConfigurationManager();
        unwatched.AddInMemoryCollection(new Dictionary<string, string?> { ["hostBuilder:reloadConfigOnChange"] = "false" });
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings
        {
            ContentRootPath = Folder,
            EnvironmentName = Environment,
            Args = Arguments,
            Configuration = unwatched,
        });
        using var configuration = builder.Configuration;
        return configuration.GetSection(section).Get<TOptions>();
    }

    public void Dispose()
    {
        foreach (var host in _hosts) host.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
