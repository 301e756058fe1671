using System.Text.Json;

namespace Deployment.Toolkit.Packaging.Tests;

/// <summary>What a build embeds of the folders of an app's several databases.</summary>
public sealed class DatabaseFoldersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dtk-folders-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Audit", "App.Migrations/Audit/0001_a.sql")]
    [InlineData("Audit;Tenants", "App.Migrations/Audit/0001_a.sql", "App.Migrations/Tenants/0001_t.sql", "App.Migrations/Tenants/postgresql/0002_p.sql")]
    [InlineData(" Audit ; Tenants; ", "App.Migrations/Audit/0001_a.sql", "App.Migrations/Tenants/0001_t.sql", "App.Migrations/Tenants/postgresql/0002_p.sql")]
    [InlineData("")]
    public async Task Those_that_the_project_names_and_no_others(string names, params string[] expected)
    {
        foreach (var file in (string[])["Audit/0001_a.sql", "Tenants/0001_t.sql", "Tenants/postgresql/0002_p.sql", "Other/0001_o.sql"])
        {
            var path = Path.Combine(_folder, "Migrations", file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, "SELECT 1;\n", TestContext.Current.CancellationToken);
        }

        var targets = Path.Combine(Repository.Root, "src", "Deployment.Toolkit", "buildTransitive", "Deployment.Toolkit.targets");
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "App.proj"),
            $"""
            <Project>
              <PropertyGroup><RootNamespace>App</RootNamespace><DeploymentToolkitDatabases>{names}</DeploymentToolkitDatabases></PropertyGroup>
              <Import Project="{targets}" />
            </Project>
            """,
            TestContext.Current.CancellationToken);

        var (exitCode, output) = await new DotNet(packages: null).RunAsync(_folder, "msbuild", "App.proj", "-getItem:EmbeddedResource");

        Assert.True(exitCode == 0, output);
        using var items = JsonDocument.Parse(output);
        Assert.Equal(expected, items.RootElement.GetProperty("Items").GetProperty("EmbeddedResource").EnumerateArray().Select(static item => item.GetProperty("LogicalName").GetString()!).Order(StringComparer.Ordinal));
    }
}
