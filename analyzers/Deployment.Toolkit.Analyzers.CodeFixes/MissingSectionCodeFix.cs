using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Renames a section of the settings files to the one that code binds.</summary>
[ExportCodeFixProvider(
    LanguageNames.CSharp,
    Name = nameof(MissingSectionCodeFix),
    DocumentKinds = [nameof(TextDocumentKind.Document), nameof(TextDocumentKind.AdditionalDocument)]
)]
[Shared]
public sealed class MissingSectionCodeFix : SettingsCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => [MissingSectionAnalyzer.Id];
}
