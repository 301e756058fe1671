using System.Text.Json;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Planning;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.CommandLine.Tests;

/// <summary>What a verb wrote, and how it ended.</summary>
internal sealed record Ran(int ExitCode, string Out, string Error)
{
    internal JsonElement Json => JsonDocument.Parse(Out).RootElement;
}

/// <summary>An app with a content root, a database and a health check of its own. Each verb gets a host of its own, as a process does.</summary>
internal sealed class TestApp : IDisposable
{
    static TestApp() => SQLitePCL.Batteries_V2.Init();

    internal string Root { get; } = Directory.CreateTempSubdirectory("dtk-cli-").FullName;

    internal TestClock Clock { get; } = new();

    internal HealthCheckResult Health { get; set; } = HealthCheckResult.Healthy("7 pages");

    internal Action<DeploymentBuilder> Configure { get; set; } = static _ => { };

    internal Action<HostApplicationBuilder> ConfigureHost { get; set; } = static _ => { };

    internal Action<HostApplicationBuilder, string[]> AddSources { get; set; } = static (_, _) => { };

    internal CancellationToken Cancellation { get; set; }

    internal Terminal Terminal { get; set; } = new(TextWriter.Null, TextWriter.Null);

    internal TestApp WithMigration(string name, string up, string? down = null)
    {
        Directory.CreateDirectory(Path.Combine(Root, "Migrations"));
        File.WriteAllText(Path.Combine(Root, "Migrations", name + ".sql"), up);
        if (down is not null) File.WriteAllText(Path.Combine(Root, "Migrations", name + ".down.sql"), down);
        return this;
    }

    /// <summary>Lets the hosts read settings files of the content root, as a host does by default, and the command line.</summary>
    internal TestApp WithSettings(string environment = "Development")
    {
        AddSources = (builder, args) =>
        {
            builder.Configuration.AddJsonFile("appsettings.json", optional: true, reloadOnChange: false);
            builder.Configuration.AddJsonFile($"appsettings.{environment}.json", optional: true, reloadOnChange: false);
            builder.Configuration.AddCommandLine(args);
            builder.Environment.EnvironmentName = environment;
        };
        return this;
    }

    internal void Write(string file, string text) => File.WriteAllText(Path.Combine(Root, file), text);

    internal TestApp WithPages() => WithMigration("0001_create_pages", "CREATE TABLE Pages (Id INTEGER PRIMARY KEY, Title TEXT);\n", "DROP TABLE Pages;\n");

    /// <summary>Runs a verb with its host built from the same arguments.</summary>
    internal Task<Ran> RunAsync(params string[] args) => RunInAsync(args, args);

    /// <summary>Runs a verb with a host that was built from other arguments.</summary>
    internal async Task<Ran> RunInAsync(string[] hostArgs, string[] args)
    {
        using var host = Build(hostArgs);
        return await RunAsync(host, args);
    }

    /// <summary>Gives a host to look into.</summary>
    internal async Task WithHostAsync(Func<IHost, Task> look)
    {
        using var host = Build([]);
        await look(host);
    }

    private IHost Build(string[] hostArgs)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = hostArgs, ContentRootPath = Root, Configuration = new ConfigurationManager() });
        // The machine's own variables are no part of a transcript.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        AddSources(builder, hostArgs);
        // Each environment has its own, below whatever a test gives.
        var file = builder.Environment.IsDevelopment() ? "content.db" : $"content.{builder.Environment.EnvironmentName.ToLowerInvariant()}.db";
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new("ConnectionStrings:Content", $"Data Source={Path.Combine(Root, file)};Pooling=False")] });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddHealthChecks().AddCheck("database", () => Health);
        Configure(builder.AddDeployment()
            .UseSqlite(SqliteFactory.Instance, "Content")
            .AddMigrations(static m => m.FromDirectory("Migrations"))
            .AddHealthGate(static h => h.WaitAtMost = TimeSpan.Zero));
        ConfigureHost(builder);
        Directory.CreateDirectory(Path.Combine(Root, "Migrations"));
        return builder.Build();
    }

    internal async Task<Ran> RunAsync(IHost host, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await new VerbRunner(host.Services, Terminal with { Out = output, Error = error }).RunAsync(args, Cancellation);
        return new Ran(code, output.ToString(), error.ToString());
    }

    /// <summary>A text without what differs from run to run and machine to machine.</summary>
    internal string Normalize(string text)
    {
        text = text.Replace(Path.GetRelativePath(Environment.CurrentDirectory, Root), "ROOT", StringComparison.Ordinal).Replace(Root, "ROOT", StringComparison.Ordinal).Replace($"{Environment.UserName}@{Environment.MachineName}", "me@host", StringComparison.Ordinal).ReplaceLineEndings("\n");
        text = Patterns.RunId().Replace(text, "20261121-034351-xxxx");
        text = Patterns.PlanHash().Replace(text, "plan xxxxxxxxxxxx");
        return Patterns.Milliseconds().Replace(Patterns.Duration().Replace(text, "0.00 s"), "in N ms");
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (IOException)
        {
            // A handle that is still open on Windows; the folder is a temporary one.
        }
    }
}
