using Deployment.Toolkit.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Tests.Configuration;

public sealed class SetByCodeTests : IDisposable
{
    private readonly SettingsApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void What_code_set_before_the_deployment_was_added_stays()
    {
        _app.Write("appsettings.json", """{ "Content": { "Title": "file" } }""");
        _app.Write("appsettings.Production.json", "{ }");
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _app.Folder, EnvironmentName = "production", Args = ["--Content:Title", "argument"] });
        builder.Configuration["Content:Title"] = "code";
        builder.AddDeployment().AddEnvironments(static e => e.Add("Base").Add("Production", static p => p.InheritsFrom("Base")));

        Assert.Equal("code", builder.Configuration["Content:Title"]);
    }

    [Fact]
    public void What_code_set_is_not_taken_for_the_command_lines()
    {
        _app.Write("appsettings.json", """{ "Content": { "Title": "file" } }""");
        _app.Arguments = ["--Content:Mode", "argument"];
        var host = _app.Build(static deployment => deployment.Host.Configuration["Content:Title"] = "code");
        var layers = LayerReader.Read(host.Services.GetRequiredService<IConfiguration>());

        Assert.Equal("code", layers.Last(static layer => layer.Table.Values.ContainsKey("Content:Title")).Source);
        Assert.Equal("command line", layers.Last(static layer => layer.Table.Values.ContainsKey("Content:Mode")).Source);
    }
}
