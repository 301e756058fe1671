using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Runs all rules over code as one analyzer: each of its own would cost a build as much again.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CodeAnalyzer : DiagnosticAnalyzer
{
    private readonly ImmutableArray<CodeRule> _rules =
    [
        new OptionsStartAnalyzer(),
        new UncheckedOptionsAnalyzer(),
        new EnvironmentNameAnalyzer(),
        new EnvironmentCaseAnalyzer(),
        new EnvironmentGraphAnalyzer(),
        new ProviderOrderAnalyzer(),
        new SecretLiteralAnalyzer(),
        new SecretDisclosureAnalyzer(),
        new UnpinnedRootAnalyzer(),
        new UnguardedDiagnosticsAnalyzer(),
        new CorsAnalyzer(),
        new TransportAnalyzer(),
        new TokenAnalyzer(),
        new NoWayBackAnalyzer(),
        new MigrationVersionAnalyzer(),
        new MigrationLintAnalyzer(),
        new MigrationOperationAnalyzer(),
        new HealthTimeoutAnalyzer(),
        new BlockingAnalyzer(),
        new StepAnalyzer(),
        new LivenessAnalyzer(),
    ];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [.. _rules.SelectMany(r => r.SupportedDiagnostics)];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
            CodeActions.Run(
                start,
                code =>
                {
                    foreach (var rule in _rules)
                    {
                        rule.Start(code);
                    }
                }
            )
        );
    }
}
