using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Writes a duration in the form that means it.</summary>
[ExportCodeFixProvider(
    LanguageNames.CSharp,
    Name = nameof(DurationCodeFix),
    DocumentKinds = [nameof(TextDocumentKind.Document), nameof(TextDocumentKind.AdditionalDocument)]
)]
[Shared]
public sealed class DurationCodeFix : SettingsCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => [DurationAnalyzer.Id];
}
