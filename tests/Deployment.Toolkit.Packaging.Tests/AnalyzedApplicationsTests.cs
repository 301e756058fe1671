using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Packaging.Tests;

public sealed partial class AnalyzedApplicationsTests(BuiltApplications applications)
{
    [Theory]
    [InlineData("Web")]
    [InlineData("Worker")]
    [InlineData("Library")]
    [InlineData("Host")]
    [InlineData("LibraryHost")]
    [InlineData("PrivateHost")]
    [InlineData("PrivateAll")]
    [InlineData("Central")]
    public void A_build_says_what_is_approved(string application)
    {
        applications.Require();
        Repository.Approve(application, applications.Diagnostics(application));
    }

    [Fact]
    public void Every_analyzer_loads_and_none_throws()
    {
        applications.Require();
        Assert.DoesNotMatch("CS8032|CS8034|CS9057|AD0001|CS8784|CS8785", applications.Log);
    }

    [Fact]
    public void A_build_warns_of_a_host_that_has_the_package_but_not_its_analyzers()
    {
        applications.Require();
        var unanalyzed = Unanalyzed().Matches(applications.Log).Select(static match => match.Groups["project"].Value).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(["PrivateHost"], unanalyzed);
    }

    [Fact]
    public async Task A_second_build_says_the_same_though_bin_holds_copies_of_the_settings()
    {
        applications.Require();
        Assert.True(File.Exists(applications.PathOf("Web/bin/Debug/net10.0/appsettings.json")));
        var (exitCode, output) = await applications.RunAsync("Web", "build", "--no-restore", "--no-incremental", "-p:ErrorLog=again.sarif%2cversion=2.1");
        Assert.True(exitCode == 0, output);
        Assert.Equal(applications.Diagnostics("Web"), applications.Diagnostics("Web", "again.sarif"));
    }

    [GeneratedRegex("warning DTK1000: The settings of '(?<project>[^']+)'")]
    private static partial Regex Unanalyzed();
}
