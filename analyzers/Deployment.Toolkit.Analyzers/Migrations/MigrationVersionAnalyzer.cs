using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK5002: migrations whose versions do not tell their order.</summary>
public sealed class MigrationVersionAnalyzer : CodeRule
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.MigrationVersion];

    internal override void Start(CodeActions code)
    {
        code.Context.RegisterAdditionalFileAction(AnalyzeScript);
        if (
            ((string[])[MigrationClass.EntityFramework, MigrationClass.Toolkit, MigrationClass.FluentMigrator]).Any(kind =>
                code.Compilation.GetTypeByMetadataName(kind + ".Migration") is not null
            )
        )
        {
            var classes = new OnDemand<List<Found>>(cancellationToken => Find(code.Compilation, cancellationToken));
            code.OnNode(c => AnalyzeClass(c, classes), SyntaxKind.ClassDeclaration);
        }
    }

    private static void AnalyzeScript(AdditionalFileAnalysisContext context)
    {
        if (MigrationScripts.Of(context) is not { File: var file } scripts)
        {
            return;
        }

        var ups = scripts.Folder.Where(f => !f.IsDown && f.Version.Length > 0).ToList();
        if (file.IsRepeatable)
        {
            return;
        }

        if (file.Version.Length == 0)
        {
            Report(DiagnosticSeverity.Error, $"Migration file '{file.FileName}' has no version. Name it like 0007_{Stem(file)}.sql.");
        }
        else if (file.IsDown)
        {
            if (ups.All(up => up.Number != file.Number))
            {
                Report(
                    DiagnosticSeverity.Error,
                    $"Way back '{file.FileName}' belongs to no migration of version {file.Version}. Rename it like its migration, with "
                        + $".down.sql at the end."
                );
            }
        }
        else if (ups.First(up => up.Number == file.Number) is var first && first.FileName != file.FileName)
        {
            Report(
                DiagnosticSeverity.Error,
                $"Version {file.Version} stands on '{first.FileName}' already. Give one of the two another version."
            );
        }
        else if (ups.FirstOrDefault(up => Compare(up, file) > 0 && string.CompareOrdinal(up.FileName, file.FileName) < 0) is { } later)
        {
            // A warning: the engine compares numbers, but people and other tools read the list by name.
            Report(
                DiagnosticSeverity.Warning,
                $"Migration '{file.FileName}' runs before '{later.FileName}', though it is listed after it. Write versions with the "
                    + $"same number of digits."
            );
        }

        void Report(DiagnosticSeverity severity, string message) => scripts.Report(Rules.MigrationVersion, severity, null, message);
    }

    private static string Stem(MigrationFile file) =>
        new([.. file.Name.SkipWhile(c => !char.IsLetter(c)).Select(c => char.IsLetterOrDigit(c) ? c : '_')]);

    private static int Compare(MigrationFile left, MigrationFile right) =>
        left.Number.Length != right.Number.Length
            ? left.Number.Length.CompareTo(right.Number.Length)
            : string.CompareOrdinal(left.Number, right.Number);

    private static void AnalyzeClass(SyntaxNodeAnalysisContext context, OnDemand<List<Found>> classes)
    {
        var declaration = (ClassDeclarationSyntax)context.Node;
        if (MigrationClass.Of(declaration, context.SemanticModel, context.CancellationToken) is not { } migration)
        {
            return;
        }

        if (migration.Version() is not var (version, attribute))
        {
            // One of EF Core may have it in a generated part; without one it is never found, and its own tools say so.
            if (migration.Kind == MigrationClass.Toolkit)
            {
                Report(
                    declaration.Identifier.GetLocation(),
                    $"Migration class '{migration.Symbol.Name}' has no version. Write [Migration(\"0007\", \"what it does\")] on it."
                );
            }

            return;
        }

        var written = attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken) as AttributeSyntax;
        var location =
            written?.SyntaxTree == declaration.SyntaxTree && written.ArgumentList?.Arguments.FirstOrDefault() is { } argument
                ? argument.GetLocation()
                : declaration.Identifier.GetLocation();
        if (migration.Kind == MigrationClass.Toolkit && !MigrationFile.IsVersion(version))
        {
            Report(
                location,
                $"Migration class '{migration.Symbol.Name}' has version '{version}', which is no number. Write digits, like \"0007\"."
            );
            return;
        }

        var number = Number(migration.Kind, version);
        var first = classes.Get(context.CancellationToken).FirstOrDefault(f => f.Kind == migration.Kind && f.Number == number);
        var script =
            migration.Kind == MigrationClass.Toolkit
                ? context
                    .Options.AdditionalFiles.Where(MigrationFile.IsScript)
                    .Select(MigrationFile.Read)
                    .FirstOrDefault(f => f is { IsDown: false, Version.Length: > 0 } && f.Number == number)
                : null;
        if (script is not null)
        {
            Report(location, $"Version {version} stands on '{script.FileName}' already. Give one of the two another version.");
        }
        else if (first is not null && !SymbolEqualityComparer.Default.Equals(first.Class, migration.Symbol))
        {
            Report(location, $"Version {version} stands on '{first.Class.Name}' already. Give one of the two another version.");
        }

        void Report(Location where, string message) => context.ReportDiagnostic(Diagnostic.Create(Rules.MigrationVersion, where, message));
    }

    private static List<Found> Find(Compilation compilation, CancellationToken cancellationToken) =>
        [
            .. from found in SourceSearch.Nodes<ClassDeclarationSyntax>(
                compilation,
                "Migration",
                c => c.BaseList is not null,
                cancellationToken
            )
            let migration = MigrationClass.Of(found.Node, found.Model, cancellationToken)
            where migration is not null
            let version = migration.Version()
            where version is not null
            select new Found(migration.Kind, Number(migration.Kind, version.Value.Text), migration.Symbol),
        ];

    private static string Number(string kind, string version) => kind == MigrationClass.EntityFramework ? version : version.TrimStart('0');

    private sealed record Found(string Kind, string Number, INamedTypeSymbol Class);
}
