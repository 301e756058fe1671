using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Puts a reference in place of a connection string with a password.</summary>
[ExportCodeFixProvider(
    LanguageNames.CSharp,
    Name = nameof(ConnectionStringCodeFix),
    DocumentKinds = [nameof(TextDocumentKind.Document), nameof(TextDocumentKind.AdditionalDocument)]
)]
[Shared]
public sealed class ConnectionStringCodeFix : SettingsCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => [ConnectionStringAnalyzer.Id];
}
