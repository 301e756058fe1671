using System.Reflection;

namespace Deployment.Toolkit.Packaging.Tests;

/// <summary>Where these tests were built from.</summary>
internal static class Repository
{
    // Not the caller's file path: a deterministic build replaces it by one that is on no disk.
    internal static string Root => Metadata("RepositoryRoot");

    internal static string Configuration => Metadata("Configuration");

    /// <summary>Compares a text with the file that was approved; DTK_APPROVE=1 writes the file anew, to be looked at as a difference.</summary>
    internal static void Approve(string name, string actual)
    {
        var file = Path.Combine(Root, "tests", "Deployment.Toolkit.Packaging.Tests", "Approved", name + ".txt");
        if (Environment.GetEnvironmentVariable("DTK_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        Assert.True(File.Exists(file), $"'{file}' is missing. Run the tests with DTK_APPROVE=1 to write it.");
        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), actual);
    }

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == key).Value!;
}
