using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK4008: a check of tokens that is switched off, and that no development check guards.</summary>
public sealed class TokenAnalyzer : CodeRule
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.UncheckedToken];

    internal override void Start(CodeActions code)
    {
        if (!TestProject.Is(code.Compilation))
        {
            code.OnNode(Analyze, SyntaxKind.SimpleAssignmentExpression);
        }
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var assignment = (AssignmentExpressionSyntax)context.Node;
        var name = (assignment.Left as MemberAccessExpressionSyntax)?.Name ?? assignment.Left as SimpleNameSyntax;
        if (
            name is null
            || TokenChecks.Accepts(name.Identifier.ValueText) is not { } accepted
            || context.SemanticModel.GetConstantValue(assignment.Right, context.CancellationToken) is not { Value: false }
            || context.SemanticModel.GetSymbolInfo(assignment.Left, context.CancellationToken).Symbol
                is not IPropertySymbol { ContainingType: { Name: "TokenValidationParameters" } type }
            || SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, context.Compilation.Assembly)
            || ReadsExpired(assignment, name.Identifier.ValueText)
            || HasCheckOfItsOwn(assignment, name.Identifier.ValueText)
            || DevelopmentGuard.Severity(assignment, context.SemanticModel, context.CancellationToken) is not { } severity
        )
        {
            return;
        }

        context.ReportDiagnostic(
            Diagnostic.Create(
                Rules.UncheckedToken,
                assignment.GetLocation(),
                severity,
                additionalLocations: null,
                properties: null,
                name.Identifier.ValueText,
                accepted,
                "Turn it on, or guard it with IsDevelopment()."
            )
        );
    }

    // Who renews a token reads the one that has just expired.
    private static bool ReadsExpired(SyntaxNode node, string name) =>
        name == "ValidateLifetime"
        && node.Ancestors()
            .Select(ancestor =>
                ancestor switch
                {
                    MethodDeclarationSyntax method => method.Identifier.ValueText,
                    LocalFunctionStatementSyntax function => function.Identifier.ValueText,
                    VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
                    _ => "",
                }
            )
            .Any(declared => Has(declared, "expired") || Has(declared, "refresh") || Has(declared, "renew"));

    // AudienceValidator = …, beside ValidateAudience = false
    private static bool HasCheckOfItsOwn(AssignmentExpressionSyntax assignment, string name)
    {
        var validator = name.StartsWith("Validate", StringComparison.Ordinal)
            ? name.Substring("Validate".Length) + "Validator"
            : "SignatureValidator";
        return assignment.Parent is InitializerExpressionSyntax { Expressions: var all }
            && all.OfType<AssignmentExpressionSyntax>()
                .Any(other => other.Left is IdentifierNameSyntax { Identifier.ValueText: var member } && member == validator);
    }

    private static bool Has(string name, string part) => name.IndexOf(part, StringComparison.OrdinalIgnoreCase) >= 0;
}
