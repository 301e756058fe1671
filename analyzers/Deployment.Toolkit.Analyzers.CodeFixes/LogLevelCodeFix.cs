using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Raises a log level to Information.</summary>
[ExportCodeFixProvider(
    LanguageNames.CSharp,
    Name = nameof(LogLevelCodeFix),
    DocumentKinds = [nameof(TextDocumentKind.Document), nameof(TextDocumentKind.AdditionalDocument)]
)]
[Shared]
public sealed class LogLevelCodeFix : SettingsCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => [LogLevelAnalyzer.Id];
}
