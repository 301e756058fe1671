using System.Text.Json;

namespace Deployment.Toolkit.Packaging.Tests;

/// <summary>What a build checks, and when.</summary>
public sealed class BuildSettingsTests
{
    [Theory]
    [InlineData("src/Deployment.Toolkit", "CI", "true", true)]
    [InlineData("src/Deployment.Toolkit", "CodeChecks", "true", true)]
    [InlineData("src/Deployment.Toolkit", "CI", "", false)]
    [InlineData("samples/ContentApi", "CI", "true", true)]
    [InlineData("samples/ContentApi", "CodeChecks", "true", true)]
    [InlineData("samples/ContentApi", "CI", "", false)]
    public async Task Style_is_judged_where_it_is_asked_for(string project, string variable, string value, bool isJudged)
    {
        var dotnet = new DotNet(packages: null) { Variables = { ["CI"] = "", [variable] = value } };
        var (exitCode, output) = await dotnet.RunAsync(
            Repository.Root, "msbuild", project, "-getProperty:RunAnalyzersDuringBuild,EnforceCodeStyleInBuild,EnableNETAnalyzers,RestoreLockedMode,RestorePackagesWithLockFile");
        Assert.True(exitCode == 0, output);
        using var properties = JsonDocument.Parse(output);
        bool Is(string name) => properties.RootElement.GetProperty("Properties").GetProperty(name).GetString() == "true";
        var analyzersRun = properties.RootElement.GetProperty("Properties").GetProperty("RunAnalyzersDuringBuild").GetString() != "false";

        Assert.Equal(isJudged, analyzersRun && Is("EnforceCodeStyleInBuild") && Is("EnableNETAnalyzers"));
        Assert.True(Is("RestorePackagesWithLockFile"));
        Assert.Equal(variable == "CI" && isJudged, Is("RestoreLockedMode"));
        Assert.Equal(isJudged, analyzersRun);
    }

    // What an editor loads to show a sample, as it asks for it.
    [Theory]
    [InlineData("samples/ContentApi", "DesignTimeBuild")]
    [InlineData("samples/ContentApi", "BuildingInsideVisualStudio")]
    [InlineData("samples/ContentApi", "CI")]
    [InlineData("samples/ReportWorker", "DesignTimeBuild")]
    public async Task A_sample_shows_the_rules_where_somebody_looks(string project, string property)
    {
        Assert.Equal(2, await AnalyzersAsync(project, [$"-p:{property}=true"]));
        Assert.Equal(0, await AnalyzersAsync(project, []));
    }

    private static async Task<int> AnalyzersAsync(string project, string[] properties)
    {
        var dotnet = new DotNet(packages: null) { Variables = { ["CI"] = "" } };
        var (exitCode, output) = await dotnet.RunAsync(Repository.Root, ["msbuild", project, "-getItem:ProjectReference", .. properties]);
        Assert.True(exitCode == 0, output);
        using var items = JsonDocument.Parse(output);
        return items.RootElement.GetProperty("Items").GetProperty("ProjectReference").EnumerateArray()
            .Count(static reference => reference.TryGetProperty("OutputItemType", out var type) && type.GetString() == "Analyzer");
    }
}
