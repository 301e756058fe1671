using Deployment.Toolkit.Options;
using Deployment.Toolkit.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Tests.Configuration;

/// <summary>Sources of others, mounted files and variables in another spelling.</summary>
public sealed class SourceTests : IDisposable
{
    private readonly SettingsApp _app = new();

    public void Dispose() => _app.Dispose();

    public sealed class Content
    {
        public int MaxItems { get; set; }

        public string Title { get; set; } = "";

        public Provider Provider { get; set; } = new();
    }

    public sealed class Provider
    {
        public string ApiUrl { get; set; } = "";
    }

    public sealed class Clashing
    {
        public int MaxItems { get; set; }

        public Inner Max { get; set; } = new();
    }

    public sealed class Inner
    {
        public int Items { get; set; }
    }

    [Fact]
    public void A_foreign_source_is_loaded_once_however_much_is_declared()
    {
        var source = new Counting();
        _app.Environment = "production";
        _app.Write("appsettings.Base.json", "{ }");
        _app.Write(".env", "Content__Title=x");
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _app.Folder, EnvironmentName = "production" });
        ((IConfigurationBuilder)builder.Configuration).Add(source);
        builder.AddDeployment().AddEnvironments(static e => e.Add("Base").Add("Production", static p => p.InheritsFrom("Base"))).AddDotEnv().AddMountedSettings("mounted").AddRelaxedVariables();
        using var host = builder.Build();
        var configuration = host.Services.GetRequiredService<IConfiguration>();
        Assert.Equal(("1", "x"), (configuration["Foreign"], configuration["Content:Title"]));
        Assert.Equal((1, 1), (source.Builds, source.Loads));
        Assert.Contains(LayerReader.Read(configuration), static layer => layer.Source == nameof(CountingProvider) && layer.Table.Values.ContainsKey("Foreign"));

        ((IConfigurationRoot)configuration).Reload();
        Assert.Equal(("2", 2), (configuration["Foreign"], source.Loads));
    }

    [Fact]
    public void Files_that_dotnets_own_provider_reads_have_their_places_too()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_app.Folder, "perfile")).FullName;
        _app.Write("perfile/Content__MaxItems", "many");
        _app.Write("perfile/Content__Title", "from a file");
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _app.Folder });
        builder.Configuration.AddKeyPerFile(folder);
        builder.AddDeployment().AddValidatedOptions<Content>("Content");
        using var host = builder.Build();
        var fault = Assert.Single(host.Services.GetRequiredService<ConfigurationStore>().Current.Faults);
        Assert.Equal(("Content:MaxItems", Path.Combine(folder, "Content__MaxItems")), (fault.Key, fault.File));
        Assert.Equal(Path.Combine(folder, "Content__Title"), Assert.Single(host.Services.GetRequiredService<ConfigurationInspector>().Show("Content:Title")).Source);
    }

    [Fact]
    public void Of_two_files_that_may_be_meant_none_is_named()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_app.Folder, "perfile")).FullName;
        _app.Write("perfile/Content--Title", "one");
        _app.Write("perfile/ContentTitle", "other");
        _app.Write("perfile/Content--MaxItems", "1");
        var fileOf = KeyPerFile.In(folder);
        Assert.Null(fileOf("Content:Title"));
        Assert.Equal(Path.Combine(folder, "Content--MaxItems"), fileOf("Content:MaxItems"));
    }

    [Theory]
    [InlineData("argument")]
    [InlineData("json")]
    [InlineData(".env")]
    public void A_key_of_very_many_parts_is_one_fault_and_costs_no_more_than_its_length(string source)
    {
        const int parts = 20_000;
        var key = "Content:" + string.Join(':', Enumerable.Repeat("a", parts));
        if (source == "argument") _app.Arguments = [$"--{key}=x"];
        else if (source == "json") _app.Write("appsettings.json", $$"""{ "{{key}}": "x" }""");
        else _app.Write(".env", $"{key}=x\n");
        var host = _app.Build(static d => d.AddDotEnv().AddValidatedOptions<Content>("Content"));
        var store = host.Services.GetRequiredService<ConfigurationStore>();
        _ = store.Check(ConfigurationPhase.Start);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = Assert.Single(store.Check(ConfigurationPhase.Start));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Contains("parts", fault.Text, StringComparison.Ordinal);
        Assert.InRange(fault.ToString().Length, 1, 400);
        // A node a part, each with its path, would be 400 MB.
        Assert.InRange(allocated, 0, 10_000_000);
    }

    [Fact]
    public void Elsewhere_such_a_key_stops_no_start()
    {
        _app.Arguments = [$"--Foreign:{string.Join(':', Enumerable.Repeat("a", 20_000))}=x"];
        Assert.Empty(_app.Faults<Content>("Content"));
    }

    [Fact]
    public void Mounted_files_are_settings_with_their_own_places()
    {
        Directory.CreateDirectory(Path.Combine(_app.Folder, "mounted", "Content", "Provider"));
        Directory.CreateDirectory(Path.Combine(_app.Folder, "mounted", "..data"));
        _app.Write("appsettings.json", """{ "Content": { "Title": "file" } }""");
        _app.Write("mounted/Content__MaxItems", "many\n");
        _app.Write("mounted/Content/Title", "mounted\r\n");
        _app.Write("mounted/Content/Provider/ApiUrl", "u");
        _app.Write("mounted/..data/Content__Title", "never");
        _app.Write("mounted/.hidden", "never");
        var host = _app.Build(static d => d.AddMountedSettings("mounted").AddValidatedOptions<Content>("Content"));
        var configuration = host.Services.GetRequiredService<IConfiguration>();
        Assert.Equal(("mounted", "u"), (configuration["Content:Title"], configuration["Content:Provider:ApiUrl"]));
        var fault = Assert.Single(host.Services.GetRequiredService<ConfigurationStore>().Current.Faults);
        Assert.Equal(("Content:MaxItems", Path.Combine(_app.Folder, "mounted", "Content__MaxItems")), (fault.Key, fault.File));
        Assert.Equal(Path.Combine(_app.Folder, "mounted", "Content", "Title"), Assert.Single(host.Services.GetRequiredService<ConfigurationInspector>().Show("Content:Title")).Source);
    }

    [Fact]
    public void Mounted_files_lie_below_variables_and_above_dot_env()
    {
        _app.Write("appsettings.json", """{ "MountedLayers": { "One": "file", "Two": "file", "Three": "file" } }""");
        _app.Write(".env", "MountedLayers__One=env\nMountedLayers__Two=env\n");
        Directory.CreateDirectory(Path.Combine(_app.Folder, "mounted"));
        _app.Write("mounted/MountedLayers__Two", "mounted");
        _app.Write("mounted/MountedLayers__Three", "mounted");
        Environment.SetEnvironmentVariable("MountedLayers__Three", "variable");
        try
        {
            var settings = _app.Build(static d => d.AddRelaxedVariables().AddMountedSettings("mounted").AddDotEnv()).Services.GetRequiredService<IConfiguration>();
            Assert.Equal(("env", "mounted", "variable"), (settings["MountedLayers:One"], settings["MountedLayers:Two"], settings["MountedLayers:Three"]));
        }
        finally
        {
            Environment.SetEnvironmentVariable("MountedLayers__Three", null);
        }
    }

    [Fact]
    public void A_mounted_file_that_is_no_text_or_too_long_is_a_fault()
    {
        Directory.CreateDirectory(Path.Combine(_app.Folder, "mounted"));
        File.WriteAllBytes(Path.Combine(_app.Folder, "mounted", "A"), [0xFF, 0x80]);
        File.WriteAllBytes(Path.Combine(_app.Folder, "mounted", "B"), new byte[(1 << 20) + 1]);
        _app.Write("mounted/C__D", "1");
        _app.Write("mounted/C__d", "1");
        var faults = _app.Faults(static d => d.AddMountedSettings("mounted"));
        Assert.Equal(["DTK1006", "DTK1008", "DTK1008"], faults.Select(static fault => fault.Code).Order());
    }

    [Fact]
    public void A_swapped_link_above_mounted_files_is_another_stamp()
    {
        var root = Directory.CreateDirectory(Path.Combine(_app.Folder, "mounted")).FullName;
        Directory.CreateDirectory(Path.Combine(root, "..one"));
        Directory.CreateDirectory(Path.Combine(root, "..two"));
        _app.Write("mounted/..one/A", "1");
        _app.Write("mounted/..two/A", "2");
        Directory.CreateSymbolicLink(Path.Combine(root, "..data"), "..one");
        File.CreateSymbolicLink(Path.Combine(root, "A"), "..data/A");
        var before = FolderStamp.Of([root]);
        Assert.Equal(before, FolderStamp.Of([root]));
        Assert.Equal("1", MountedFiles.Read(root).Values["A"].Value);

        Directory.Delete(Path.Combine(root, "..data"));
        Directory.CreateSymbolicLink(Path.Combine(root, "..data"), "..two");
        Assert.NotEqual(before, FolderStamp.Of([root]));
        Assert.Equal("2", MountedFiles.Read(root).Values["A"].Value);
    }

    [Fact]
    public void Variables_in_another_spelling_set_the_keys_that_they_can_only_mean()
    {
        _app.Write("appsettings.json", """{ "RelaxedContent": { "MaxItems": 1, "Title": "file" } }""");
        Set(("RELAXED_CONTENT_MAX_ITEMS", "7"), ("RELAXEDCONTENT_PROVIDER_API_URL", "u"), ("RELAXED_CONTENT_UNKNOWN", "x"), ("RelaxedContent__Title", "exact"), ("RELAXED_CONTENT_TITLE", "relaxed"), () =>
        {
            var host = _app.Build(static d => d.AddRelaxedVariables().AddValidatedOptions<Content>("RelaxedContent"));
            var options = host.Services.GetRequiredService<IOptions<Content>>().Value;
            Assert.Equal((7, "u", "exact"), (options.MaxItems, options.Provider.ApiUrl, options.Title));
            Assert.Equal("7", host.Services.GetRequiredService<IConfiguration>()["RelaxedContent:MaxItems"]);
            Assert.Contains("RELAXED_CONTENT_MAX_ITEMS", Assert.Single(host.Services.GetRequiredService<ConfigurationInspector>().Show("RelaxedContent:MaxItems")).Source, StringComparison.Ordinal);
            Assert.Equal(1, _app.Bind<Content>("RelaxedContent").MaxItems);
        });
    }

    [Fact]
    public void One_that_could_mean_two_keys_sets_neither_and_is_said()
    {
        Set(("RELAXED_CLASH_MAX_ITEMS", "7"), default, default, default, default, () =>
        {
            var host = _app.Build(static d => d.AddRelaxedVariables().AddValidatedOptions<Clashing>("RelaxedClash"));
            var options = host.Services.GetRequiredService<IOptions<Clashing>>().Value;
            Assert.Equal((0, 0), (options.MaxItems, options.Max.Items));
            var warning = Assert.Single(host.Services.GetRequiredService<ConfigurationStore>().Current.Faults);
            Assert.Equal(("DTK7049", MessageSeverity.Warning), (warning.Code, warning.Severity));
            Assert.Contains("RelaxedClash__Max__Items", warning.Text, StringComparison.Ordinal);
        });
    }

    private static void Set((string Name, string Value) a, (string Name, string Value) b, (string Name, string Value) c, (string Name, string Value) d, (string Name, string Value) e, Action act)
    {
        (string Name, string Value)[] variables = [.. new[] { a, b, c, d, e }.Where(static variable => variable.Name is not null)];
        foreach (var (name, value) in variables) Environment.SetEnvironmentVariable(name, value);
        try
        {
            act();
        }
        finally
        {
            foreach (var (name, _) in variables) Environment.SetEnvironmentVariable(name, null);
        }
    }

    private sealed class Counting : IConfigurationSource
    {
        internal int Builds { get; private set; }

        internal int Loads { get; set; }

        public IConfigurationProvider Build(IConfigurationBuilder builder)
        {
            Builds++;
            return new CountingProvider(this);
        }
    }

    private sealed class CountingProvider(Counting source) : ConfigurationProvider
    {
        public override void Load()
        {
            source.Loads++;
            Data["Foreign"] = source.Loads.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
