using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Runs rules over the settings files of one compilation.</summary>
internal static class SettingsRun
{
    public static void Start(CompilationStartAnalysisContext start, ImmutableArray<SettingsRule> rules)
    {
        CodeActions.Run(
            start,
            code =>
            {
                foreach (var rule in rules)
                {
                    rule.StartCode(code);
                }
            }
        );
        if (SettingsModel.Of(start) is { HasFiles: true } model)
        {
            Start(start, rules, model);
        }
    }

    private static void Start(CompilationStartAnalysisContext start, ImmutableArray<SettingsRule> rules, SettingsModel model)
    {
        var options = start.Options.AnalyzerConfigOptionsProvider;
        var byFile = model
            .Sets.SelectMany(s => s.Files)
            .ToDictionary(
                f => f,
                f =>
                    rules
                        .Select(rule =>
                            (
                                Rule: rule,
                                Findings: new Once<ImmutableArray<Finding>>(cancellationToken =>
                                    [.. rule.Find(f, model.SetOf(f), model, cancellationToken)]
                                )
                            )
                        )
                        .ToList()
            );

        var inCodeOnce = new Once<List<Action<SemanticModelAnalysisContext, IEnumerable<SyntaxNode>>>>(_ =>
            [.. rules.Select(rule => rule.InCode(model)).OfType<Action<SemanticModelAnalysisContext, IEnumerable<SyntaxNode>>>()]
        );

        // From the other end than that at which the files' own turn begins, so that two threads share the work.
        var mirroredOnce = new Once<List<Finding>>(cancellationToken =>
            [
                .. byFile
                    .Values.Reverse()
                    .SelectMany(all => all)
                    .SelectMany(f => f.Findings.Value(cancellationToken))
                    .Where(f => f.Section is not null),
            ]
        );

        start.RegisterAdditionalFileAction(file =>
        {
            if (model.FileAt(file.AdditionalFile.Path) is not { } settings)
            {
                return;
            }

            foreach (var (rule, findings) in byFile[settings])
            {
                var given = new RuleOptions(options.GetOptions(file.AdditionalFile), rule.Rule.Id);
                foreach (var finding in findings.Value(file.CancellationToken))
                {
                    Report(finding, given, finding.File.Locate(finding.Span), null, file.ReportDiagnostic);
                }
            }
        });

        start.RegisterSemanticModelAction(code =>
        {
            // Files first: mostly there is nothing to say, and then no code is looked at.
            var mirrored = mirroredOnce.Value(code.CancellationToken);
            var own = inCodeOnce.Value(code.CancellationToken);
            if (
                (mirrored.Count > 0 || own.Count > 0)
                && TreeFacts.Of(code.SemanticModel.SyntaxTree).UseCandidates(code.CancellationToken) is { IsEmpty: false } candidates
            )
            {
                foreach (var look in own)
                {
                    look(code, candidates);
                }

                foreach (var call in mirrored.Count == 0 ? [] : candidates.OfType<InvocationExpressionSyntax>())
                {
                    ReportMirrors(code, call, mirrored, model);
                }
            }
        });
    }

    private static void ReportMirrors(
        SemanticModelAnalysisContext context,
        InvocationExpressionSyntax call,
        List<Finding> findings,
        SettingsModel model
    )
    {
        var binds = UseReader
            .Read(call, context.SemanticModel, model.Api, context.CancellationToken)
            .Where(u => u.Kind is UseKind.Bind or UseKind.Call)
            .ToList();
        if (binds.Count == 0)
        {
            return;
        }

        SyntaxNode name = call.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Name,
            MemberBindingExpressionSyntax binding => binding.Name,
            var other => other,
        };
        var texts = context.Options.AdditionalFiles;
        var options = context.Options.AnalyzerConfigOptionsProvider;
        foreach (
            var finding in findings.Where(f =>
                binds.Any(b => UsePattern.Matches(b, f.Section!) || model.Schema.BindsInLibrary(b, f.Section!))
            )
        )
        {
            var text = texts.First(t => t.Path == finding.File.Path);
            Report(
                finding,
                new RuleOptions(options.GetOptions(text), finding.Descriptor.Id),
                name.GetLocation(),
                finding.File,
                context.ReportDiagnostic
            );
        }
    }

    private static void Report(Finding finding, RuleOptions rule, Location location, SettingsFile? mirrored, Action<Diagnostic> report)
    {
        var supplied = finding.MayBeSupplied ? rule.IsSuppliedElsewhere(finding.Path) : null;
        var own = supplied is false ? DiagnosticSeverity.Warning : finding.Severity ?? finding.Descriptor.DefaultSeverity;
        if (
            supplied is true
            || rule.Severity(own) is not { } severity
            || rule.Allows(finding.Path)
            || finding.File.Suppresses(finding.Descriptor.Id, finding.Span)
        )
        {
            return;
        }

        var properties = SettingsEdits.Pack(finding);
        var related = finding.Related;
        if (mirrored is not null)
        {
            // Seen in an editor, and by tools that are told to look at suggestions; a build has said it of the file already.
            severity = severity <= DiagnosticSeverity.Info ? DiagnosticSeverity.Hidden : DiagnosticSeverity.Info;
            properties = properties.Add(SettingsRule.Mirror, finding.File.Path);
            related = related.Insert(0, mirrored.Locate(finding.Span));
        }

        report(Diagnostic.Create(finding.Descriptor, location, severity, related, properties, [.. finding.Arguments]));
    }

    /// <summary>Not a Lazy: it would keep the exception of a cancelled caller for all others.</summary>
    private sealed class Once<T>(Func<CancellationToken, T> make)
    {
        private readonly object _lock = new();
        private (bool IsMade, T Value) _made;

        public T Value(CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                if (!_made.IsMade)
                {
                    _made = (true, make(cancellationToken));
                }

                return _made.Value;
            }
        }
    }
}
