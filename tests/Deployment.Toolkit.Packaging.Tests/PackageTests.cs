using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;

namespace Deployment.Toolkit.Packaging.Tests;

public sealed class PackageTests(BuiltApplications applications)
{
    private static readonly string[] s_applications = ["Web", "Worker", "Library", "Host", "LibraryHost", "PrivateHost", "PrivateAll", "Central"];

    [Theory]
    [MemberData(nameof(BuiltApplications.Packages), MemberType = typeof(BuiltApplications))]
    public void A_package_holds_what_is_approved(string package)
    {
        using var packed = applications.Open(package);
        // The bill of materials has tests of its own, and is there only where its tool can be had.
        var files = packed.Files.Where(static name => !name.StartsWith("sbom/", StringComparison.Ordinal));
        var dependencies = packed.Specification.Dependencies.Select(static dependency => $"needs {dependency.Id}, without {dependency.Exclude}");
        Repository.Approve(package, string.Concat(files.Order(StringComparer.Ordinal).Concat(dependencies.Order(StringComparer.Ordinal)).Select(static line => line + "\n")));
    }

    [Theory]
    [MemberData(nameof(BuiltApplications.Packages), MemberType = typeof(BuiltApplications))]
    public void A_package_says_where_its_source_is(string package)
    {
        using var packed = applications.Open(package);
        Assert.Equal("https://github.com/deployment-toolkit/deployment-toolkit", packed.Specification.Repository);
        Assert.Matches("^[0-9a-f]{40}$", packed.Specification.Commit);
    }

    [Fact]
    public void FluentValidation_is_taken_from_the_version_it_is_built_against_to_the_newest_that_is_tested()
    {
        using var packed = applications.Open("Deployment.Toolkit.FluentValidation");
        Assert.Equal("[11.11.0, 13.0.0)", packed.Specification.Dependencies.Single(static dependency => dependency.Id == "FluentValidation").Version);
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
        Assert.Equal(
            ["Web.Migrations.0001_items.sql", "Web.Migrations.0002_names.down.sql", "Web.Migrations.0002_names.sql", "Web.Migrations.0003_upper.SQL", "Web.Migrations.0003_upper.down.SQL", "Web.Migrations.postgresql.0001_items.sql"],
            resources.Order(StringComparer.Ordinal));

        // Through a package that needs the toolkit's, and beside the project's own ways with the same files.
        Assert.Equal(3, Resources(applications.PathOf("Worker/bin/Debug/net10.0/Worker.dll")).Count);
    }

    [Fact]
    public async Task What_is_published_counts_its_scripts_as_migrations_however_their_ending_is_written()
    {
        applications.Require();
        var (published, said) = await applications.RunAsync("Web", "publish", "--no-build", "-c", "Debug", "-o", "../counted");
        Assert.True(published == 0, said);
        // No folder of scripts lies beside it.
        Assert.False(Directory.Exists(applications.PathOf("counted/Migrations")));

        var (exitCode, output) = await applications.RunAsync("counted", "Web.dll", "deploy", "migrations", "list", "--environment", "Production");

        // It names no database, and is refused for the scripts that it carries: those that go back are none of their own.
        Assert.Equal(2, exitCode);
        Assert.Contains("DTK7006: The app has 3 migrations and no database", output, StringComparison.Ordinal);
    }

    private static List<string> Resources(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var reader = file.GetMetadataReader();
        return [.. reader.ManifestResources.Select(handle => reader.GetString(reader.GetManifestResource(handle).Name))];
    }

    [Theory]
    [MemberData(nameof(BuiltApplications.Packages), MemberType = typeof(BuiltApplications))]
    public void A_package_names_no_folder_of_the_machine_that_built_it(string package)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", "Only a build for a release maps its folders, as CI=true makes it.");
        using var packed = applications.Open(package);
        using var image = new PEReader(new MemoryStream(packed.Read($"lib/net10.0/{package}.dll")));
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
