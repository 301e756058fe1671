using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>A test of a rule over files that are no source: what it repeats in code, with the file as an additional location, isn't compared.</summary>
public class SettingsTest<TAnalyzer> : CSharpAnalyzerTest<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    private protected override bool IsCompared(Diagnostic diagnostic) => !diagnostic.Properties.ContainsKey("Mirror");
}

/// <summary>A test of a fix of files that are no source, from where the rule speaks in the file or from where it repeats that in code.</summary>
public class SettingsFixTest<TAnalyzer, TCodeFix> : CSharpCodeFixTest<TAnalyzer, TCodeFix>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
{
    /// <summary>Whether only what is repeated in code is fixed, as tools do that know no other files.</summary>
    public bool FromCode { get; set; }

    private protected override bool IsCompared(Diagnostic diagnostic) => !diagnostic.Properties.ContainsKey("Mirror");

    private protected override bool IsFixed(Diagnostic diagnostic) => !FromCode || diagnostic.Location.IsInSource;
}
