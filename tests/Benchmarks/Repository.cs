using System.Reflection;

namespace Benchmarks;

/// <summary>Where the benchmarks were built from.</summary>
internal static class Repository
{
    internal static string Root => Metadata("RepositoryRoot");

    internal static string Configuration => Metadata("Configuration");

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == key).Value!;
}
