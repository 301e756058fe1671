using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// A rule over code. It can run alone, as its tests have it; compilers load <see cref="CodeAnalyzer"/>, which runs all of them at once.
/// </summary>
public abstract class CodeRule : DiagnosticAnalyzer
{
    public abstract override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; }

    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start => CodeActions.Run(start, Start));
    }

    /// <summary>Says what the rule looks at in this compilation, which may be nothing.</summary>
    internal abstract void Start(CodeActions code);
}
