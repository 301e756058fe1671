using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Runs all rules over settings files, and over files that set variables, as one analyzer: each of its own would cost a build as much
/// again.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SettingsAnalyzer : DiagnosticAnalyzer
{
    private readonly ImmutableArray<SettingsRule> _rules =
    [
        new UnknownKeyAnalyzer(),
        new ValueAnalyzer(),
        new MissingKeyAnalyzer(),
        new MissingSectionAnalyzer(),
        new ReadKeyAnalyzer(),
        new DuplicateKeyAnalyzer(),
        new ArrayOverrideAnalyzer(),
        new MalformedJsonAnalyzer(),
        new DurationAnalyzer(),
        new EnvironmentFileAnalyzer(),
        new MisplacedKeyAnalyzer(),
        new SecretInSettingsAnalyzer(),
        new ConnectionStringAnalyzer(),
        new SharedSecretAnalyzer(),
        new DetailedErrorsAnalyzer(),
        new CorsSettingsAnalyzer(),
        new AllowedHostsAnalyzer(),
        new LogLevelAnalyzer(),
        new TransportSettingsAnalyzer(),
        new LocalEndpointAnalyzer(),
        new TokenSettingsAnalyzer(),
        new KnownKeyAnalyzer(),
        new KnownLevelAnalyzer(),
    ];

    private readonly ImmutableArray<VariableRule> _variableRules = [new VariableAnalyzer(), new CommittedSecretAnalyzer()];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
        [.. _rules.Select(r => r.Rule).Concat(_variableRules.Select(r => r.Rule)).Distinct()];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            SettingsRun.Start(start, _rules);
            foreach (var rule in _variableRules)
            {
                rule.Start(start);
            }
        });
    }
}
