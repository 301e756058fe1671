using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// A rule over settings files. It speaks in the file itself, as the file is analyzed alone, and once more, as a suggestion, at the call that
/// binds the section: editors show no light bulb in JSON, and tools that fix projects look at code only.
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
        context.RegisterCompilationStartAction(Start);
    }

    /// <summary>What is wrong in one file, in the light of all.</summary>
    internal abstract IEnumerable<Finding> Find(SettingsFile file, SettingsSet set, SettingsModel model, CancellationToken cancellationToken);

    /// <summary>
    /// What looks for defects of the code itself, in the light of the files; asked for once, and <see langword="null"/> when the files give no
    /// reason to look at any code.
    /// </summary>
    internal virtual Action<SemanticModelAnalysisContext, IEnumerable<SyntaxNode>>? InCode(SettingsModel model) => null;

#pragma warning disable RS1012 // Most rules have nothing to look at there.
    /// <summary>For what a rule looks at in code whether or not there are files.</summary>
    private protected virtual void StartCode(CompilationStartAnalysisContext start)
    {
    }
#pragma warning restore RS1012

    private void Start(CompilationStartAnalysisContext start)
    {
        StartCode(start);
        if (SettingsModel.Of(start) is not { HasFiles: true } model)
        {
            return;
        }

        var options = start.Options.AnalyzerConfigOptionsProvider;
        var byFile = model.Sets.SelectMany(s => s.Files).ToDictionary(
            f => f,
            f => new Once<ImmutableArray<Finding>>(cancellationToken => [.. Find(f, model.SetOf(f), model, cancellationToken)]));

        var inCode = new Once<Action<SemanticModelAnalysisContext, IEnumerable<SyntaxNode>>?>(_ => InCode(model));
        var mirroredOnce = new Once<List<Finding>>(
            cancellationToken => [.. byFile.Values.SelectMany(f => f.Value(cancellationToken)).Where(f => f.Section is not null)]);

        start.RegisterAdditionalFileAction(file =>
        {
            if (model.FileAt(file.AdditionalFile.Path) is { } settings)
            {
                var rule = new RuleOptions(options.GetOptions(file.AdditionalFile), Rule.Id);
                foreach (var finding in byFile[settings].Value(file.CancellationToken))
                {
                    Report(finding, rule, finding.File.Locate(finding.Span), null, file.ReportDiagnostic);
                }
            }
        });

        start.RegisterSemanticModelAction(code =>
        {
            // Files first: mostly there is nothing to say, and then no code is looked at.
            var mirrored = mirroredOnce.Value(code.CancellationToken);
            var own = inCode.Value(code.CancellationToken);
            if ((mirrored.Count > 0 || own is not null) &&
                start.TryGetValue(code.SemanticModel.SyntaxTree, UseCandidates.Provider, out var candidates) && !candidates.IsEmpty)
            {
                own?.Invoke(code, candidates);

                foreach (var call in mirrored.Count == 0 ? [] : candidates.OfType<InvocationExpressionSyntax>())
                {
                    ReportMirrors(code, call, mirrored, model);
                }
            }
        });
    }

    private void ReportMirrors(SemanticModelAnalysisContext context, InvocationExpressionSyntax call, List<Finding> findings, SettingsModel model)
    {
        var binds = UseReader.Read(call, context.SemanticModel, model.Api, context.CancellationToken)
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
        foreach (var finding in findings.Where(f => binds.Any(b => UsePattern.Matches(b, f.Section!) || model.Schema.BindsInLibrary(b, f.Section!))))
        {
            var text = texts.First(t => t.Path == finding.File.Path);
            Report(finding, new RuleOptions(options.GetOptions(text), Rule.Id), name.GetLocation(), finding.File, context.ReportDiagnostic);
        }
    }

    private static void Report(Finding finding, RuleOptions rule, Location location, SettingsFile? mirrored, Action<Diagnostic> report)
    {
        var supplied = finding.MayBeSupplied ? rule.IsSuppliedElsewhere(finding.Path) : null;
        var own = supplied is false ? DiagnosticSeverity.Warning : finding.Severity ?? finding.Descriptor.DefaultSeverity;
        if (supplied is true || rule.Severity(own) is not { } severity ||
            rule.Allows(finding.Path) || finding.File.Suppresses(finding.Descriptor.Id, finding.Span))
        {
            return;
        }

        var properties = SettingsEdits.Pack(finding);
        var related = finding.Related;
        if (mirrored is not null)
        {
            // Seen in an editor, and by tools that are told to look at suggestions; a build has said it of the file already.
            severity = severity <= DiagnosticSeverity.Info ? DiagnosticSeverity.Hidden : DiagnosticSeverity.Info;
            properties = properties.Add(Mirror, finding.File.Path);
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
