using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Adds a required key, for its value to be filled in.</summary>
[ExportCodeFixProvider(
    LanguageNames.CSharp,
    Name = nameof(MissingKeyCodeFix),
    DocumentKinds = [nameof(TextDocumentKind.Document), nameof(TextDocumentKind.AdditionalDocument)]
)]
[Shared]
public sealed class MissingKeyCodeFix : SettingsCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => [MissingKeyAnalyzer.Id];
}
