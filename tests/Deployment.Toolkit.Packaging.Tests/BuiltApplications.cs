using System.Globalization;
using System.Xml.Linq;

[assembly: AssemblyFixture(typeof(Deployment.Toolkit.Packaging.Tests.BuiltApplications))]

// They work in the same folders.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Deployment.Toolkit.Packaging.Tests;

/// <summary>
/// The packages, packed into a folder, and applications that got them from there: one pack, one restore and one build for all tests of the
/// project. In the full run alone: what it takes is a quarter of what all else takes without.
/// </summary>
public sealed class BuiltApplications : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("dtk-packaging-").FullName;
    private readonly DotNet _dotnet;
    private string? _unrestored;
    private string? _withoutSboms;

    public BuiltApplications() => _dotnet = new DotNet(Path.Combine(_root, "packages"));

    /// <summary>The packages that ship.</summary>
    public static TheoryData<string> Packages { get; } =
        ["Deployment.Toolkit.Abstractions", "Deployment.Toolkit", "Deployment.Toolkit.CommandLine", "Deployment.Toolkit.AspNetCore", "Deployment.Toolkit.EntityFrameworkCore", "Deployment.Toolkit.FluentValidation"];

    /// <summary>No package of this version is anywhere else.</summary>
    internal string Version { get; } = "0.1.0-packaging." + DateTime.UtcNow.Ticks.ToString(CultureInfo.InvariantCulture);

    internal string Feed => Path.Combine(_root, "feed");

    /// <summary>What <c>dotnet build</c> of the solution said.</summary>
    internal string Log { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (!FullRun.IsOn)
            return;

        // Of the machine's packages, as somebody packs who wants to ship.
        var machine = new DotNet(packages: null);
        var (tools, log) = await machine.RunAsync(Repository.Root, "tool", "restore");
        _withoutSboms = tools == 0 ? null : log;
        foreach (var package in Packages)
        {
            var (packed, said) = await machine.RunAsync(
                Repository.Root, "pack", Path.Combine("src", package), "--no-build", "-c", Repository.Configuration, "-o", Feed, "-p:Version=" + Version, "-p:WithSbom=" + (tools == 0), "-v", "q");
            Assert.True(packed == 0, said);
        }

        foreach (var (path, text) in ApplicationSources.All(Version))
        {
            var file = Path.Combine(_root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, text);
        }

        Sources().Save(Path.Combine(_root, "nuget.config"));
        (var restored, log) = await _dotnet.RunAsync(_root, "restore", "All.slnx");
        if (restored != 0)
        {
            _unrestored = log;
            return;
        }

        (var built, Log) = await _dotnet.RunAsync(_root, "build", "All.slnx", "--no-restore", "-m:2", "-p:ErrorLog=build.sarif%2cversion=2.1");
        Assert.True(built == 0, string.Join('\n', Log.Split('\n').Where(static line => line.Contains("error", StringComparison.Ordinal)).Distinct()));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Skips the test where the machine gives no packages; under CI that is a failure.</summary>
    internal void Require()
    {
        Assert.SkipUnless(FullRun.IsOn, FullRun.Only);
        Assert.False(_unrestored is not null && Environment.GetEnvironmentVariable("CI") == "true", _unrestored);
        Assert.SkipWhen(_unrestored is not null, $"The applications cannot be restored here: {_unrestored}");
    }

    /// <summary>Skips the test where the machine cannot get the tool that makes them; under CI that is a failure.</summary>
    internal void RequireSboms()
    {
        Assert.SkipUnless(FullRun.IsOn, FullRun.Only);
        Assert.False(_withoutSboms is not null && Environment.GetEnvironmentVariable("CI") == "true", _withoutSboms);
        Assert.SkipWhen(_withoutSboms is not null, $"The tool for bills of materials cannot be restored here: {_withoutSboms}");
    }

    /// <summary>A package as it was packed.</summary>
    internal PackedPackage Open(string package)
    {
        Assert.SkipUnless(FullRun.IsOn, FullRun.Only);
        return new PackedPackage(Path.Combine(Feed, $"{package}.{Version}.nupkg"), package);
    }

    internal string PathOf(string relative) => Path.Combine(_root, relative);

    /// <summary>The diagnostics of an application, with files relative to its folder.</summary>
    internal string Diagnostics(string application, string log = "build.sarif") => Sarif.Read(PathOf($"{application}/{log}"), PathOf(application));

    internal Task<(int ExitCode, string Output)> RunAsync(string application, params string[] arguments) => _dotnet.RunAsync(PathOf(application), arguments);

    internal Task<(int ExitCode, string Output, string Error)> ShellAsync(string folder, string commands) => _dotnet.ShellAsync(folder, commands);

    // The repository's own settings with the folder as one more source: those of the user and the machine are added by NuGet itself.
    private XDocument Sources()
    {
        var config = XDocument.Load(Path.Combine(Repository.Root, "nuget.config"));
        var sources = config.Root!.Element("packageSources");
        if (sources is null)
        {
            config.Root.Add(sources = new XElement("packageSources"));
        }

        sources.Add(new XElement("add", new XAttribute("key", "dtk-packaging"), new XAttribute("value", Feed)));
        return config;
    }
}
