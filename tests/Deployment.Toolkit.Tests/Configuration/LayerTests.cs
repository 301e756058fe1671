using Deployment.Toolkit.Settings.Effective;
using Deployment.Toolkit.Settings.Layers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Tests.Configuration;

public sealed class LayerTests : IDisposable
{
    private readonly SettingsApp _app = new();

    public void Dispose() => _app.Dispose();

    private static void Declare(DeploymentBuilder deployment) => deployment
        .AddDotEnv()
        .AddEnvironments(static e => e.Add("Base").Add("Middle", static m => m.InheritsFrom("Base")).Add("Live", static l => l.InheritsFrom("Middle")));

    [Fact]
    public void Layers_lie_in_the_order_of_the_design()
    {
        _app.Environment = "live";
        _app.Arguments = ["--Layers:Key", "arguments"];
        foreach (var file in (string[])["appsettings.json", "appsettings.Base.json", "appsettings.Middle.json", "appsettings.Live.json"]) _app.Write(file, $$"""{ "Layers": { "Key": "{{file}}" } }""");
        foreach (var file in (string[])[".env", ".env.base", ".env.Middle", ".env.live"]) _app.Write(file, $"Layers__Key={file}");
        var configuration = EffectiveConfiguration.Of(_app.Build(Declare).Services.GetRequiredService<IConfiguration>());
        Assert.Equal(
            ["appsettings.json", "appsettings.Base.json", "appsettings.Middle.json", "appsettings.Live.json", ".env", ".env.base", ".env.Middle", ".env.live", "arguments"],
            configuration.Root.Find("Layers:Key")!.Occurrences.Select(static occurrence => occurrence.Value.Value).SkipWhile(static value => value == "arguments"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dotenv_files_stay_below_variables_and_arguments(bool isFileAddedAbove)
    {
        _app.Environment = "live";
        _app.Arguments = ["--DotEnvLayers:Both", "arguments"];
        _app.Write("above.json", """{ "Other": 1 }""");
        _app.Write("appsettings.json", """{ "DotEnvLayers": { "One": "file", "Both": "file", "None": "file" } }""");
        _app.Write(".env", "DotEnvLayers__One=.env\nDotEnvLayers__Both=.env\nDotEnvLayers__None=.env");
        Environment.SetEnvironmentVariable("DotEnvLayers__One", "variable");
        Environment.SetEnvironmentVariable("DotEnvLayers__Both", "variable");
        try
        {
            var settings = _app.Build(deployment =>
            {
                if (isFileAddedAbove) deployment.Host.Configuration.AddJsonFile("above.json");
                Declare(deployment);
            }).Services.GetRequiredService<IConfiguration>();
            Assert.Equal(("variable", "arguments", ".env"), (settings["DotEnvLayers:One"], settings["DotEnvLayers:Both"], settings["DotEnvLayers:None"]));
        }
        finally
        {
            Environment.SetEnvironmentVariable("DotEnvLayers__One", null);
            Environment.SetEnvironmentVariable("DotEnvLayers__Both", null);
        }
    }

    [Fact]
    public void Declaring_again_and_in_another_order_gives_the_same_layers()
    {
        _app.Environment = "Live";
        _app.Write(".env", "Layers__Key=a");
        var first = EffectiveConfiguration.Of(_app.Build(Declare).Services.GetRequiredService<IConfiguration>()).Layers.Select(static layer => layer.Source);
        var second = EffectiveConfiguration.Of(_app.Build(static d =>
        {
            d.AddEnvironments(static e => e.Add("Base").Add("Middle", static m => m.InheritsFrom("Base")).Add("Live", static l => l.InheritsFrom("Middle")));
            d.AddDotEnv().AddDotEnv();
        }).Services.GetRequiredService<IConfiguration>()).Layers.Select(static layer => layer.Source);
        Assert.Equal(first, second);
    }

    [Fact]
    public void An_unreadable_dotenv_file_refuses_the_start()
    {
        _app.Write(".env", "A=1\nnot a line\n");
        var fault = Assert.Single(_app.Faults(static d => d.AddDotEnv()));
        Assert.Equal(("DTK7030", ".env", 2), (fault.Code, fault.File, fault.Line));
    }
}
