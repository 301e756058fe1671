using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>A test of a rule over files that are no source: what it repeats in code, with the file as an additional location, isn't compared.</summary>
public class SettingsTest<TAnalyzer> : CSharpAnalyzerTest<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    private protected virtual bool IsCompared(Diagnostic diagnostic) => !diagnostic.Properties.ContainsKey("Mirror");

    protected override ImmutableArray<(Project project, Diagnostic diagnostic)> FilterDiagnostics(ImmutableArray<(Project project, Diagnostic diagnostic)> diagnostics) =>
        [.. base.FilterDiagnostics(diagnostics).Where(one => IsCompared(one.diagnostic))];
}
