using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Testing.Model;

namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>
/// Microsoft's test of a fix, in an app of today. What the fixed state marks is expected there, and without a fixed state no fix may be offered.
/// </summary>
public class CSharpCodeFixTest<TAnalyzer, TCodeFix> : CSharpCodeFixTest<TAnalyzer, TCodeFix, DefaultVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
{
    // A fix may rid a line of two diagnostics at once.
    private const int Most = -16;

    public CSharpCodeFixTest()
    {
        ReferenceAssemblies = SdkReferences.NoPackage;
        MarkupOptions = MarkupOptions.UseFirstDescriptor | MarkupOptions.TreatPositionIndicatorsAsCode;
        FixedState.MarkupHandling = MarkupMode.Allow;
        NumberOfIncrementalIterations = Most;
        NumberOfFixAllIterations = Most;
    }

    protected override async Task<Solution> CreateSolutionAsync(ProjectId projectId, EvaluatedProjectState projectState, CancellationToken cancellationToken) =>
        (await base.CreateSolutionAsync(projectId, projectState, cancellationToken)).AddMetadataReferences(projectId, SdkReferences.AspNetCore);

    protected override CompilationOptions CreateCompilationOptions() =>
        ((CSharpCompilationOptions)base.CreateCompilationOptions()).WithNullableContextOptions(NullableContextOptions.Enable);

    protected override ParseOptions CreateParseOptions() => ((CSharpParseOptions)base.CreateParseOptions()).WithLanguageVersion(LanguageVersion.Latest);
}
