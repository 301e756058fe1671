namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>A host looks for every environment's journal in its own folder; where another one's files name another, that is said.</summary>
public sealed class OtherFolderTests : IDisposable
{
    private readonly TestApp _app = new TestApp().WithPages().WithSettings("Production");

    public OtherFolderTests()
    {
        _app.Write("appsettings.json", "{}");
        _app.Write("appsettings.Staging.json", """{ "Deployment": { "Directory": "elsewhere" } }""");
    }

    public void Dispose() => _app.Dispose();

    [Theory]
    [InlineData("status --environment Staging")]
    [InlineData("status")]
    [InlineData("history --environment Staging")]
    [InlineData("history --figures --environment Staging")]
    [InlineData("verify-journal --environment Staging")]
    [InlineData("evidence list --environment Staging")]
    public async Task What_an_environments_own_files_name_is_said_with_where_was_looked(string line)
    {
        var ran = await _app.RunInAsync([], line.Split(' '));

        Assert.Contains("DTK7003", ran.Out, StringComparison.Ordinal);
        Assert.Contains($"in '{Path.Combine(_app.Root, ".deployment")}'", ran.Out, StringComparison.Ordinal);
        Assert.Contains($"'{Path.Combine(_app.Root, "elsewhere")}'", ran.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status --environment Production")]
    [InlineData("history --environment Development")]
    public async Task Nothing_is_said_where_the_folder_is_the_same(string line)
    {
        Assert.DoesNotContain("DTK7003", (await _app.RunInAsync([], line.Split(' '))).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_counts_for_every_environment()
    {
        _app.ConfigureHost = builder => builder.Configuration["Deployment:Directory"] = Path.Combine(_app.Root, "shared");

        Assert.DoesNotContain("DTK7003", (await _app.RunInAsync([], ["status", "--environment", "Staging"])).Out, StringComparison.Ordinal);
    }
}
