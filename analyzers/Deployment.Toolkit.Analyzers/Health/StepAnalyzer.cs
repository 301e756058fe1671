using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK6003: a step that has no way back and does not say so, or that an interrupted run cannot take up.</summary>
public sealed class StepAnalyzer : CodeRule
{
    private const string NoWayBack = "has no way back: override RevertAsync, or mark the class with [Irreversible(\"why\")]";
    private const string NoProbe =
        "is not idempotent and has no probe, so that a run interrupted in it stops for a person: override ProbeAsync or IsIdempotent";

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.StepWithoutWayBack];

    internal override void Start(CodeActions code)
    {
        if (code.Compilation.GetTypeByMetadataName("Deployment.Toolkit.DeploymentStep") is { } step && !TestProject.Is(code.Compilation))
        {
            code.OnNode(c => Analyze(c, step), SyntaxKind.ClassDeclaration);
        }
    }

    private static void Analyze(SyntaxNodeAnalysisContext context, INamedTypeSymbol step)
    {
        var declaration = (ClassDeclarationSyntax)context.Node;
        if (
            declaration.BaseList is null
            || context.SemanticModel.GetDeclaredSymbol(declaration, context.CancellationToken) is not { IsAbstract: false } type
            || !StepClass.Derives(type, step)
            || Describes(type, step, "ChangesNothing", context.CancellationToken)
        )
        {
            return;
        }

        var faults = new List<string>();
        if (
            StepClass.Override(type, step, "RevertAsync") is null
            && !type.GetAttributes().Any(a => a.AttributeClass?.Name == "IrreversibleAttribute")
            && !Describes(type, step, "Irreversible", context.CancellationToken)
        )
        {
            faults.Add(NoWayBack);
        }

        if (StepClass.Override(type, step, "ProbeAsync") is null && !IsIdempotent(type, step, context.CancellationToken))
        {
            faults.Add(NoProbe);
        }

        if (faults.Count > 0)
        {
            context.ReportDiagnostic(
                Diagnostic.Create(
                    Rules.StepWithoutWayBack,
                    declaration.Identifier.GetLocation(),
                    type.Name,
                    string.Join("; and it ", faults) + "."
                )
            );
        }
    }

    // new StepDescription("…") { ChangesNothing = true }
    private static bool Describes(INamedTypeSymbol type, INamedTypeSymbol step, string property, CancellationToken cancellationToken) =>
        StepClass.Override(type, step, "DescribeAsync")?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken)
            is { } method
        && method
            .DescendantNodes()
            .OfType<AssignmentExpressionSyntax>()
            .Any(a =>
                (a.Left as IdentifierNameSyntax)?.Identifier.ValueText == property
                && !a.Right.IsKind(SyntaxKind.FalseLiteralExpression)
                && !a.Right.IsKind(SyntaxKind.NullLiteralExpression)
            );

    private static bool IsIdempotent(INamedTypeSymbol type, INamedTypeSymbol step, CancellationToken cancellationToken)
    {
        if (StepClass.Override(type, step, "IsIdempotent") is not { } property)
        {
            return false;
        }

        // From another assembly, or computed: it may be.
        return property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken)
                is not PropertyDeclarationSyntax declaration
            || (declaration.ExpressionBody?.Expression ?? declaration.Initializer?.Value)?.IsKind(SyntaxKind.FalseLiteralExpression)
                != true;
    }
}
