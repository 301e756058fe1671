using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Turns a switch off.</summary>
[ExportCodeFixProvider(
    LanguageNames.CSharp,
    Name = nameof(DetailedErrorsCodeFix),
    DocumentKinds = [nameof(TextDocumentKind.Document), nameof(TextDocumentKind.AdditionalDocument)]
)]
[Shared]
public sealed class DetailedErrorsCodeFix : SettingsCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => [DetailedErrorsAnalyzer.Id];
}
