using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Writes a value in a form that converts.</summary>
[ExportCodeFixProvider(
    LanguageNames.CSharp,
    Name = nameof(ValueCodeFix),
    DocumentKinds = [nameof(TextDocumentKind.Document), nameof(TextDocumentKind.AdditionalDocument)]
)]
[Shared]
public sealed class ValueCodeFix : SettingsCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => [ValueAnalyzer.Id];
}
