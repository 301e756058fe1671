using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK5001: a migration, as a script or a class, that nothing takes back.</summary>
public sealed class NoWayBackAnalyzer : CodeRule
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.NoWayBack];

    internal override void Start(CodeActions code)
    {
        code.Context.RegisterAdditionalFileAction(AnalyzeScript);
        if (
            ((string[])[MigrationClass.EntityFramework, MigrationClass.Toolkit, MigrationClass.FluentMigrator]).Any(kind =>
                code.Compilation.GetTypeByMetadataName(kind + ".Migration") is not null
            )
        )
        {
            code.OnNode(AnalyzeClass, SyntaxKind.ClassDeclaration);
        }
    }

    private static void AnalyzeScript(AdditionalFileAnalysisContext context)
    {
        if (MigrationScripts.Of(context) is not { File: { Version.Length: > 0 } file } scripts)
        {
            return;
        }

        var isEmpty = !MigrationFile.HasStatement(scripts.Text);
        if (file.IsDown)
        {
            if (isEmpty)
            {
                scripts.Report(
                    Rules.NoWayBack,
                    Rules.NoWayBack.DefaultSeverity,
                    null,
                    $"{file.Version}_{file.Name}",
                    $"'{file.FileName}' has no statement. Write what takes the migration back."
                );
            }
        }
        else if (!isEmpty && !scripts.Folder.Any(f => f.IsDown && f.Number == file.Number) && !MigrationFile.IsIrreversible(scripts.Text))
        {
            var down = $"{file.Version}_{file.Name}.down.sql";
            scripts.Report(
                Rules.NoWayBack,
                Rules.NoWayBack.DefaultSeverity,
                ImmutableDictionary<string, string?>.Empty.Add(Rules.Suggestion, down),
                $"{file.Version}_{file.Name}",
                $"there is no '{down}'. Add it, or write '-- irreversible: why' into the script."
            );
        }
    }

    private static void AnalyzeClass(SyntaxNodeAnalysisContext context)
    {
        var declaration = (ClassDeclarationSyntax)context.Node;
        if (
            MigrationClass.Of(declaration, context.SemanticModel, context.CancellationToken) is not { } migration
            || migration.Symbol.GetAttributes().Any(a => a.AttributeClass?.Name == "IrreversibleAttribute")
            || migration.Override(migration.UpName) is not { } up
            || MigrationClass.DoesNothing(up, context.CancellationToken)
        )
        {
            return;
        }

        var down = migration.Override(migration.DownName);
        if (down is null)
        {
            Report(
                declaration.Identifier.GetLocation(),
                $"it does not override '{migration.DownName}'. Override it, or mark the class with [Irreversible(\"why\")]."
            );
        }
        else if (
            MigrationClass.DoesNothing(down, context.CancellationToken)
            && !MigrationClass.IsExplained(down, context.CancellationToken)
            && down.Locations[0].SourceTree == declaration.SyntaxTree
        )
        {
            Report(
                down.Locations[0],
                $"its '{migration.DownName}' does nothing. Write what takes '{migration.UpName}' back, or mark the class with "
                    + $"[Irreversible(\"why\")]."
            );
        }

        void Report(Location location, string why) =>
            context.ReportDiagnostic(Diagnostic.Create(Rules.NoWayBack, location, migration.Symbol.Name, why));
    }
}
