using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Testing.Model;

namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>Microsoft's test of a generator, in an app of today: what is written is compared letter by letter, and compiled.</summary>
public class CSharpSourceGeneratorTest<TGenerator> : CSharpSourceGeneratorTest<TGenerator, DefaultVerifier>
    where TGenerator : new()
{
    public CSharpSourceGeneratorTest() => ReferenceAssemblies = SdkReferences.NoPackage;

    protected override async Task<Solution> CreateSolutionAsync(ProjectId projectId, EvaluatedProjectState projectState, CancellationToken cancellationToken) =>
        (await base.CreateSolutionAsync(projectId, projectState, cancellationToken)).AddMetadataReferences(projectId, SdkReferences.AspNetCore);

    protected override ParseOptions CreateParseOptions() => ((CSharpParseOptions)base.CreateParseOptions()).WithLanguageVersion(LanguageVersion.Latest);
}
