using System.Text.Json;
using Deployment.Toolkit.Settings;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

public sealed class ConfigReferenceTests : IDisposable
{
    private readonly TestApp _app = ConfigApp.Create();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task Init_writes_a_template_and_a_schema()
    {
        var ran = await _app.RunAsync("config", "init", "--environment", "Development");

        Assert.Equal(0, ran.ExitCode);
        Approval.Check(Read("appsettings.template.jsonc"), "config-init-template");
        Approval.Check(Read("appsettings.schema.json"), "config-init-schema");
        Assert.Equal("object", JsonDocument.Parse(Read("appsettings.schema.json")).RootElement.GetProperty("type").GetString());
    }

    [Fact]
    public async Task The_template_is_a_settings_file()
    {
        await _app.RunAsync("config", "init", "--environment", "Development");
        var table = JsonTable.Read("appsettings.template.jsonc", File.ReadAllBytes(Path.Combine(_app.Root, "appsettings.template.jsonc")));

        Assert.Empty(table.Faults);
        Assert.Equal(["$schema", "Content:Title"], table.Values.Where(static pair => pair.Value.Value is not null).Select(static pair => pair.Key));
    }

    [Fact]
    public async Task Init_replaces_nothing_unless_it_is_told_to()
    {
        _app.Write("appsettings.schema.json", "mine");
        var ran = await _app.RunAsync("config", "init", "--environment", "Development");

        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("DTK7045", ran.Out, StringComparison.Ordinal);
        Assert.Equal("mine", Read("appsettings.schema.json"));
        Assert.False(File.Exists(Path.Combine(_app.Root, "appsettings.template.jsonc")));
        Assert.Equal(0, (await _app.RunAsync("config", "init", "--environment", "Development", "--force")).ExitCode);
        Assert.NotEqual("mine", Read("appsettings.schema.json"));
    }

    [Fact]
    public async Task Docs_tell_every_key_with_what_sets_it()
    {
        var ran = await _app.RunAsync("config", "docs", "--environment", "Development");

        Assert.Equal(0, ran.ExitCode);
        Approval.Check(ran.Out, "config-docs");
    }

    [Fact]
    public async Task Without_a_section_there_is_nothing_to_write()
    {
        _app.Configure = static _ => { };
        Assert.Contains("error DTK7006: The app binds no section strictly", (await _app.RunAsync("config", "docs", "--environment", "Development")).Out, StringComparison.Ordinal);
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(_app.Root, file));
}
