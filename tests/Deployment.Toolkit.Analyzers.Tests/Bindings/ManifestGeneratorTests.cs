using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Tests;

/// <summary>What the generator writes into an assembly, and when.</summary>
public sealed class ManifestGeneratorTests
{
    private static readonly string[] s_configuration =
    [
        "class Mail { static string? Host(Microsoft.Extensions.Configuration.IConfiguration c) => c[\"Mail:Host\"]; }",
        "class Shop { static string? Title(Microsoft.Extensions.Configuration.IConfiguration c) => c[\"Shop:Title\"]; }",
    ];

    [Fact]
    public void A_project_of_many_files_has_the_manifest_that_its_few_with_configuration_have()
    {
        var others = Enumerable.Range(0, 1200).Select(i => $"class Other{i} {{ }}").ToList();
        var expected = Manifest(s_configuration);
        Assert.Contains("Mail:Host\"", expected, StringComparison.Ordinal);
        Assert.Contains("Shop:Title\"", expected, StringComparison.Ordinal);
        Assert.Equal(expected, Manifest([s_configuration[1], .. others, s_configuration[0]]));
    }

    [Fact]
    public async Task What_is_written_compiles()
    {
        var test = new CSharpSourceGeneratorTest<ManifestGenerator> { TestCode = s_configuration[0] };
        test.TestState.GeneratedSources.Add((typeof(ManifestGenerator), "ConfigurationManifest.g.cs", Manifest([s_configuration[0]])!));
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("false", false)]
    [InlineData("False", false)]
    [InlineData("true", true)]
    [InlineData("", true)]
    public void The_projects_property_switches_it_off(string value, bool isWritten) =>
        Assert.Equal(isWritten, Manifest(s_configuration, value) is not null);

    private static string? Manifest(IEnumerable<string> sources, string? property = null)
    {
        var compilation = CSharpCompilation.Create(
            "Library", sources.Select((s, i) => CSharpSyntaxTree.ParseText(s, path: $"/a/{i}.cs")), [.. SdkReferences.AspNetCore],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        var driver = CSharpGeneratorDriver.Create([new ManifestGenerator().AsSourceGenerator()], optionsProvider: new Property(property))
            .RunGenerators(compilation, TestContext.Current.CancellationToken);
        return driver.GetRunResult().Results[0] is { Exception: null } result
            ? result.GeneratedSources.Select(s => s.SourceText.ToString()).SingleOrDefault()
            : throw new InvalidOperationException("The generator failed.", driver.GetRunResult().Results[0].Exception);
    }

    private sealed class Property(string? value) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions => new Only(value);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Only(null);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Only(null);

        private sealed class Only(string? value) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [NotNullWhen(true)] out string? found) =>
                (found = key == "build_property.DeploymentToolkitManifest" ? value : null) is not null;
        }
    }
}
