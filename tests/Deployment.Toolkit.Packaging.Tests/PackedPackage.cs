using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;

namespace Deployment.Toolkit.Packaging.Tests;

/// <summary>A package, read as a feed reads it.</summary>
internal sealed class PackedPackage(string path, string id) : IDisposable
{
    private readonly ZipArchive _archive = ZipFile.OpenRead(path);

    /// <summary>The files that whoever made the package put into it.</summary>
    internal IEnumerable<string> Files => _archive.Entries.Select(static entry => entry.FullName)
        .Where(static name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal) && name != "[Content_Types].xml");

    internal PackageSpecification Specification => PackageSpecification.Read(XDocument.Load(new MemoryStream(Read(id + ".nuspec"))));

    internal JsonDocument Sbom => JsonDocument.Parse(Read("sbom/bom.json"));

    internal byte[] Read(string file)
    {
        var entry = _archive.GetEntry(file);
        Assert.True(entry is not null, $"'{path}' holds no '{file}'.");
        using var content = new MemoryStream();
        using (var packed = entry.Open()) packed.CopyTo(content);
        return content.ToArray();
    }

    public void Dispose() => _archive.Dispose();
}

internal sealed record PackageDependency(string Id, string Version, string Exclude);

internal sealed record PackageSpecification(string Version, string? Repository, string Commit, IReadOnlyList<PackageDependency> Dependencies)
{
    internal static PackageSpecification Read(XDocument specification)
    {
        XElement? Element(string name) => specification.Descendants().FirstOrDefault(element => element.Name.LocalName == name);
        var dependencies = specification.Descendants().Where(static element => element.Name.LocalName == "dependency").Select(static element => new PackageDependency(
            element.Attribute("id")!.Value,
            element.Attribute("version")!.Value,
            element.Attribute("exclude")?.Value ?? "nothing"));
        return new(
            Element("version")!.Value,
            Element("repository")?.Attribute("url")?.Value,
            Element("repository")?.Attribute("commit")?.Value ?? "",
            [.. dependencies]);
    }
}
