using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Puts a reference in place of a secret.</summary>
[ExportCodeFixProvider(
    LanguageNames.CSharp,
    Name = nameof(SecretInSettingsCodeFix),
    DocumentKinds = [nameof(TextDocumentKind.Document), nameof(TextDocumentKind.AdditionalDocument)]
)]
[Shared]
public sealed class SecretInSettingsCodeFix : SettingsCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => [SecretInSettingsAnalyzer.Id];
}
