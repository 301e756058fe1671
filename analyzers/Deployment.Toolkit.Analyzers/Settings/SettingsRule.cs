using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// A rule over settings files. It speaks in the file itself, as the file is analyzed alone, and once more, as a suggestion, at the call
/// that binds the section: editors show no light bulb in JSON, and tools that fix projects look at code only. It can run alone, as its
/// tests have it; compilers load <see cref="SettingsAnalyzer"/>, which runs all of them at once.
/// </summary>
public abstract class SettingsRule : DiagnosticAnalyzer
{
    /// <summary>Key of the property that marks the repetition in code of what stands in a file.</summary>
    internal const string Mirror = nameof(Mirror);

    internal abstract DiagnosticDescriptor Rule { get; }

    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start => SettingsRun.Start(start, [this]));
    }

    /// <summary>What is wrong in one file, in the light of all.</summary>
    internal abstract IEnumerable<Finding> Find(
        SettingsFile file,
        SettingsSet set,
        SettingsModel model,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// What looks for defects of the code itself, in the light of the files; asked for once, and <see langword="null"/> when the files give
    /// no reason to look at any code.
    /// </summary>
    internal virtual Action<SemanticModelAnalysisContext, IEnumerable<SyntaxNode>>? InCode(SettingsModel model) => null;

    /// <summary>For what a rule looks at in code whether or not there are files.</summary>
    internal virtual void StartCode(CodeActions code) { }
}
