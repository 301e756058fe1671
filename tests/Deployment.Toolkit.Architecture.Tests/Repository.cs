using System.Reflection;

namespace Deployment.Toolkit.Architecture.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    internal static readonly string Root = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "RepositoryRoot").Value!;

    internal static string PathOf(string relative) => Path.Combine(Root, relative);

    internal static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>Source files below a folder, without what a build makes.</summary>
    internal static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.Exists(PathOf(folder))
            ? Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories).Where(static file => !IsMade(Relative(file))).Order(StringComparer.Ordinal)
            : [];

    internal static IEnumerable<string> ShippedProjects => Files("src", "*.csproj");

    /// <summary>The names of the assemblies that ship, which are those of their projects.</summary>
    internal static TheoryData<string> ShippedAssemblies => [.. ShippedProjects.Select(static project => Path.GetFileNameWithoutExtension(project))];

    /// <summary>The number, from 1, of the first line that holds a text; 1 when none does.</summary>
    internal static int LineOf(string file, string text) => Math.Max(0, Array.FindIndex(File.ReadAllLines(file), line => line.Contains(text, StringComparison.Ordinal))) + 1;

    private static bool IsMade(string path) => path.Split('/').Any(static part => part is "bin" or "obj");
}
