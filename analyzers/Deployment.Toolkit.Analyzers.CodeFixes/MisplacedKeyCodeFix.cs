using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Moves a key to its section.</summary>
[ExportCodeFixProvider(
    LanguageNames.CSharp,
    Name = nameof(MisplacedKeyCodeFix),
    DocumentKinds = [nameof(TextDocumentKind.Document), nameof(TextDocumentKind.AdditionalDocument)]
)]
[Shared]
public sealed class MisplacedKeyCodeFix : SettingsCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => [MisplacedKeyAnalyzer.Id];
}
