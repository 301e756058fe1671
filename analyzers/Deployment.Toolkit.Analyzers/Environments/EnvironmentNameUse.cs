using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Tells an expression whose value is the name of the host's environment.</summary>
internal static class EnvironmentNameUse
{
    private static readonly string[] s_variables = ["ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"];

    // Of a local that is begun with another: one whose value leads back to itself, as half-written code's may, would be followed for ever.
    private const int MaxLocals = 2;

    /// <summary>The property itself, a local that holds it, or the variable of the process that it comes from.</summary>
    public static bool Is(ExpressionSyntax expression, SemanticModel model, CancellationToken cancellationToken) =>
        Is(expression, model, 0, cancellationToken);

    private static bool Is(ExpressionSyntax expression, SemanticModel model, int locals, CancellationToken cancellationToken) =>
        expression switch
        {
            ParenthesizedExpressionSyntax inner => Is(inner.Expression, model, locals, cancellationToken),
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } either => Is(
                either.Left,
                model,
                locals,
                cancellationToken
            ),
            MemberAccessExpressionSyntax { Name: { Identifier.ValueText: "EnvironmentName" } name } => IsHosts(
                name,
                model,
                cancellationToken
            ),
            ConditionalAccessExpressionSyntax
            {
                WhenNotNull: MemberBindingExpressionSyntax { Name: { Identifier.ValueText: "EnvironmentName" } name }
            } => IsHosts(name, model, cancellationToken),
            InvocationExpressionSyntax call => EnvironmentApi.CalledName(call) == "GetEnvironmentVariable"
                && ConstantText.Of(call.ArgumentList.Arguments.FirstOrDefault()?.Expression, model, cancellationToken) is { } variable
                && s_variables.Contains(variable),
            IdentifierNameSyntax local when locals < MaxLocals && MayBe(local) => model.GetSymbolInfo(local, cancellationToken).Symbol
                is ILocalSymbol symbol
                && ConstantText.Initializer(symbol, model, cancellationToken) is { } initializer and not IdentifierNameSyntax
                && Is(initializer, model, locals + 1, cancellationToken),
            _ => false,
        };

    /// <summary>Whether the file may have any, by its text; <see cref="TreeFacts"/> keeps it.</summary>
    public static bool IsIn(SyntaxTree tree, CancellationToken cancellationToken) =>
        SourceSearch.Has(tree, "EnvironmentName", cancellationToken) || SourceSearch.Has(tree, "GetEnvironmentVariable", cancellationToken);

    /// <summary>Whether an operand may be a text that is written in the source, which costs nothing to ask.</summary>
    public static bool MayBeText(ExpressionSyntax expression) =>
        expression
            is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression }
                or IdentifierNameSyntax
                or MemberAccessExpressionSyntax;

    /// <summary>What a switch asks, and the constants that it compares that with.</summary>
    public static (ExpressionSyntax Governing, IEnumerable<ExpressionSyntax> Constants) Switch(SyntaxNode node) =>
        node switch
        {
            SwitchStatementSyntax statement => (statement.Expression, statement.Sections.SelectMany(s => s.Labels).SelectMany(Constants)),
            SwitchExpressionSyntax expression => (
                expression.GoverningExpression,
                expression.Arms.SelectMany(arm => Constants(arm.Pattern))
            ),
            _ => throw new InvalidOperationException($"No switch: {node.Kind()}."),
        };

    /// <summary>The constants of a label or pattern.</summary>
    public static IEnumerable<ExpressionSyntax> Constants(SyntaxNode label) =>
        label is CaseSwitchLabelSyntax only
            ? [only.Value]
            : label.DescendantNodesAndSelf().OfType<ConstantPatternSyntax>().Select(p => p.Expression);

    /// <summary>Whether it looks so: asked of every comparison of a project, before anything is asked for its meaning.</summary>
    public static bool MayBe(ExpressionSyntax expression) => MayBe(expression, 0);

    private static bool MayBe(ExpressionSyntax expression, int locals) =>
        expression switch
        {
            ParenthesizedExpressionSyntax inner => MayBe(inner.Expression, locals),
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } either => MayBe(either.Left, locals),
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "EnvironmentName" } => true,
            ConditionalAccessExpressionSyntax
            {
                WhenNotNull: MemberBindingExpressionSyntax { Name.Identifier.ValueText: "EnvironmentName" }
            } => true,
            InvocationExpressionSyntax call => EnvironmentApi.CalledName(call) == "GetEnvironmentVariable",
            IdentifierNameSyntax { Identifier.ValueText: var name } local when locals < MaxLocals => Scope(local)
                ?.DescendantNodes()
                .OfType<VariableDeclaratorSyntax>()
                .Any(v =>
                    v.Identifier.ValueText == name
                    && v.Initializer is { Value: not IdentifierNameSyntax and var value }
                    && MayBe(value, locals + 1)
                ) == true,
            _ => false,
        };

    // A local of top-level statements stands beside the statement that asks for it.
    private static SyntaxNode? Scope(SyntaxNode local) =>
        local.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member and not GlobalStatementSyntax
            ? member
            : local.FirstAncestorOrSelf<CompilationUnitSyntax>();

    private static bool IsHosts(SimpleNameSyntax name, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetSymbolInfo(name, cancellationToken).Symbol is IPropertySymbol { ContainingType: var type }
        && (IsHost(type) || type.AllInterfaces.Any(IsHost));

    private static bool IsHost(INamedTypeSymbol type) =>
        type.Name is "IHostEnvironment" or "IWebHostEnvironment" or "IHostingEnvironment"
        && type.ContainingNamespace.ToDisplayString() is "Microsoft.Extensions.Hosting" or "Microsoft.AspNetCore.Hosting";
}
