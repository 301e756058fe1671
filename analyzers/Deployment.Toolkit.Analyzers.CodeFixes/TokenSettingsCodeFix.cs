using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Turns a check of tokens on in a settings file.</summary>
[ExportCodeFixProvider(
    LanguageNames.CSharp,
    Name = nameof(TokenSettingsCodeFix),
    DocumentKinds = [nameof(TextDocumentKind.Document), nameof(TextDocumentKind.AdditionalDocument)]
)]
[Shared]
public sealed class TokenSettingsCodeFix : SettingsCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => ["DTK4008"];
}
