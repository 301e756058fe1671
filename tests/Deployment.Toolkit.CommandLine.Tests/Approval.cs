using System.Reflection;
using System.Runtime.CompilerServices;

namespace Deployment.Toolkit.CommandLine.Tests;

/// <summary>Compares a text with the file that was approved. DTK_APPROVE=1 writes the files anew, to be looked at as a difference.</summary>
internal static class Approval
{
    // Not the caller's file path: a deterministic build replaces it by one that is on no disk.
    internal static string Repository() =>
        typeof(Approval).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static metadata => metadata.Key == "RepositoryRoot").Value!;

    internal static void Check(string actual, string name, [CallerFilePath] string test = "") =>
        CheckFile(actual, Path.Combine(Repository(), "tests", "Deployment.Toolkit.CommandLine.Tests", "Approved", name + ".txt"), test);

    internal static void CheckFile(string actual, string file, string test = "")
    {
        if (Environment.GetEnvironmentVariable("DTK_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        Assert.True(File.Exists(file), $"'{file}' is missing ({test}). Run the tests with DTK_APPROVE=1 to write it.");
        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), actual.ReplaceLineEndings("\n"));
    }
}
