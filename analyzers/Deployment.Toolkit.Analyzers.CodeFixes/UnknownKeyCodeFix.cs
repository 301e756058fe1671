using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Renames a key to the property that was meant.</summary>
[ExportCodeFixProvider(
    LanguageNames.CSharp,
    Name = nameof(UnknownKeyCodeFix),
    DocumentKinds = [nameof(TextDocumentKind.Document), nameof(TextDocumentKind.AdditionalDocument)]
)]
[Shared]
public sealed class UnknownKeyCodeFix : SettingsCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => [UnknownKeyAnalyzer.Id];
}
