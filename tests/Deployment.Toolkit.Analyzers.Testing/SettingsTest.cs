using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>A test of a rule over files that are no source: what it repeats in code, with the file as an additional location, isn't compared.</summary>
public class SettingsTest<TAnalyzer> : CSharpAnalyzerTest<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    private protected override bool IsCompared(Diagnostic diagnostic) => !diagnostic.Properties.ContainsKey("Mirror");
}
