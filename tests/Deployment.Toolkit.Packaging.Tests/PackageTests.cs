using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;

namespace Deployment.Toolkit.Packaging.Tests;

public sealed class PackageTests(BuiltApplications applications)
{
    private static readonly string[] s_applications = ["Web", "Worker", "Library", "Host", "LibraryHost", "PrivateHost", "PrivateAll", "Central"];

    [Theory]
    [InlineData("Deployment.Toolkit.Abstractions")]
    [InlineData("Deployment.Toolkit")]
    [InlineData("Deployment.Toolkit.CommandLine")]
    [InlineData("Deployment.Toolkit.FluentValidation")]
    public void A_package_holds_what_is_approved(string package)
    {
        using var archive = ZipFile.OpenRead(Path.Combine(applications.Feed, $"{package}.{applications.Version}.nupkg"));
        var files = archive.Entries.Select(static entry => entry.FullName)
            .Where(static name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal) && name != "[Content_Types].xml");
        using var specification = new StreamReader(archive.GetEntry(package + ".nuspec")!.Open());
        var dependencies = System.Xml.Linq.XDocument.Parse(specification.ReadToEnd()).Descendants().Where(static element => element.Name.LocalName == "dependency")
            .Select(static element => $"needs {element.Attribute("id")!.Value}, without {element.Attribute("exclude")?.Value ?? "nothing"}");
        Repository.Approve(package, string.Concat(files.Order(StringComparer.Ordinal).Concat(dependencies.Order(StringComparer.Ordinal)).Select(static line => line + "\n")));
    }

    [Fact]
    public void No_application_gets_the_compiler_among_its_packages()
    {
        applications.Require();
        foreach (var application in s_applications)
        {
            using var assets = JsonDocument.Parse(File.ReadAllText(applications.PathOf($"{application}/obj/project.assets.json")));
            var packages = assets.RootElement.GetProperty("libraries").EnumerateObject().Select(static library => library.Name).ToList();
            Assert.Contains(packages, static name => name.StartsWith("Deployment.Toolkit", StringComparison.Ordinal) || name.StartsWith("PrivateLibrary", StringComparison.Ordinal));
            Assert.DoesNotContain(packages, static name => name.StartsWith("Microsoft.CodeAnalysis", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task What_is_published_has_its_migrations_in_the_binary_under_their_own_names()
    {
        applications.Require();
        var (exitCode, output) = await applications.RunAsync("Web", "publish", "--no-build", "-c", "Debug", "-o", "../published");
        Assert.True(exitCode == 0, output);
        var resources = Resources(applications.PathOf("published/Web.dll"));
        Assert.Equal(["Web.Migrations.0001_items.sql", "Web.Migrations.0002_names.down.sql", "Web.Migrations.0002_names.sql"], resources.Order(StringComparer.Ordinal));

        // Through a package that needs the toolkit's, and beside the project's own ways with the same files.
        Assert.Equal(3, Resources(applications.PathOf("Worker/bin/Debug/net10.0/Worker.dll")).Count);
    }

    private static List<string> Resources(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var reader = file.GetMetadataReader();
        return [.. reader.ManifestResources.Select(handle => reader.GetString(reader.GetManifestResource(handle).Name))];
    }

    [Theory]
    [InlineData("Deployment.Toolkit.Abstractions")]
    [InlineData("Deployment.Toolkit")]
    [InlineData("Deployment.Toolkit.CommandLine")]
    [InlineData("Deployment.Toolkit.FluentValidation")]
    public void A_package_names_no_folder_of_the_machine_that_built_it(string package)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", "Only a build for a release maps its folders, as CI=true makes it.");
        using var archive = ZipFile.OpenRead(Path.Combine(applications.Feed, $"{package}.{applications.Version}.nupkg"));
        using var assembly = new MemoryStream();
        using (var packed = archive.GetEntry($"lib/net10.0/{package}.dll")!.Open()) packed.CopyTo(assembly);
        assembly.Position = 0;
        using var image = new PEReader(assembly);
        var symbols = image.ReadDebugDirectory().Single(static entry => entry.Type == DebugDirectoryEntryType.CodeView);
        Assert.StartsWith("/_/", image.ReadCodeViewDebugDirectoryData(symbols).Path, StringComparison.Ordinal);
        Assert.Contains(image.ReadDebugDirectory(), static entry => entry.Type == DebugDirectoryEntryType.Reproducible);
    }

    [Fact]
    public async Task What_is_published_holds_no_analyzer()
    {
        applications.Require();
        var (exitCode, output) = await applications.RunAsync("Web", "publish", "--no-build", "-c", "Debug", "-o", "out");
        Assert.True(exitCode == 0, output);
        var folder = applications.PathOf("Web/out");
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'));
        Repository.Approve("Web published", string.Concat(files.Order(StringComparer.Ordinal).Select(static file => file + "\n")));
    }
}
