namespace Deployment.Toolkit.Crash.Tests;

public sealed class FullRunTests
{
    [Theory]
    [InlineData(".ci/run", ".ci/run")]
    [InlineData("README.md", "dotnet test")]
    [InlineData("docs/testing.md", "dotnet test")]
    public void The_switch_is_named_where_the_tests_are(string file, string beside) =>
        Assert.Contains(File.ReadLines(Path.Combine(Root(), file)), line => line.Contains($"{FullRun.Variable}=1", StringComparison.Ordinal) && line.Contains(beside, StringComparison.Ordinal));

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Deployment.Toolkit.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
