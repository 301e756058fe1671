using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>References from the packs of the SDK that runs the tests; without a pack, the assemblies of its runtime.</summary>
public static class SdkReferences
{
    private static readonly Lazy<ImmutableArray<MetadataReference>> s_net = new(() => Load("Microsoft.NETCore.App"));

    private static readonly Lazy<ImmutableArray<MetadataReference>> s_aspNet =
        new(() => [.. Net, .. Load("Microsoft.AspNetCore.App")]);

    /// <summary>For Microsoft's tests, which look for packages otherwise: nothing is downloaded, and what is compiled against is added.</summary>
    public static Microsoft.CodeAnalysis.Testing.ReferenceAssemblies NoPackage { get; } = new($"net{Environment.Version.Major}.0");

    public static ImmutableArray<MetadataReference> Net => s_net.Value;

    public static ImmutableArray<MetadataReference> AspNetCore => s_aspNet.Value;

    private static ImmutableArray<MetadataReference> Load(string framework)
    {
        // …/dotnet/shared/Microsoft.NETCore.App/10.0.x/
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var moniker = $"net{Environment.Version.Major}.0";
        var directory =
            Newest(Path.Combine(root, "packs", framework + ".Ref")) is { } pack && Directory.Exists(Path.Combine(pack, "ref", moniker))
                ? Path.Combine(pack, "ref", moniker)
                : Newest(Path.Combine(root, "shared", framework)) ??
                    throw new InvalidOperationException($"Neither packs/{framework}.Ref nor shared/{framework} for {moniker} lies in {root}.");
        return [.. Directory.EnumerateFiles(directory, "*.dll").Where(IsManaged).Select(file => MetadataReference.CreateFromFile(file))];
    }

    private static string? Newest(string directory) => !Directory.Exists(directory) ? null : (
        from version in Directory.EnumerateDirectories(directory)
        let parsed = Version.TryParse(Path.GetFileName(version).Split('-')[0], out var v) ? v : new Version()
        where parsed.Major == Environment.Version.Major
        orderby parsed
        select version).LastOrDefault();

    // A runtime's directory holds native libraries too.
    private static bool IsManaged(string file)
    {
        using var stream = File.OpenRead(file);
        using var image = new System.Reflection.PortableExecutable.PEReader(stream);
        return image.HasMetadata;
    }
}
