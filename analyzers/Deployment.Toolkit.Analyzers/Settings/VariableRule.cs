using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Deployment.Toolkit.Analyzers;

/// <summary>A rule over files that set environment variables.</summary>
public abstract class VariableRule : DiagnosticAnalyzer
{
    internal abstract DiagnosticDescriptor Rule { get; }

    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(Start);
    }

    internal void Start(CompilationStartAnalysisContext start)
    {
        if (SettingsModel.Of(start) is { } model)
        {
            start.RegisterAdditionalFileAction(file =>
            {
                if (
                    !start.TryGetValue(file.AdditionalFile, VariableFile.Provider, out var variables)
                    || variables is null
                    || !Covers(variables)
                )
                {
                    return;
                }

                var rule = new RuleOptions(file.Options.AnalyzerConfigOptionsProvider.GetOptions(file.AdditionalFile), Rule.Id);
                if (rule.Severity(Rule.DefaultSeverity) is not { } severity)
                {
                    return;
                }

                foreach (var slip in SlipRule is null ? [] : variables.Slips)
                {
                    if (!rule.Allows(slip.Text) && !variables.Suppresses(Rule.Id, slip.Span))
                    {
                        file.ReportDiagnostic(
                            Diagnostic.Create(
                                SlipRule!,
                                variables.Locate(slip.Span),
                                severity,
                                additionalLocations: null,
                                properties: null,
                                slip.Text,
                                slip.Meant,
                                variables.IsCompose ? "a compose file" : "a launch profile"
                            )
                        );
                    }
                }

                foreach (var variable in variables.Variables)
                {
                    if (
                        !rule.Allows(variable.Name)
                        && !variables.Suppresses(Rule.Id, Place(variable))
                        && Judge(variable, model) is { } fault
                    )
                    {
                        file.ReportDiagnostic(
                            Diagnostic.Create(
                                Rule,
                                variables.Locate(Place(variable)),
                                severity,
                                additionalLocations: null,
                                properties: null,
                                [.. fault]
                            )
                        );
                    }
                }
            });
        }
    }

    /// <summary>How it says that a profile has a slip; <see langword="null"/> when that is another rule's.</summary>
    internal virtual DiagnosticDescriptor? SlipRule => null;

    internal virtual bool Covers(VariableFile file) => true;

    internal abstract ImmutableArray<string>? Judge(Variable variable, SettingsModel model);

    internal abstract TextSpan Place(Variable variable);
}
