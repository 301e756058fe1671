namespace Deployment.Toolkit.Architecture.Tests;

/// <summary>Compares text with an approved file, so that a change of it is seen in review. DTK_APPROVE=1 writes the file anew.</summary>
internal static class Approval
{
    internal static void Check(string name, string actual)
    {
        var file = Repository.PathOf(Path.Combine("tests/Deployment.Toolkit.Architecture.Tests/Approved", name));
        if (Environment.GetEnvironmentVariable("DTK_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        var approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        Assert.True(approved == actual.ReplaceLineEndings("\n"), $"{Repository.Relative(file)} differs. If the change is meant, run the tests with DTK_APPROVE=1 and commit the file. First difference: {FirstDifference(approved, actual)}");
    }

    private static string FirstDifference(string approved, string actual)
    {
        var (a, b) = (approved.Split('\n'), actual.ReplaceLineEndings("\n").Split('\n'));
        var line = Enumerable.Range(0, Math.Max(a.Length, b.Length)).FirstOrDefault(i => a.ElementAtOrDefault(i) != b.ElementAtOrDefault(i));
        return $"line {line + 1}: '{a.ElementAtOrDefault(line)}' became '{b.ElementAtOrDefault(line)}'";
    }
}
