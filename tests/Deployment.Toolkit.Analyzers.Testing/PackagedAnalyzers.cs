using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Testing;

/// <summary>The analyzers that a compiler finds in an assembly that is given to it.</summary>
public static class PackagedAnalyzers
{
    /// <summary>New ones each time, as each run of a compiler has.</summary>
    /// <param name="assembly">An assembly that is loaded.</param>
    /// <exception cref="InvalidOperationException">The compiler finds none.</exception>
    public static ImmutableArray<DiagnosticAnalyzer> Of(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        var analyzers = new AnalyzerFileReference(assembly.Location, new Loaded(assembly)).GetAnalyzers(LanguageNames.CSharp);
        return analyzers.IsEmpty ? throw new InvalidOperationException($"'{assembly.Location}' has no analyzer.") : analyzers;
    }

    private sealed class Loaded(Assembly assembly) : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => assembly;
    }
}
