using System.Text.Json;

namespace Deployment.Toolkit.Packaging.Tests;

/// <summary>The bill of materials in each package, a CycloneDX document.</summary>
public sealed class SbomTests(BuiltApplications applications)
{
    [Theory]
    [MemberData(nameof(BuiltApplications.Packages), MemberType = typeof(BuiltApplications))]
    public void It_is_of_the_package_and_its_version(string package)
    {
        applications.RequireSboms();
        using var packed = applications.Open(package);
        using var sbom = packed.Sbom;
        Assert.Equal("CycloneDX", sbom.RootElement.GetProperty("bomFormat").GetString());
        var component = sbom.RootElement.GetProperty("metadata").GetProperty("component");
        Assert.Equal(package, component.GetProperty("name").GetString());
        Assert.Equal(applications.Version, component.GetProperty("version").GetString());
        Assert.Equal($"pkg:nuget/{package}@{applications.Version}", component.GetProperty("purl").GetString());
    }

    [Theory]
    [MemberData(nameof(BuiltApplications.Packages), MemberType = typeof(BuiltApplications))]
    public void Everything_that_the_package_needs_is_a_required_component(string package)
    {
        applications.RequireSboms();
        using var packed = applications.Open(package);
        using var sbom = packed.Sbom;
        var needed = packed.Specification.Dependencies.Select(static dependency => $"{dependency.Id}@{dependency.Version.TrimStart('[').Split(',')[0]}").ToList();
        var required = Required(sbom);
        Assert.All(needed, name => Assert.Contains(name, required.Keys));

        // And each is a dependency of the package itself, by reference.
        var own = sbom.RootElement.GetProperty("dependencies").EnumerateArray()
            .Single(node => node.GetProperty("ref").GetString() == $"pkg:nuget/{package}@{applications.Version}");
        var direct = own.TryGetProperty("dependsOn", out var on) ? on.EnumerateArray().Select(static name => name.GetString()!["pkg:nuget/".Length..]).ToList() : [];
        Assert.Equal(needed.Order(StringComparer.Ordinal), direct.Where(required.ContainsKey).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(BuiltApplications.Packages), MemberType = typeof(BuiltApplications))]
    public void What_comes_from_elsewhere_has_its_licence_and_the_hash_of_its_package(string package)
    {
        applications.RequireSboms();
        using var packed = applications.Open(package);
        using var sbom = packed.Sbom;
        foreach (var (name, component) in Required(sbom).Where(static pair => !pair.Key.StartsWith("Deployment.Toolkit", StringComparison.Ordinal)))
        {
            Assert.True(Licence(component).Length > 0, name);
            Assert.Equal(128, component.GetProperty("hashes").EnumerateArray().Single(static hash => hash.GetProperty("alg").GetString() == "SHA-512").GetProperty("content").GetString()!.Length);
        }
    }

    /// <summary>The components that come with the package, by name and version.</summary>
    internal static Dictionary<string, JsonElement> Required(JsonDocument sbom) =>
        !sbom.RootElement.TryGetProperty("components", out var components)
            ? []
            : components.EnumerateArray().Where(static component => component.GetProperty("scope").GetString() == "required")
                .ToDictionary(static component => $"{component.GetProperty("name").GetString()}@{component.GetProperty("version").GetString()}");

    internal static string Licence(JsonElement component) =>
        component.GetProperty("licenses").EnumerateArray().Single().GetProperty("license").GetProperty("id").GetString()!;
}
